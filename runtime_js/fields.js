/**
 * Form states that the server cannot see in its tree, as they differ from the attributes. Without them "clear the
 * input" would make no patch.
 */

import { attributeOf } from "./dom.js";
import { controlsNear, holdersOf, stateName } from "./groups.js";
import { isButton, isChoice } from "./kinds.js";
import { componentOf } from "./mirror.js";
import { pathOf } from "./steps.js";
import { report } from "./typing.js";

/**
 * `[{path: "form/input[2]/@value", value: "typed"}]`: all controls on submit, else the one that was chosen, if the
 * event is its own. A form that only listens, to validate, does not decide what is ticked. `stateOf` says what they
 * showed when it happened.
 */
export function changedFields(event, element, component, stateOf) {
  const fields = [];
  for (const control of controlsOf(event, element)) {
    const name = stateName(control);
    const holders = holdersOf(control);
    report(control, holders.map((node) => stateOf(node, name)).join());
    for (const node of holders) {
      const state = stateOf(node, name);
      const old = name === "value" ? node.defaultValue : attributeOf(node, name) !== null;
      if (state === old || componentOf(node) !== component) continue;
      fields.push({ path: `${pathOf(node)}/@${name}`, value: state === true ? "" : state || null });
    }
  }
  return fields;
}

function controlsOf({ type, target, defaultPrevented }, element) {
  const controls = controlsNear(target);
  if (type === "submit") return controls.filter((control) => !isButton(control));
  const isChosen = target === element && (target.options || isChoice(target)) && !(type === "click" && defaultPrevented);
  return isChosen ? controls.filter((control) => control.name === target.name) : [];
}
