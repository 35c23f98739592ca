/** No second submit while the first is on its way: the submit buttons of its form are disabled. */

import { controlsNear } from "./controls.js";

/** Submit buttons that are disabled only until their event is acknowledged. */
const held = new Set();

/** The server has said whether a control is disabled: that is not ours to take back. */
export const leaveDisabled = (control) => void held.delete(control);

export const isHeld = (form) => controlsNear(form).some((control) => held.has(control));

/** Disable the submit buttons of a form. What comes back enables those that the server has left alone. */
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
