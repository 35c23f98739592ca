/** The values of form controls. */

import { attributeOf } from "./dom.js";
import { holdersOf, stateName } from "./groups.js";
import { hooks } from "./hooks.js";
import { stateOf } from "./moment.js";

/** Note that the state of `control` is sent to the server. */
const report = (control) =>
  hooks.report?.(control, holdersOf(control).map((node) => stateOf(node, stateName(control))).join());

/**
 * The joint value of the controls of one name: a text, a truth value, or a list where there may be several. `sent` are
 * the texts that their form sends for them, if that is known.
 */
export function valueOf(controls, sent) {
  const [first, second] = controls;
  controls.forEach(report);
  if (!second && first.type === "checkbox" && attributeOf(first, "value") === null) return stateOf(first, "checked");
  const values = sent || controls.flatMap(textsOf);
  const isList = values.length > 1 || first.multiple || (second && first.type !== "radio");
  return isList ? values : (values[0] ?? null);
}

function textsOf(control) {
  const name = stateName(control);
  return holdersOf(control).flatMap((node) => (name === "value" || stateOf(node, name) ? stateOf(node, "value") : []));
}
