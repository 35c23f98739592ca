/**
 * A batch of patches between its two phases. While it is planned, the mirror already changes, because later
 * paths mean the tree as earlier patches left it; the batch keeps what was there before. That is all that is
 * needed to rewind the mirror when a patch does not match, and to write the difference when all do.
 *
 * @typedef {object} Batch
 * @property {Node} root
 * @property {Map<Node, Node[]>} lists  parents whose children changed, with the old list
 * @property {Map<Node, string>} texts  texts that changed, with the old data
 * @property {(() => (() => void) | undefined)[]} writes  writes of attributes; a function that one returns runs late
 * @property {(() => void)[]} late  functions to call when everything is in its place
 */

import { keepFocus } from "./focus.js";
import { hooks } from "./hooks.js";
import { CHILDREN, DATA, PARENT, setChildren } from "./mirror.js";
import { arrange, heal } from "./writes.js";

/** @returns {Batch} */
export const createBatch = (root) => ({ root, lists: new Map(), texts: new Map(), writes: [], late: [] });

/** Give `parent` a new list of children. */
export function relist(batch, parent, children) {
  remember(batch.lists, parent, parent[CHILDREN]);
  setChildren(parent, children);
  hooks.follow?.(batch, parent);
}

/** Give a text or comment new data. */
export function retext(batch, node, data) {
  remember(batch.texts, node, node[DATA]);
  node[DATA] = data;
  hooks.follow?.(batch, node[PARENT]);
}

const remember = (map, node, old) => map.has(node) || map.set(node, old);

/** Rewind the mirror; the page was not touched. */
export function rewind({ lists, texts }) {
  lists.forEach((old, parent) => setChildren(parent, old));
  texts.forEach((old, node) => (node[DATA] = old));
}

/** Write to the page what differs. */
export const commit = ({ lists, texts, writes, late }) =>
  keepFocus(() => {
    lists.forEach((old, parent) => arrange(parent, old));
    for (const node of texts.keys()) if (node[PARENT]) heal(node, node[PARENT][CHILDREN]);
    for (const write of writes) late.push(write());
    for (const finish of late) finish?.();
  });
