/** No second submit while the first is on its way: the submit buttons of its form are disabled. */

import { controlsNear } from "./groups.js";

/** Submit buttons that are disabled only until their event is acknowledged. */
const held = new WeakSet();

/** Note that the server has set whether a control is disabled: this must not be undone. */
export const leaveDisabled = (control) => held.delete(control);

export const isHeld = (form) => controlsNear(form).some((control) => held.has(control));

/** Disable the submit buttons of a form. Returns a function that enables those that the server has not set. */
export function holdSubmit(form) {
  const buttons = controlsNear(form).filter((control) => control.type === "submit" && !control.disabled);
  for (const button of buttons) {
    held.add(button);
    button.disabled = true;
  }
  return () => {
    for (const button of buttons) if (held.delete(button)) button.disabled = false;
  };
}
