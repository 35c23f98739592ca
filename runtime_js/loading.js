/** What shows that an event is on its way: a class and `aria-busy` on its element, no second submit. */

import { controlsNear } from "./controls.js";
import { read } from "./dom.js";

/** Submit buttons that are disabled only until their event is acknowledged. */
export const held = new Set();

/** Show whether any of the `pending` events is one of `element`. */
export function markLoading(pending, element) {
  const isBusy = [...pending].some((event) => event.element === element);
  read(element, "classList").toggle("live-loading", isBusy);
  element.ariaBusy = isBusy || null;
}

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
