/**
 * The mirror: what the server knows of the page. Patches are resolved here and never on live child nodes,
 * so nodes that others put into the page (extensions, translation, widgets) cannot shift a path.
 *
 * It is kept on the managed nodes themselves, under symbols, which no form control can hide:
 *
 *     <ul><li>a</li></ul>    ul[CHILDREN] = [li], li[PARENT] = ul, text[DATA] = "a"
 *
 * A nested component is a child of its parent's mirror and the root of its own: what is below it is not
 * reached from above. Where a component is one element that could not be wrapped (`data-live-self`), its root
 * is virtual: `{node: element, [CHILDREN]: [element]}`. It stands in its parent's list for its element.
 */

import { attributeNames, attributeOf, childrenOf, read } from "./dom.js";
import { extras } from "./hooks.js";

/** The parent in the mirror; `null` for the top, and for a removed node. */
export const PARENT = Symbol();
/** The managed children; missing where there can be none. */
export const CHILDREN = Symbol();
/** On a text or comment: its data, as the server knows it. */
export const DATA = Symbol();
/** On the root of a component: its id. */
export const ID = Symbol();
/** A node's step in a path: a tag, "text", "comment", "pi", or "*" where a tag would be misread. */
export const NAME = Symbol();
/** The children by name, for the names that were looked up since the list changed. */
const NAMED = Symbol();

/** Called with what mirroring finds: `attribute(element, name)` for `@event` attributes, `component(root)`. */
export const found = {};

const PLAIN_NAME = /^(?!(text|comment|pi|doctype)$)[A-Za-z][\w.:-]*$/;
const KINDS = { 3: "text", 7: "pi", 8: "comment" };
/** The children of an element with this attribute are not managed. */
const IGNORE = "data-live-ignore";
const FILLED_BY_BROWSER = "selectedcontent";

/** The root of the mirror at `element`, which is made now or was made by an earlier call. */
export function createMirror(element) {
  if (!isManaged(element)) mirror(element, null);
  return isVirtual(element[PARENT]) ? element[PARENT] : element;
}

export const isManaged = (node) => node[PARENT] !== undefined;

const isVirtual = (item) => item && !item.nodeType;

/** The DOM node of an item in a list of children. */
export const nodeOf = (item) => (isVirtual(item) ? item.node : item);

/** Mirror `node` and all that is managed below it. Returns its item in the list of its siblings. */
export function mirror(node, parent) {
  const isElement = node instanceof Element;
  const names = isElement ? attributeNames(node) : [];
  const id = names.includes("data-live-component") && attributeOf(node, "data-live-component");
  const isSelf = id && names.includes("data-live-self") && !isVirtual(parent);
  const item = isSelf ? { node, [PARENT]: parent, [CHILDREN]: [node] } : node;
  node[PARENT] = isSelf ? item : parent;
  item[NAME] = node[NAME] = isElement ? nameOf(node) : KINDS[node.nodeType];
  if (id && !isVirtual(parent)) {
    item[ID] = id;
    found.component?.(item);
  }
  for (const name of names) notice(node, name);
  if (KINDS[node.nodeType]) node[DATA] = node.data;
  else if (!names.includes(IGNORE) && node[NAME] !== FILLED_BY_BROWSER) mirrorBelow(node);
  return item;
}

/** Mirror all that is below `node`, whoever put it there. */
export const mirrorBelow = (node) => setChildren(node, childrenOf(node).map((child) => mirror(child, node)));

/** Note an attribute, which may be an `@event` attribute. */
export function notice(element, name) {
  if (name[0] === "@") found.attribute?.(element, name);
  if (name.startsWith("live-")) extras();
}

export function setChildren(parent, children) {
  parent[CHILDREN] = children;
  parent[NAMED] = null;
}

function nameOf(element) {
  const tag = read(element, "localName");
  return PLAIN_NAME.test(tag) ? tag : "*";
}

/** The children of one name, in order; `"*"` means any. */
export function childrenNamed(parent, name) {
  const named = (parent[NAMED] ||= { __proto__: null });
  return (named[name] ||= parent[CHILDREN].filter((item) => name === "*" || item[NAME] === name));
}

/** The root of the component that a node belongs to. */
export function componentOf(node) {
  while (node[PARENT] && !node[ID]) node = node[PARENT];
  return node;
}

/** The top of the mirror; of a removed node, the top of what was removed. */
export function topOf(node) {
  while (node[PARENT]) node = node[PARENT];
  return node;
}
