/**
 * The second file: for pages with controls, or with events that wait or send values of the page. The first file loads
 * it when it finds one of them.
 */

import { arrived, waiting } from "./controls.js";
import { holdSubmit } from "./holding.js";
import { hooks } from "./hooks.js";
import { patching } from "./patching.js";
import { edited, perform } from "./perform.js";

/** Set the hooks of the first file. */
export const install = () => void Object.assign(hooks, patching, { edited, perform, posted });

function posted({ type, target }) {
  const release = type === "submit" && holdSubmit(target);
  waiting.push(target);
  return () => {
    arrived(target);
    if (release) release();
  };
}
