/**
 * Events that wait for a pause (`.debounce`), and events that are followed by a pause (`.throttle`, `.once`). The time at
 * which they happened counts, `atMs`: they may have had to wait for this file. Nothing here keeps an element.
 */

import { DEFAULT_WAIT_MS } from "./rules.js";

/** @type {Set<{element: Element, attribute: string, endsMs: number, target: Element, fire: () => void, id: number}>} */
const timers = new Set();
/** @type {WeakMap<Element, Map<string, number>>} until when events of an attribute are passed over */
const pauses = new WeakMap();

/** Call `fire` when `waitMs` have passed without another call for the same attribute and `target`. */
export function debounce(element, attribute, target, waitMs, atMs, fire) {
  const timer = [...timers].find((other) => other.element === element && other.attribute === attribute);
  if (timer) {
    if (timer.target !== target) flush();
    drop(timer);
  } else flush();
  const fresh = { element, attribute, target, endsMs: atMs + waitMs, fire };
  fresh.id = setTimeout(finish, waitMs, fresh);
  timers.add(fresh);
}

/** Call `fire` now, unless that was done less than `waitMs` ago. */
export function throttle(element, attribute, waitMs, atMs, fire) {
  const ends = pauses.get(element) || new Map();
  if (ends.get(attribute) > atMs) return;
  pauses.set(element, ends.set(attribute, atMs + waitMs));
  fire();
}

/** Call everything that is waiting, in the order in which the user did it. */
export function flush() {
  timers.forEach(finish);
}

/** Call what would have been called by `atMs`. */
export function catchUp(atMs) {
  for (const timer of timers) if (timer.endsMs <= atMs) finish(timer);
}

/** Call the function of a timer, unless that was done already. */
function finish(timer) {
  if (drop(timer)) timer.fire();
}

function drop(timer) {
  clearTimeout(timer.id);
  return timers.delete(timer);
}

/** `.300ms` or `.2s`, in milliseconds. */
export function waitOf(attribute) {
  const [, number, milli] = /\.(\d+)(m?)s\b/.exec(attribute) || [0, DEFAULT_WAIT_MS, "m"];
  return number * (milli ? 1 : 1000);
}
