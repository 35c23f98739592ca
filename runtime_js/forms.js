/**
 * The second file: what only pages with controls need, or with events that wait or say something of the page. The first
 * loads it when it meets one of them.
 */

import { arrived, waiting } from "./controls.js";
import { holdSubmit } from "./holding.js";
import { hooks } from "./hooks.js";
import { patching } from "./patching.js";
import { edited, perform } from "./perform.js";

/** Give the first file what it has hooks for. */
export const install = () => void Object.assign(hooks, patching, { edited, perform, posted });

function posted({ type, target }) {
  const release = type === "submit" && holdSubmit(target);
  waiting.push(target);
  return () => {
    arrived(target);
    if (release) release();
  };
}
