/** Which form controls belong together, and what of them a user changes. */

import { call, read } from "./dom.js";
import { isControl } from "./kinds.js";
import { STATES } from "./rules.js";

/** The state of a control that a user changes: `value`, `checked`, or `selected` of its options. */
export const stateName = (control) => STATES[control.type] || "value";

/** The elements that have that state. */
export const holdersOf = (control) => [...(control.options || [control])];

/** The form of a control, or that around an element, if there is one. */
export const formOf = (element) =>
  isControl(element) ? element.form : element instanceof Element && call(element, "closest", "form");

/** The controls of the form around an element, or the element itself. */
export function controlsNear(element) {
  const form = formOf(element);
  return (form ? [...read(form, "elements")] : [element]).filter(isControl);
}
