/** Form controls: their values, which of these the server knows, and which are still being typed. */

import { attributeOf, call, read } from "./dom.js";
import { isChoice, isControl } from "./kinds.js";
import { stateOf } from "./moment.js";

/** @type {WeakMap<Element, string>} what each control showed when its value was last sent or set */
const reported = new WeakMap();

/** The target of each event that is pending. */
export const waiting = [];
/** @type {Set<Element>} controls that have not been given what the server wants them to show */
const late = new Set();

/** Remember that the value of `control` is sent to the server. */
export const report = (control) => reported.set(control, stateOf(control, "value"));

/** The controls of the form around an element, or the element itself. */
export function controlsNear(element) {
  const form = isControl(element) ? element.form : element instanceof Element && call(element, "closest", "form");
  return (form ? [...read(form, "elements")] : [element]).filter(isControl);
}

/** The joint value of the controls of one name: a text, a truth value, or a list where there may be several. */
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
 * Call it before a write that changes the value a control shows. Returns a function that sets that value, unless
 * the server does not know yet what the user is typing there. It waits while more than one event of the control is
 * pending: then the value answers an older one.
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

/** Note that an event has been acknowledged. */
export function arrived(target) {
  waiting.splice(waiting.indexOf(target), 1);
  if (!waiting.includes(target) && late.delete(target)) holdTyping(target)(target.defaultValue);
}
