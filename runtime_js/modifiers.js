/**
 * The file for pages with modifiers that say more than where to listen and what to do at once: keys, `.self` and
 * `.outside`, and those that make an event wait, or come once. Loaded when the first of them is met.
 */

import { parseBinding } from "./binding.js";
import { call } from "./dom.js";
import { doAtOnce, prepare } from "./events.js";
import { hooks } from "./hooks.js";
import { arePressed, keysIn } from "./keys.js";
import { isControl } from "./kinds.js";
import { catchUp, debounce, flush, throttle, waitOf } from "./timers.js";

const FOR_EVER_MS = 2e9;
/** Where the mouse, a finger or a pen was put down last: a click that began inside is none outside. */
let pressed;

/** Give the first file what it has hooks for. */
export function install() {
  Object.assign(hooks, { flush, modified });
  addEventListener("pointerdown", ({ target }) => (pressed = target), true);
}

/** What is to be done in its turn for an event, if it is one that the attribute means. */
function modified(event, attribute, element, has, moment) {
  const { words } = parseBinding(attribute);
  if (!isMeant(event, element, has) || !arePressed(keysIn(words), event)) return nothing;
  doAtOnce(event, has);
  const fire = prepare(event, attribute, element, moment);
  return () => delay(event, attribute, element, has, fire);
}

const nothing = () => {};

function isMeant({ target, detail }, element, has) {
  const isInside = (node) => call(element, "contains", node);
  const isNotOutside = has("outside") && (!target.isConnected || isInside(target) || (detail && isInside(pressed)));
  return !isNotOutside && !(has("self") && target !== element);
}

function delay(event, attribute, element, has, fire) {
  const { target, timeStamp } = event;
  // who goes on to the next field is done with this one
  const field = isControl(target) ? target : element;
  catchUp(timeStamp);
  // before the server may have given the field another value
  hooks.edited?.(event);
  if (has("debounce")) return debounce(element, attribute, field, waitOf(attribute), timeStamp, fire);
  if (has("throttle")) return throttle(element, attribute, waitOf(attribute), timeStamp, fire);
  if (has("once")) return throttle(element, attribute, FOR_EVER_MS, timeStamp, fire);
  flush();
  fire();
}
