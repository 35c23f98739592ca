/** The data that an event sends along: the arguments of a call, or all the named data that is available. */

import { controlsNear, valueOf } from "./controls.js";
import { attributeOf, read } from "./dom.js";
import { isButton, isChoice, isControl } from "./kinds.js";
import { stateOf } from "./moment.js";
import { dataOf } from "./plain.js";

/** `{args: […]}` for a call like `add(text, 5)`, `{params: {…}}` for a bare name. Throws for an unknown name. */
export function valuesFor(args, element, event) {
  const known = knownTo(element, event);
  const say = (name) => {
    const [place, member] = name.split(".");
    const { [member]: value = known.get(name) } = { event, dataset: read(element, "dataset") }[place] || {};
    if (value === undefined) throw Error(`no value ${name}`);
    return value?.[0] instanceof Element ? valueOf(value) : value;
  };
  if (args) return { args: args.map((value) => (value?.[""] ? say(value[""]) : value)) };
  return { params: Object.fromEntries([...known.keys()].map((name) => [name, say(name)])) };
}

/** The data an event has by name; of form fields the controls with that name. `data-item-id` is `item_id`. */
function knownTo(element, event) {
  const { detail, key, submitter, target } = event;
  const source = [element, target].find(isControl) || element;
  const known = new Map(dataOf(element));
  if (detail instanceof Object) for (const name in detail) known.set(name, detail[name]);
  for (const control of controlsNear(source)) {
    const { name, disabled } = control;
    if (name && !disabled && (!isButton(control) || control === submitter)) known.set(name, [...(known.get(name) || []), control]);
  }
  if (isControl(source) && (!isButton(source) || attributeOf(source, "value") !== null)) known.set("value", isChoice(source) ? stateOf(source, "value") : [source]);
  if (isChoice(source)) known.set("checked", stateOf(source, "checked"));
  if (key) known.set("key", key);
  // a file has no value here, but it was chosen
  if (isControl(target) && (!isButton(target) || target.files)) known.set("_target", target.name);
  return known;
}
