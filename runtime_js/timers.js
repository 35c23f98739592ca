/** Events that wait until it is quiet (`.debounce`), and events that are followed by a rest (`.throttle`). */

/** @type {Set<{element: Element, attribute: string, target?: Element, fire?: () => void}>} */
const timers = new Set();

/** Call `fire` when `waitMs` have passed without another call for the same attribute and `target`. */
export function debounce(element, attribute, target, waitMs, fire) {
  const timer = find(element, attribute);
  if (timer?.target !== target) flush();
  timers.delete(timer);
  start({ element, attribute, target, fire }, waitMs);
}

/** Call `fire` now, unless that was done less than `waitMs` ago. */
export function throttle(element, attribute, waitMs, fire) {
  if (find(element, attribute)) return;
  start({ element, attribute }, waitMs);
  fire();
}

/** Call now what is waiting: what the user did first is sent first. */
export function flush() {
  for (const timer of timers) if (timer.fire) finish(timer);
}

const find = (element, attribute) =>
  [...timers].find((timer) => timer.element === element && timer.attribute === attribute);

function start(timer, waitMs) {
  timers.add(timer);
  setTimeout(finish, waitMs, timer);
}

/** Unless that was done before. */
function finish(timer) {
  if (timers.delete(timer)) timer.fire?.();
}
