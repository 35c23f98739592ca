/** Form controls: what they say, what of it the server knows, and what is only being typed. */

import { attributeOf, call, read } from "./dom.js";
import { isChoice, isControl } from "./kinds.js";
import { stateOf } from "./moment.js";

/** @type {WeakMap<Element, string>} what each control showed when its value was last sent or set */
const reported = new WeakMap();

/** The target of each event that is on its way. */
export const waiting = [];
/** @type {Set<Element>} controls that have not been given what the server wants them to show */
const late = new Set();

/** Remember that the server is told what `control` shows. */
export const report = (control) => reported.set(control, stateOf(control, "value"));

/** The controls of the form around an element, or the element itself. */
export function controlsNear(element) {
  const form = isControl(element) ? element.form : element instanceof Element && call(element, "closest", "form");
  return (form ? [...read(form, "elements")] : [element]).filter(isControl);
}

/** What the controls of one name say: a text, a truth value, or a list where there may be several. */
export function valueOf(controls) {
  const [first] = controls;
  const isAlone = controls.length === 1;
  controls.forEach(report);
  if (isAlone && first.type === "checkbox" && attributeOf(first, "value") === null) return stateOf(first, "checked");
  const values = controls.flatMap((control) =>
    control.options ? [...control.options].filter((option) => stateOf(option, "selected")).map((option) => option.value)
    : isChoice(control) && !stateOf(control, "checked") ? []
    : stateOf(control, "value"),
  );
  const isList = first.multiple || !(isAlone || first.type === "radio");
  return isList ? values : (values[0] ?? null);
}

/**
 * To be called before a write that changes the value a control shows. What comes back sets that value, unless
 * the user is typing there and the server does not know yet what. It waits while more than one event of the
 * control is on its way: then it answers an older one.
 */
export function holdTyping(control) {
  const known = reported.get(control) ?? control.defaultValue;
  const isTyping = document.activeElement === control && control.value !== known;
  const isAhead = waiting.filter((target) => target === control)[1];
  return (value) => {
    if (isAhead) late.add(control);
    if (isAhead || isTyping) return;
    if (control.value !== value) control.value = value;
    report(control);
  };
}

/** An event has arrived. */
export function arrived(target) {
  waiting.splice(waiting.indexOf(target), 1);
  if (!waiting.includes(target) && late.delete(target)) holdTyping(target)(target.defaultValue);
}
