/** The data that an event sends along: the arguments of a call, or all the named data that is available. */

import { valueOf } from "./controls.js";
import { attributeOf, call, read } from "./dom.js";
import { controlsNear, formOf } from "./groups.js";
import { isButton, isChoice, isControl } from "./kinds.js";
import { present, stateOf } from "./moment.js";
import { dataOf } from "./plain.js";

/** `{args: […]}` for a call like `add(text, 5)`, `{params: {…}}` for a bare name. Throws for an unknown name. */
export function valuesFor(args, element, event) {
  const isNamed = !args || args.some((value) => value?.[""]);
  const known = isNamed && knownTo(element, event);
  const say = (name) => {
    const [place, member] = name.split(".");
    const { [member]: value = known.get(name)?.() } = { event, dataset: read(element, "dataset") }[place] || {};
    if (value === undefined) throw Error(`no value ${name}`);
    return value;
  };
  if (args) return { args: args.map((value) => (value?.[""] ? say(value[""]) : value)) };
  return { params: Object.fromEntries([...known].map(([name, value]) => [name, value()])) };
}

/** Functions that say the data an event has, by name; fields are read when they are asked for. `data-item-id` is `item_id`. */
function knownTo(element, event) {
  const { detail, key, target } = event;
  const source = [element, target].find(isControl) || element;
  const known = new Map();
  const note = (name, value) => known.set(name, () => value);
  for (const [name, value] of dataOf(element)) note(name, value);
  if (detail instanceof Object) for (const name in detail) note(name, detail[name]);
  for (const [name, field] of fieldsNear(source, event)) known.set(name, () => (field.controls[0] ? valueOf(field.controls, present(field.sent)) : field.sent.length > 1 ? field.sent : field.sent[0]));
  if (isControl(source) && (!isButton(source) || attributeOf(source, "value") !== null)) known.set("value", () => (isChoice(source) ? stateOf(source, "value") : valueOf([source])));
  if (isChoice(source)) note("checked", stateOf(source, "checked"));
  if (key) note("key", key);
  // a file has no value here, but it was chosen
  if (isControl(target) && (!isButton(target) || target.files)) note("_target", target.name);
  return known;
}

/**
 * By name the controls around an element that are not disabled, and the texts that their form would send. The browser
 * knows more of these: custom elements, what scripts add, which button was pressed.
 */
function fieldsNear(source, { submitter, formData }) {
  const fields = new Map();
  const form = formOf(source);
  const fieldOf = (name) => fields.get(name) || fields.set(name, { controls: [], sent: form && [] }).get(name);
  for (const control of controlsNear(source)) {
    if (control.name && !isButton(control) && !call(control, "matches", ":disabled")) fieldOf(control.name).controls.push(control);
  }
  if (form) {
    const data = formData || new FormData(form, submitter?.form === form ? submitter : null);
    // files are not sent
    data.forEach((value, name) => value.trim && fieldOf(name).sent.push(value));
  }
  return fields;
}
