/** From a node back to its path. */

import { childrenNamed, componentOf, NAME, PARENT } from "./mirror.js";

/** The path of `node` from the root of its component: `form/input[2]`. */
export function pathOf(node) {
  const steps = [];
  for (const root = componentOf(node); node !== root; node = node[PARENT]) {
    const same = childrenNamed(node[PARENT], node[NAME]);
    const isOnly = same.length === 1 && node[NAME] !== "*";
    steps.unshift(node[NAME] + (isOnly ? "" : `[${same.indexOf(node) + 1}]`));
  }
  return steps.join("/");
}
