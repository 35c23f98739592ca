/** Where the focus can go in an element; in one with `live-focus-wrap`, a menu or a dialog, Tab cycles. */

import { call, select } from "./dom.js";

const STOPS = "a[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]";

const stopsIn = (element) =>
  select(STOPS, element).filter((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility());

/** Focus an element, or the first in it that can have the focus. */
export function focusIn(element) {
  if (!element) return;
  (call(element, "matches", STOPS) ? element : stopsIn(element)[0])?.focus();
}

/** Those with `live-autofocus` that are on the page and can be seen. */
let shown = [];

/** Focus what has `live-autofocus` and was not there, or hidden, at the last call: the first of several. */
export function focusShown() {
  const old = shown;
  shown = select("[live-autofocus]").filter((element) => call(element, "checkVisibility"));
  focusIn(shown.find((element) => !old.includes(element)));
}

addEventListener("keydown", (event) => {
  const wrap = event.key === "Tab" && call(event.target, "closest", "[live-focus-wrap]");
  if (!wrap) return;
  const stops = stopsIn(wrap);
  if (event.shiftKey) stops.reverse();
  if (event.target !== stops.at(-1)) return;
  event.preventDefault();
  stops[0].focus();
});
