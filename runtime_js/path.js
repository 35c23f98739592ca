/** Paths: `#log/p[9]/text` to the node it names. */

import { select } from "./dom.js";
import { CHILDREN, childrenNamed, componentOf } from "./mirror.js";
import { elementOf } from "./writes.js";

const STEP = /^(\*(?=\[)|[A-Za-z][\w.:-]*)(?:\[([1-9]\d*)\])?$/;

/**
 * The node that `path` names in the component with this root; where there is none, it throws or answers `undefined`.
 * Cost: its depth, once the lists it passes are indexed.
 */
export function resolve(root, path) {
  const steps = path ? path.split("/") : [];
  const start = path[0] === "#" ? byId(root, steps.shift().slice(1)) : root;
  const node = steps.reduce(childAt, start);
  if (componentOf(node) === root) return node;
}

/** Others may have put an element with the same id into the page; in templates the browser does not look. */
function byId(root, id) {
  const nodes = select(`#${CSS.escape(id)}`, elementOf(root));
  return nodes.find((node) => componentOf(node) === root) || search(root, id);
}

const search = (node, id) =>
  node[CHILDREN]?.map((child) => (child.id === id ? child : search(child, id))).find(Boolean);

function childAt(parent, step) {
  const [, name, position] = STEP.exec(step);
  const same = childrenNamed(parent, name);
  if (position || same.length === 1) return same[(position || 1) - 1];
}
