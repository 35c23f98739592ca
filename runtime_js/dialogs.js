/** What browsers do at a submit by the method `dialog`, which is no post: the client has prevented it. */

import { attributeNames, attributeOf, call, read } from "./dom.js";

const PREVENTED = /^@submit\b.*\.prevent\b/;

/** Close the dialog around a form that is submitted by that method, unless its author has it prevented. */
export function closeDialog({ target, submitter }) {
  const method = submitter?.formMethod || read(target, "method");
  if (method !== "dialog" || attributeNames(target).some((name) => PREVENTED.test(name))) return;
  call(target, "closest", "dialog")?.close((submitter && attributeOf(submitter, "value")) ?? undefined);
}
