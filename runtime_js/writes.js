/**
 * Writing to the page: inserting, removing and moving nodes. Others may have put nodes around and between ours, wrapped
 * our texts or removed nodes, so a neighbour's place is looked up when it is needed.
 */

import { call, childrenOf, contentOf, parentOf, read } from "./dom.js";
import { hooks } from "./hooks.js";
import { commonEnds, longestIncreasing } from "./lists.js";
import { CHILDREN, DATA, isManaged, nodeOf, PARENT } from "./mirror.js";

/** The element in whose context the children of `parent` are parsed. */
export const elementOf = (parent) => (parent.nodeType ? parent : parentOf(parent.node));

/** Bring the page's children of `parent` from the `old` list to the present one, moving as few as possible. */
export function arrange(parent, old) {
  const children = parent[CHILDREN];
  const container = contentOf(elementOf(parent));
  const end = parent.nodeType ? null : read(parent.node, "nextSibling");
  const [start, oldEnd, newEnd] = commonEnds(old, children, Object.is);
  const places = new Map(old.slice(start, oldEnd).map((item, at) => [item, at]));
  const changed = children.slice(start, newEnd);
  const resting = longestIncreasing(changed.map((item) => places.get(item)).filter((at) => at >= 0));
  const rests = (item) => resting.has(places.get(item));
  for (const item of old.slice(start, oldEnd + 1)) heal(item, old);
  for (let at = newEnd; at-- > start; ) {
    const item = children[at];
    if (!rests(item)) put(container, nodeOf(item), anchorOf(container, children, at + 1) || end);
  }
  const kept = new Set(changed);
  for (const item of places.keys()) if (!kept.has(item)) remove(item);
  if (!parent.nodeType) parent.node = children[0];
}

/** Insert or move a node; where the browser can do that, it keeps all its state. */
function put(container, node, place) {
  try {
    call(container, read(node, "isConnected") ? "moveBefore" : "insertBefore", node, place);
  } catch {
    call(container, "insertBefore", node, place);
  }
}

function remove(item) {
  item[PARENT] = null;
  const node = nodeOf(item);
  const holder = parentOf(node);
  if (holder && !hooks.leave?.(node, () => !item[PARENT])) call(holder, "removeChild", node);
}

/** The first of `children[next…]` that is in its place, or rather the child of `container` that holds it; if any is. */
function anchorOf(container, children, next) {
  for (; children[next]; next++) {
    const node = childHolding(container, nodeOf(children[next]));
    if (node) return node;
  }
}

function childHolding(container, node) {
  while (node && parentOf(node) !== container) node = parentOf(node);
  return node;
}

/**
 * Set the data of a text or comment, and repair a text that others have changed: its place among `siblings`, texts
 * that were split off, translations in `<font>`. Only what differs is replaced: a selection stays.
 */
export function heal(node, siblings) {
  const data = node[DATA];
  if (data === undefined) return;
  const [start, oldEnd, newEnd] = commonEnds(node.data, data, Object.is);
  if (node.data !== data) node.replaceData(start, oldEnd - start, data.slice(start, newEnd));
  const container = contentOf(elementOf(node[PARENT]));
  if (!childHolding(container, node)) {
    const at = siblings.indexOf(node);
    if (at < 0) return; // it came and went in one batch
    put(container, node, anchorOf(container, siblings, at + 1));
  }
  for (let part = node; part !== container; part = parentOf(part)) {
    removeStrays(part, "previousSibling");
    removeStrays(part, "nextSibling");
  }
}

/** Up to the next of our nodes, texts that are not ours and the `<font>`s of translations are remains of a text. */
function removeStrays(part, side) {
  for (let stray = read(part, side), next; stray && !holdsOurs(stray); stray = next) {
    next = read(stray, side);
    if (/^(#text|FONT)$/.test(stray.nodeName)) call(parentOf(part), "removeChild", stray);
  }
}

const holdsOurs = (node) => isManaged(node) || childrenOf(node).some(holdsOurs);
