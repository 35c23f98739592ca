/**
 * New HTML for a place that already has content. Nodes that can stay do: they are compared from the front and from
 * the back, and what is between those that are alike is replaced. So a snapshot that equals the page changes
 * nothing, and a user who is typing can continue.
 */

import { setAttribute } from "./attributes.js";
import { relist, retext } from "./batch.js";
import { attributeNames, attributeOf, childrenOf, read } from "./dom.js";
import { commonEnds } from "./lists.js";
import { CHILDREN, DATA, mirror, nodeOf } from "./mirror.js";

/** Attributes that identify an element: with another value it is another element. */
const IDENTITY = ["data-live-ignore", "data-live-component", "key", "data-key", "id", "type", "name"];

/** Make `nodes`, or nodes that are alike, the children of `parent`. */
export function reconcile(batch, parent, nodes) {
  const old = parent[CHILDREN];
  const [start, oldEnd, newEnd] = commonEnds(old, nodes, isAlike);
  const children = nodes.map((node, at) =>
    at < start ? old[at] : at < newEnd ? mirror(node, parent) : old[at - newEnd + oldEnd],
  );
  relist(batch, parent, children);
  children.forEach((item, at) => {
    if (nodeOf(item) !== nodes[at]) become(batch, item, nodes[at]);
  });
}

function isAlike(item, node) {
  const old = nodeOf(item);
  if (read(old, "nodeName") !== read(node, "nodeName")) return false;
  return old[DATA] !== undefined || IDENTITY.every((name) => attributeOf(old, name) === attributeOf(node, name));
}

function become(batch, item, node) {
  if (!item.nodeType) return reconcile(batch, item, [node]);
  if (item[DATA] !== undefined) return retext(batch, item, node.data);
  batch.writes.push(() => {
    for (const name of new Set([...attributeNames(item), ...attributeNames(node)])) {
      const value = attributeOf(node, name);
      // whether <details> is open is up to the user
      const isKept = attributeOf(item, name) === value || (value === null && name === "open");
      if (!isKept) batch.late.push(setAttribute(item, name, value));
    }
  });
  if (item[CHILDREN]) reconcile(batch, item, childrenOf(node));
}
