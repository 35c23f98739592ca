/**
 * Events that wait for a pause (`.debounce`), and events that are followed by a pause (`.throttle`). The time at which
 * they happened counts, `atMs`: they may have had to wait for this file.
 */

import { DEFAULT_WAIT_MS } from "./rules.js";

/** @type {Set<{element: Element, attribute: string, endsMs: number, target?: Element, fire?: () => void}>} */
const timers = new Set();

/** Call `fire` when `waitMs` have passed without another call for the same attribute and `target`. */
export function debounce(element, attribute, target, waitMs, atMs, fire) {
  const timer = find(element, attribute);
  if (timer?.target !== target) flush();
  timers.delete(timer);
  start({ element, attribute, target, endsMs: atMs + waitMs, fire }, waitMs);
}

/** Call `fire` now, unless that was done less than `waitMs` ago. */
export function throttle(element, attribute, waitMs, atMs, fire) {
  const timer = find(element, attribute);
  if (timer?.endsMs > atMs) return;
  timers.delete(timer);
  start({ element, attribute, endsMs: atMs + waitMs }, waitMs);
  fire();
}

/** Call everything that is waiting, in the order in which the user did it. */
export function flush() {
  for (const timer of timers) if (timer.fire) finish(timer);
}

/** Call what would have been called by `atMs`. */
export function catchUp(atMs) {
  for (const timer of timers) if (timer.fire && timer.endsMs <= atMs) finish(timer);
}

const find = (element, attribute) =>
  [...timers].find((timer) => timer.element === element && timer.attribute === attribute);

function start(timer, waitMs) {
  timers.add(timer);
  setTimeout(finish, waitMs, timer);
}

/** Call the function of a timer, unless that was done already. */
function finish(timer) {
  if (timers.delete(timer)) timer.fire?.();
}

/** `.300ms` or `.2s`, in milliseconds. */
export function waitOf(attribute) {
  const [, number, milli] = /\.(\d+)(m?)s\b/.exec(attribute) || [0, DEFAULT_WAIT_MS, "m"];
  return number * (milli ? 1 : 1000);
}
