/**
 * The second file: for pages with controls, or with events that wait or send values of the page. The first file loads
 * it when it finds one of them.
 */

import { closes } from "./dialogs.js";
import { read, select } from "./dom.js";
import { files } from "./files.js";
import { hooks } from "./hooks.js";
import { isButton, isControl } from "./kinds.js";
import { patching } from "./patching.js";
import { perform } from "./perform.js";
import { need } from "./turns.js";

/** Set the hooks of the first file, and have the file for editing loaded when it is time. */
export function install() {
  Object.assign(hooks, patching, { closes, perform });
  files.editing = "./editing.js";
  for (const type of ["focusin", "click", "submit", "input", "live:connected", "live:update"]) addEventListener(type, lookForEdits, true);
}

/** Is something about to be sent, or edited? Was it filled in before we came, by the user or the browser? Is there a choice to keep? */
function lookForEdits({ type, target }) {
  const controls = select(type === "live:update" ? "select" : "input,textarea,select", target);
  if (type === "submit" || [target, ...controls].some(isEdited)) need("editing");
}

/** Selects always count as edited. */
const isEdited = (node) =>
  isControl(node) && !isButton(node) &&
  (node === read(document, "activeElement") || node.value !== node.defaultValue || node.checked !== node.defaultChecked);
