/** Events that wait until it is quiet (`.debounce`), and events that are followed by a rest (`.throttle`). */

/** @type {Set<{element: Element, attribute: string, target?: Element, fire?: () => void, id: number}>} */
const timers = new Set();

/** Call `fire` when `waitMs` have passed without another call for the same attribute and `target`. */
export function debounce(element, attribute, target, waitMs, fire) {
  if (find(element, attribute)?.target !== target) flush();
  const timer = find(element, attribute) || { element, attribute, target };
  clearTimeout(timer.id);
  start(Object.assign(timer, { fire }), waitMs);
}

/** Call `fire` now, unless that was done less than `waitMs` ago. */
export function throttle(element, attribute, waitMs, fire) {
  if (find(element, attribute)) return;
  start({ element, attribute }, waitMs);
  fire();
}

/** Call now what is waiting: what the user did first is sent first. */
export function flush() {
  for (const timer of timers) {
    if (!timer.fire) continue;
    clearTimeout(timer.id);
    finish(timer);
  }
}

const find = (element, attribute) =>
  [...timers].find((timer) => timer.element === element && timer.attribute === attribute);

function start(timer, waitMs) {
  timers.add(timer);
  timer.id = setTimeout(finish, waitMs, timer);
}

function finish(timer) {
  timers.delete(timer);
  timer.fire?.();
}
