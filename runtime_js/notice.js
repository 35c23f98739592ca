/**
 * Tells the user in words what the page's scripts are told by events: that the connection is lost, and what was not done.
 * A script of its own that comes with the page, so that it is there when the line is not. It takes nothing from them.
 *
 *     <script type="module" src="…/notice-….js?offline=Verbindung+verloren"></script>
 *
 * A page that prevents an event tells it by itself.
 */

import { call, read } from "./dom.js";

/** After which time a lost connection is told: most are back by then. */
const PATIENCE_MS = 2000;

/** By code, where the address has no other. All other errors have a message of the server. */
const TEXTS = {
  offline: "The connection was lost.",
  lost: "Your last change may not have been saved.",
  unsent: "Your last change was not saved.",
  failed: "Something went wrong. Your last change was not saved.",
  close: "Close",
};
const own = new URL(import.meta.url).searchParams;
const textOf = (code) => own.get(code) || TEXTS[code];
/** Errors whose own message is for developers. */
const TECHNICAL = /^(handler|expr|bad|unl|mount)/;

/** It is shown above all else, dialogs included, in the colors of the system: dark on light, or light on dark. */
const notice = create("div", {
  className: "live-notice",
  role: "status",
  popover: "manual",
  style: "inset:auto 0 1em;padding:1em;color-scheme:light dark",
});
let waiting;

/** What is put into a place that is there already is read aloud. */
function tell(text) {
  notice.textContent = "";
  read(document, "body").append(notice);
  notice.showPopover?.();
  setTimeout(() => {
    notice.append(`${text} `, create("button", { textContent: textOf("close"), onclick: clear }));
  });
}

/** Listen to an event that the page has not prevented, wherever it listens. */
const hear = (type, react) =>
  addEventListener(`live:${type}`, (event) => setTimeout(() => event.defaultPrevented || react(event.detail)));

hear("error", ({ code, message }) => {
  if (/_ev/.test(code)) return; // such as a second click on what has gone meanwhile
  endWaiting();
  tell(textOf(TECHNICAL.test(code) ? "failed" : code) || message);
});
hear("disconnected", () => (waiting ||= setTimeout(() => tell(textOf("offline")), PATIENCE_MS)));
hear("connected", () => waiting && clear(endWaiting()));

function endWaiting() {
  clearTimeout(waiting);
  waiting = 0;
}

function create(name, members) {
  return Object.assign(call(document, "createElement", name), members);
}

function clear() {
  notice.remove();
}
