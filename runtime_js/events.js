/**
 * From DOM events to messages. Each page-level root listens once per event type; what an event means is read
 * from the `@event` attributes between its target and the root, so nothing is ever bound again.
 */

import { parseBinding } from "./binding.js";
import { attributeNames, attributeOf, call, parentOf, select } from "./dom.js";
import { isWriting } from "./focus.js";
import { extras, hooks } from "./hooks.js";
import { componentOf, ID, topOf } from "./mirror.js";
import { plainCall } from "./plain.js";
import { FIELDS } from "./rules.js";
import { post, SESSION } from "./session.js";
import { fail } from "./tell.js";
import { inTurn, need, underWay } from "./turns.js";

/** On a page-level root: the types it listens to, each with selectors of the elements that want such events: it keeps none. */
const HEARD = Symbol();

/** Listen to the events that an `@event` attribute names. */
export function listen(element, attribute) {
  const top = topOf(element);
  const { type, place, has, isSimple } = parseBinding(attribute);
  if (!top[SESSION]) return;
  if (attributeOf(element, attribute)?.[0] === "$") extras();
  if (!isSimple) needModifiers();
  // the root hears each event twice: on its way down those with .capture, and those that do not bubble
  for (const capture of place ? [has("capture")] : [false, true]) {
    hear(top, type, place, capture, has("passive")).add(`[${CSS.escape(attribute)}]`);
  }
}

function hear(top, ...sort) {
  const heard = (top[HEARD] ||= {});
  const key = sort.join();
  if (heard[key]) return heard[key];
  const [type, place, capture, passive] = sort;
  const selectors = (heard[key] = new Set());
  const handle = (event) => {
    for (const element of place ? select([...selectors]) : elementsOn(event, top, capture)) {
      if (isWriting || event.cancelBubble) return;
      if (topOf(element) === top) handleAt(element, event, key, capture);
    }
  };
  call(place ? globalThis[place] : top, "addEventListener", type, handle, { capture, passive });
  return selectors;
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
    const isHere = place || event.bubbles ? capture === has("capture") : capture && (has("capture") || event.target === element);
    if (isMeant && isHere) take(event, attribute, element, binding);
  }
}

/** Do what an attribute says of an event when it is its turn; what cannot wait, at once. */
function take(event, attribute, element, { has, isSimple }) {
  const turnOf = isSimple ? run : hooks.modified || runLater;
  inTurn(turnOf(event, attribute, element, has));
}

function run(event, attribute, element, has) {
  doAtOnce(event, has);
  const fire = prepare(event, attribute, element);
  return () => {
    hooks.flush?.();
    fire();
  };
}

/** Only the file with the modifiers knows whether an event matches; until it is loaded, no key counts as matching. */
function runLater(event, attribute, element, has) {
  if (!event.key) doAtOnce(event, has);
  needModifiers();
  const moment = momentNow();
  return () => hooks.modified?.(event, attribute, element, has, moment)();
}

export function doAtOnce(event, has) {
  if (has("prevent") || (event.type === "submit" && !hooks.closes?.(event))) event.preventDefault();
  if (has("stop")) event.stopPropagation();
}

/** A function that does what an attribute says for an event, now or later, with the state of the page at this moment. */
export function prepare(event, attribute, element, then) {
  const plain = !hooks.perform && plainCall(attributeOf(element, attribute), element, event);
  if (!plain) need("forms");
  const moment = then || (underWay && momentNow());
  return () => {
    if (hooks.perform) hooks.perform(event, attribute, element, moment);
    else if (plain) send(element, event, plain);
    else fail(element, "unsent", "It was not done.");
  };
}

/** Only the second file knows which events these delay. */
function needModifiers() {
  need("modifiers");
  need("forms");
}

/** What the controls of the page show at this moment. */
const momentNow = () => new Map(select(FIELDS).map((node) => [node, stateNow(node)]));

const stateNow = ({ value, checked, selected }) => ({ value, checked, selected });

/** Post an event of the component around `element`, unless that has been removed. */
export function send(element, event, said) {
  const session = topOf(element)[SESSION];
  const message = { component_id: componentOf(element)[ID], fields: [], ...said };
  if (session) post(session, message, element, event);
}
