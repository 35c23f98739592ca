/**
 * No second submit while the first is on its way: the submit buttons of its form are disabled. The one that has the
 * focus only says so, and does nothing: else the focus would be lost, and keys would go nowhere.
 */

import { read } from "./dom.js";
import { controlsNear } from "./groups.js";

/** Submit buttons that are disabled only until their event is acknowledged, each with the property that says so. */
const held = new WeakMap();

/** Note that the server has set an attribute: if it is the one that says that a control is disabled, it is left so. */
export const leaveDisabled = (control, name) => held.get(control) === name.replace("-d", "D") && held.delete(control);

export const isHeld = (form) => controlsNear(form).some((control) => held.has(control));

/** A held button may have the focus: its clicks, which come of keys too, are nobody's. */
export function ignoreHeld(event) {
  if (!event.composedPath().some((node) => held.has(node))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Disable the submit buttons of a form. Returns a function that enables those that the server has not set. */
export function holdSubmit(form) {
  const buttons = controlsNear(form).filter((control) => control.type === "submit" && !control.disabled && !held.has(control));
  const ends = buttons.map((button) => {
    const property = button === read(document, "activeElement") ? "ariaDisabled" : "disabled";
    const old = button[property];
    held.set(button, property);
    button[property] = true;
    return () => held.delete(button) && (button[property] = old);
  });
  return () => ends.map((end) => end());
}
