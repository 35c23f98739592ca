/**
 * From DOM events to messages. Each page-level root listens once per event type; what an event means is read
 * from the `@event` attributes between its target and the root, so nothing is ever bound again.
 */

import { valuesFor } from "./arguments.js";
import { arePressed, parseBinding } from "./binding.js";
import { isControl } from "./controls.js";
import { attributeNames, attributeOf, call, extras, parentOf } from "./dom.js";
import { parseExpression } from "./expression.js";
import { changedFields } from "./fields.js";
import { isWriting } from "./focus.js";
import { componentOf, ID, topOf } from "./mirror.js";
import { fail, SESSION } from "./session.js";
import { debounce, flush, throttle } from "./timers.js";

/** Of a page-level root: what it listens to, and for each the elements that want events from elsewhere. */
const HEARD = Symbol();
/** Where the mouse, a finger or a pen was put down last: a click that began inside is none outside. */
let pressed;
addEventListener("pointerdown", ({ target }) => (pressed = target), true);
const FOR_EVER_MS = 2e9;

/** Hear the events that an `@event` attribute is about. */
export function listen(element, attribute) {
  const top = topOf(element);
  const { type, place, has } = parseBinding(attribute);
  if (!top[SESSION]) return;
  if (attributeOf(element, attribute)?.[0] === "$") extras();
  // the root hears each event twice: on its way down those with .capture, and those that do not bubble
  for (const capture of place ? [has("capture")] : [false, true]) {
    const elements = hear(top, type, place, capture, has("passive"));
    if (place) elements.add(element);
  }
}

function hear(top, ...sort) {
  const heard = (top[HEARD] ||= new Map());
  const key = sort.join();
  if (!heard.has(key)) {
    heard.set(key, new Set());
    const [type, place, capture, passive] = sort;
    const handle = (event) => {
      for (const element of place ? heard.get(key) : elementsOn(event, top, capture)) {
        if (isWriting || event.cancelBubble) return;
        if (topOf(element) === top) handleAt(element, event, key, capture);
        else heard.get(key).delete(element);
      }
    };
    call(place ? globalThis[place] : top, "addEventListener", type, handle, { capture, passive });
  }
  return heard.get(key);
}

function elementsOn({ target }, top, isDown) {
  const elements = [];
  for (let node = target; node; node = node !== top && parentOf(node)) elements.push(node);
  return isDown ? elements.reverse() : elements;
}

function handleAt(element, event, key, capture) {
  for (const attribute of attributeNames(element).filter((name) => name[0] === "@")) {
    const binding = parseBinding(attribute);
    const { type, place, has } = binding;
    const isMeant = key === [type, place, capture, has("passive")].join();
    if (isMeant && isDue(binding, event, capture, element)) run(event, attribute, binding, element);
  }
}

/** Is this the moment and the place for a binding of `element`? */
function isDue({ place, has, keys }, event, capture, element) {
  const { target, bubbles, detail } = event;
  const isInside = (node) => call(element, "contains", node);
  const isHere = place || bubbles ? capture === has("capture") : capture && (has("capture") || target === element);
  const isNotOutside = has("outside") && (!target.isConnected || isInside(target) || (detail && isInside(pressed)));
  return isHere && !isNotOutside && !(has("self") && target !== element) && arePressed(keys, event);
}

function run(event, attribute, { has, waitMs }, element) {
  if (has("prevent") || event.type === "submit") event.preventDefault();
  if (has("stop")) event.stopPropagation();
  const fire = () => send(event, attribute, element);
  // who goes on to the next field is done with this one
  const target = isControl(event.target) ? event.target : element;
  if (isControl(target) && /^(input|change)$/.test(event.type)) {
    const before = target.cloneNode(true); // has the attributes of this moment
    extras().then((file) => file.remember(target, before), () => {});
  }
  if (has("debounce")) return debounce(element, attribute, target, waitMs, fire);
  if (has("throttle")) return throttle(element, attribute, waitMs, fire);
  if (has("once")) return throttle(element, attribute, FOR_EVER_MS, fire);
  flush();
  fire();
}

/** `@bind="name"` sets that variable. */
const setterOf = (name, { type }) => `=${name}(${type === "checkbox" ? "checked," : ""}value)`;

/** Post what an `@event` attribute says, unless it or its element has gone in the meantime. */
function send(event, attribute, element) {
  const text = attributeOf(element, attribute);
  const session = topOf(element)[SESSION];
  if (!text || !session) return;
  const report = (error) => fail(element, "expression", `${attribute}="${text}": ${error.message}`);
  const post = (expression) => {
    const component = componentOf(element);
    const [name, args] = parseExpression(expression);
    const values = valuesFor(args, element, event);
    const fields = changedFields(event, element, component);
    session.post({ component_id: component[ID], event: name, ...values, fields }, element, event);
  };
  try {
    if (text[0] === "$") extras().then((file) => file.act(text, element, post)).catch(report);
    else post(attribute.startsWith("@bind") ? setterOf(text, element) : text);
  } catch (error) {
    report(error);
  }
}
