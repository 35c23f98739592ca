/**
 * Events of pages without forms, as most buttons have them: `@click="increment"`, `@click="remove(5)"`. All that they
 * send is JSON, or in attributes of their element; anything more is for the second file.
 */

import { attributeNames, attributeOf, call } from "./dom.js";
import { FIELDS } from "./rules.js";

const CALL = /^\s*([^\s()'"$]+)\s*(?:\(([^]*)\))?\s*$/;

/** `{event, args}` or `{event, params}`, or nothing where it is not as simple as that. */
export function plainCall(text, element, { key, detail, target }) {
  const found = CALL.exec(text);
  if (!found || key || detail instanceof Object || ![element, target].every(saysNothing)) return;
  const [, event, list] = found;
  if (list === undefined) return { event, params: Object.fromEntries(dataOf(element)) };
  try {
    return { event, args: JSON.parse(`[${list}]`) };
  } catch {
    // there are names among the arguments, or strings in single quotes
  }
}

/** Is a node neither a control with a value nor in a form? The window does not count as one. */
const saysNothing = (node) => !(node instanceof Element && call(node, "closest", FIELDS));

/** The values of `data-…` attributes, by name: `data-item-id` is `item_id`. */
export const dataOf = (element) =>
  attributeNames(element)
    .filter((name) => name.startsWith("data-"))
    .map((name) => [name.slice(5).replace(/-/g, "_"), attributeOf(element, name)]);
