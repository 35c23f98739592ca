/**
 * Of a control whose edits come faster than they are answered, a slider or a field on a line that is down, the last state
 * counts: while several of its events are on their way, the next ones are left, and only the last of these is sent.
 */

import { hooks } from "./hooks.js";
import { EDIT } from "./rules.js";
import { waiting } from "./waiting.js";

const MAX_ON_THEIR_WAY = 8;

/** @type {{element: Element, attribute: string, target: Element, send: () => void}[]} in the order of their first events */
let left = [];
let isSending = false;

/** Is an event left for later? Any other that is not sends before it what was left until then. */
export function defer(event, attribute, element, perform) {
  if (isSending) return false;
  const { target } = event;
  const isLeft = EDIT.test(event.type) && countOf(target) >= MAX_ON_THEIR_WAY;
  const isSame = (one) => one.element === element && one.attribute === attribute && one.target === target;
  if (!isLeft || left.some((one) => one.target !== target)) sendWhere((one) => !isLeft || one.target !== target);
  if (isLeft && !left.some(isSame)) left.push({ element, attribute, target, send: () => perform(event, attribute, element) });
  return isLeft;
}

const countOf = (control) => waiting.filter((target) => target === control).length;

/** One of a control's events has arrived: there is room for what was left. */
export function sendLeft(control) {
  if (countOf(control) < MAX_ON_THEIR_WAY) sendWhere((one) => one.target === control);
}

/** The page is left: what waits for a pause, or for room, is sent at once. */
export function sendAll() {
  hooks.flush?.();
  sendWhere(() => true);
}

/** The state that is sent is that of this moment. */
function sendWhere(isMeant) {
  const sent = left.filter(isMeant);
  left = left.filter((one) => !sent.includes(one));
  isSending = true;
  for (const one of sent) one.send();
  isSending = false;
}
