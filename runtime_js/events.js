/**
 * From DOM events to messages. Each page-level root listens once per event type; what an event means is read
 * from the `@event` attributes between its target and the root, so nothing is ever bound again.
 */

import { arePressed, parseBinding } from "./binding.js";
import { attributeNames, attributeOf, call, parentOf } from "./dom.js";
import { writing } from "./focus.js";
import { extras, hooks } from "./hooks.js";
import { componentOf, ID, topOf } from "./mirror.js";
import { plainCall } from "./plain.js";
import { TIMED } from "./rules.js";
import { post, SESSION } from "./session.js";
import { fail } from "./tell.js";
import { inTurn, isLoading, need } from "./turns.js";

/** Of a page-level root: what it listens to, and for each the elements that want events from elsewhere. */
const HEARD = Symbol();
/** Where the mouse, a finger or a pen was put down last: a click that began inside is none outside. */
let pressed;
addEventListener("pointerdown", ({ target }) => (pressed = target), true);
/** What a control may show otherwise than its attributes say. */
const STATEFUL = "input,textarea,option,select";

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
        if (writing.isOn || event.cancelBubble) return;
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

/** What cannot wait is done at once; the rest when it is its turn. */
function run(event, attribute, binding, element) {
  const { has } = binding;
  if (has("prevent") || event.type === "submit") event.preventDefault();
  if (has("stop")) event.stopPropagation();
  const isSimple = !hooks.perform && !TIMED.some(has) && !attribute.startsWith("@bind");
  const plain = isSimple && plainCall(attributeOf(element, attribute), element, event);
  if (!plain) need();
  const moment = isLoading() && statesNow();
  inTurn(() => {
    if (hooks.perform) hooks.perform(event, attribute, binding, element, moment);
    else if (plain) send(element, event, plain);
    else fail(element, "unsent", "It was not done.");
  });
}

/** What the controls of the page show at this moment. */
function statesNow() {
  const states = ({ value, checked, selected }) => ({ value, checked, selected });
  return new Map([...document.querySelectorAll(STATEFUL)].map((node) => [node, states(node)]));
}

/** Post an event of the component around `element`, unless it has gone. */
export function send(element, event, said) {
  const session = topOf(element)[SESSION];
  const message = { component_id: componentOf(element)[ID], fields: [], ...said };
  if (session) post(session, message, element, event);
}
