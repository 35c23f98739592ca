/**
 * The file for pages with modifiers that say more than where to listen and what to do at once: keys, `.self` and
 * `.outside`, and those that make an event wait, or come once. Loaded when the first of them is met.
 */

import { parseBinding } from "./binding.js";
import { call, read } from "./dom.js";
import { doAtOnce, prepare } from "./events.js";
import { hooks } from "./hooks.js";
import { arePressed, keysIn } from "./keys.js";
import { isControl } from "./kinds.js";
import { catchUp, debounce, flush, throttle, waitOf } from "./timers.js";

/** Where the mouse, a finger or a pen was last pressed: a click that began inside does not count as outside. */
let pressed;

/** Set the hooks of the first file. */
export function install() {
  Object.assign(hooks, { flush, modified });
  addEventListener("pointerdown", ({ target }) => (pressed = target), true);
}

/** A function that does what an attribute says for an event, if the event matches its modifiers. */
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
  const isNotOutside = has("outside") && (!read(target, "isConnected") || isInside(target) || (detail && isInside(pressed)));
  return !isNotOutside && !(has("self") && target !== element);
}

function delay(event, attribute, element, has, fire) {
  const { target, timeStamp } = event;
  // a user who goes on to the next field is done with this one
  const field = isControl(target) ? target : element;
  catchUp(timeStamp);
  // before the server may have given the field another value
  hooks.edited?.(event);
  if (has("debounce")) return debounce(element, attribute, field, waitOf(attribute), timeStamp, fire);
  if (has("throttle")) return throttle(element, attribute, waitOf(attribute), timeStamp, fire);
  if (has("once")) return throttle(element, attribute, Infinity, timeStamp, fire);
  flush();
  fire();
}
