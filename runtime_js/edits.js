/**
 * A server that comes back without its state is sent again what was filled in: fields that the user had edited, and
 * that have a listener, fire their events once more. A field that the server gives another value than before the
 * edit does not: that value is newer. A page that prevents `live:lost` prevents all of this.
 */

import { attributeOf, call } from "./dom.js";
import { holdersOf, stateName } from "./groups.js";
import { shown } from "./typing.js";

/** @type {Map<Element, {before: string, shown: string}>} what the server gave each control, and what it showed */
const edits = new Map();

const given = (control) =>
  attributeOf(control, "value") +
  holdersOf(control).map(({ defaultValue, defaultChecked, defaultSelected }) => [defaultValue, defaultChecked, defaultSelected]);

function show(control, state) {
  const name = stateName(control);
  holdersOf(control).forEach((node, at) => (node[name] = name === "value" ? state : state.split(",")[at] === "true"));
}

/** Forget controls that the server removed while it had its state: they are not sent again. */
const forgetGone = () => edits.forEach((edit, control) => control.isConnected || edits.delete(control));

/** The user has edited a control, and the server is told. */
export function remember(control) {
  forgetGone();
  if (!edits.has(control)) edits.set(control, { before: given(control) });
  edits.get(control).shown = shown(control);
}

addEventListener("live:connecting", () => {
  forgetGone();
  for (const [control, edit] of edits) edit.shown = shown(control);
});

addEventListener("live:lost", ({ defaultPrevented }) => {
  for (const [old, { before, shown: state }] of [...edits]) {
    edits.delete(old);
    const control = old.isConnected ? old : call(document, "getElementById", old.id);
    if (defaultPrevented || !control || given(control) !== before) continue;
    show(control, state);
    if (control.type === "radio" && !control.checked) continue; // the one that is checked says what is chosen
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
  }
});
