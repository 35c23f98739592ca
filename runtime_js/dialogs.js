/** Submits by the method `dialog`: browsers close the dialog around the form by themselves, and send nothing. */

import { attributeOf, call, read } from "./dom.js";

/** Does a submit close a dialog? Then it is not prevented. */
export const closes = ({ type, target, submitter }) =>
  type === "submit" && (submitter?.formMethod || read(target, "method")) === "dialog";

/** One that came before this file was there has been prevented: close the dialog now, unless its author prevents that. */
export function closeLate(event, attribute) {
  const { target, submitter } = event;
  if (!closes(event) || /\.prevent\b/.test(attribute)) return;
  call(target, "closest", "dialog")?.close((submitter && attributeOf(submitter, "value")) ?? undefined);
}
