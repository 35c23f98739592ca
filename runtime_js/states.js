/**
 * Makes controls show what is written into the page, by their properties: after an edit attributes have no effect. All
 * of it is done at the end of a batch: a value depends on the type and the limits, a radio button on its group.
 */

import { hooks } from "./hooks.js";
import { STATE } from "./rules.js";

/** Call it before a control is set. Returns a function that sets it, unless the user is ahead of the server in it. */
const holding = (control) => hooks.hold?.(control) || ((write) => write());

const showText = (control) => {
  if (control.value !== control.defaultValue) control.value = control.defaultValue;
};

/**
 * Call it before an attribute is set. Returns a function to call with the new value, which returns a function to call
 * when the whole batch is in place.
 */
export function beforeSet(element, name) {
  // `files` are those of an <input>, and null if it is of another type
  const isText = name === "value" && element.files === null;
  const isState = STATE.test(name) && name in element;
  const show = (isText || isState) && holding(element);
  return (value) => () => {
    hooks.leaveDisabled?.(element, name);
    if (show) show(() => (isText ? showText(element) : (element[name] = value !== null)));
  };
}

/** Call it when a change of a node's content has been planned: that of a textarea is its value, a select's has its choice. */
export function follow({ late }, node) {
  if (node.nodeName === "TEXTAREA") {
    const show = holding(node);
    late.push(() => show(() => showText(node)));
  }
  if (/^(SELECT|OPT)/.test(node.nodeName)) late.push(hooks.keepChoice?.(node));
}
