/** Form controls: which belong together, and their values. */

import { attributeOf, call, read } from "./dom.js";
import { hooks } from "./hooks.js";
import { isChoice, isControl } from "./kinds.js";
import { stateOf } from "./moment.js";
import { STATES } from "./rules.js";

/** The state of a control that a user changes: `value`, `checked`, or `selected` of its options. */
export const stateName = (control) => STATES[control.type] || "value";

/** The elements that have that state. */
export const holdersOf = (control) => [...(control.options || [control])];

/** Note that the state of `control` is sent to the server. */
export const report = (control) =>
  hooks.report?.(control, holdersOf(control).map((node) => stateOf(node, stateName(control))).join());

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
