/**
 * Patches to DOM, in two phases: all patches of a batch are checked, resolved and replayed on the mirror; then,
 * if all of them match, the page is written to.
 *
 *     applyPatches(list, [{path: "ul", remove: 3}, {path: "ul/li[1]/text", value: "first"}])
 */

import { setAttribute } from "./attributes.js";
import { commit, createBatch, relist, retext, rewind } from "./batch.js";
import { parseFragment } from "./fragment.js";
import { CHILDREN, createMirror, DATA, mirror } from "./mirror.js";
import { hooks } from "./hooks.js";
import { resolve } from "./path.js";
import { elementOf } from "./writes.js";

/** Says which patch does not match. No patch of its batch was applied. */
export class PatchError extends Error {}

/**
 * What a patch may look like: its keys, sorted, each with the type of its value: `n` is a natural number, `t` a
 * sTring, `b` an oBject or null. Nothing else is understood, and nothing is skipped.
 */
const SHAPES =
  /^(path:t,value:[tb]|at:n,(delete:n,)?insert:t,path:t|html:t,(insert:n,)?path:t|(count:n,)?path:t,remove:n|move:n,path:t,to:n|order:b,path:t)$/;

const shapeOf = (patch) =>
  Object.keys(patch)
    .sort()
    .map((key) => `${key}:${patch[key] === patch[key] >>> 0 ? "n" : (typeof patch[key])[1]}`)
    .join();

/** Apply `patches` below `root`, all or none. Throws `PatchError` if one does not match; the page is then untouched. */
export const applyPatches = (root, patches) => applyBelow(createMirror(root), patches);

/** The same for the root of a mirror. */
export function applyBelow(root, patches) {
  const batch = createBatch(root);
  let patch = patches;
  try {
    for (patch of patches) plan(batch, patch);
  } catch {
    rewind(batch);
    throw new PatchError(`does not fit: ${JSON.stringify(patch)}`);
  }
  commit(batch);
}

function expect(holds) {
  if (!holds) throw holds;
}

function plan(batch, patch) {
  expect(SHAPES.test(shapeOf(patch)));
  const [place, name] = patch.path.split(/\/@(.*)/s);
  const node = resolve(batch.root, place);
  if (name != null) planAttribute(batch, node, place && name, patch.value);
  else if (patch.at >= 0 || "value" in patch) planText(batch, node, patch);
  else planChildren(batch, node, patch);
}

function planAttribute(batch, element, name, value) {
  expect(/^[^\t\n\f\r />]+$/.test(name) && element instanceof Element && (value === null || value.trim));
  batch.writes.push(() => setAttribute(element, name, value));
}

function planText(batch, node, { value, at, delete: count = 0, insert }) {
  // the target of a processing instruction is for ever
  const head = node.target ? `${node.target} ` : "";
  const old = head + node[DATA];
  const data = at >= 0 ? old.slice(0, at) + insert + old.slice(at + count) : value;
  expect(node[DATA] !== undefined && data.startsWith(head) && !(at + count > old.length));
  retext(batch, node, data.slice(head.length));
}

function planChildren(batch, parent, { html, insert, remove, count = 1, move, to, order }) {
  let children = [...parent[CHILDREN]];
  const { length } = children;
  if (html !== undefined) {
    const fresh = parseFragment(elementOf(parent), html);
    if (insert === undefined && hooks.reconcile) return hooks.reconcile(batch, parent, fresh);
    expect(!(insert > length));
    const after = children.splice(insert ?? 0);
    const kept = insert === undefined ? [] : after;
    children = [...children, ...fresh.map((node) => mirror(node, parent)), ...kept];
  } else if (order !== undefined) {
    // [[5, 7], 0] means the children that were at 5, 6, 7, 0
    children = order.flatMap((run) => {
      const [first, last = first] = [run].flat();
      expect(first === first >>> 0 && last < length);
      return children.slice(first, last + 1);
    });
    expect(children.length === length && new Set(children).size === length);
  } else {
    const gone = children.splice(remove ?? move, count);
    expect(count && gone.length === count && !(to > children.length));
    if (to >= 0) children.splice(to, 0, ...gone);
  }
  relist(batch, parent, children);
}
