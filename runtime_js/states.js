/** Makes controls show what is written into the page, by their properties: after an edit attributes have no effect. */

import { holdTyping } from "./controls.js";
import { leaveDisabled } from "./holding.js";
import { STATE } from "./rules.js";

/**
 * Call it before an attribute is set. Returns a function to call with the new value, which returns a function to call
 * when the whole batch is in place, if there is one: a radio button is checked when its group is complete.
 */
export function beforeSet(element, name) {
  const isValue = name === "value" && element.nodeName === "INPUT" && element.type !== "file";
  const show = isValue && holdTyping(element);
  return (value) => {
    if (show) show(value || "");
    if (name === "disabled") leaveDisabled(element);
    if (STATE.test(name) && name in element) return () => (element[name] = value !== null);
  };
}

/** Call it when a change of a node's content has been planned: the content of a textarea is its value as well. */
export function follow({ late }, node) {
  if (node.nodeName !== "TEXTAREA") return;
  const show = holdTyping(node);
  late.push(() => show(node.defaultValue));
}
