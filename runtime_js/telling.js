/**
 * Tells the server what controls show that it cannot know: filled in before this script came, or by the browser, when a
 * page is loaded again or comes back. Each is told once, by the events that a user's edit would have fired.
 */

import { attributeNames, read, select } from "./dom.js";
import { parseFragment } from "./fragment.js";
import { isButton } from "./kinds.js";
import { PARENT, topOf } from "./mirror.js";
import { SESSION } from "./session.js";
import { inTurn } from "./turns.js";
import { isBound, reportOf, shown, TOO_LONG } from "./typing.js";

const HEARD = /^@(bind|input|change)\b/;
/** @type {WeakMap<Element, string>} the state of each control that was told */
const told = new WeakMap();
let isLost = false;

/** The server has lost its state: what it says now is newer, and the rest is told by edits.js. */
export const wasLost = () => void (isLost = true);

/** Tell of all controls whose pages are connected, after what else happens now, and after the edits that wait. */
export const tellAll = () => queueMicrotask(() => inTurn(tellNow));

function tellNow() {
  if (isLost) return void (isLost = false);
  for (const control of select("input,select,textarea")) {
    const isJoined = topOf(control)[SESSION]?.line;
    if (isJoined && !isButton(control) && isHeard(control)) tell(control);
  }
}

function isHeard(node) {
  for (; node; node = node[PARENT]) {
    if (node.nodeType && attributeNames(node).some((name) => HEARD.test(name))) return true;
  }
  return false;
}

function tell(control) {
  const state = shown(control);
  const known = reportOf(control) ?? pristine(control);
  const isKnown = known === TOO_LONG || (state === known && !isUnmatched(control));
  if (isKnown || state === told.get(control) || (control.type === "radio" && !control.checked)) return;
  told.set(control, state);
  // a control that has the focus says by itself that it is done
  for (const type of control === read(document, "activeElement") ? ["input"] : ["input", "change"]) {
    control.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

/** What a control shows that nobody has touched. */
const pristine = (control) => shown(parseFragment(read(document, "body"), control.outerHTML)[0]);

/** Does a bound select show an option because the server's value has none? */
function isUnmatched(control) {
  const { options, multiple, value } = control;
  const isMarked = options && [...options].some((option) => option.defaultSelected);
  return options && !multiple && value && !isMarked && !reportOf(control) && isBound(control);
}
