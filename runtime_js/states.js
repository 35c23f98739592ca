/** What controls show follows what is written into the page: properties, where a user's hand has parted them from it. */

import { holdTyping } from "./controls.js";
import { leaveDisabled } from "./holding.js";
import { STATE } from "./rules.js";

/**
 * To be called before an attribute is set. What comes back is called with its new value, and answers what has to wait
 * until the whole batch is in place, if anything: a radio button is checked when its group is complete.
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

/** To be called when what is in a node has been planned: what a textarea holds is its value as well. */
export function follow({ late }, node) {
  if (node.nodeName !== "TEXTAREA") return;
  const show = holdTyping(node);
  late.push(() => show(node.defaultValue));
}
