/** Which elements are form controls, and of what kind. */

import { CHOICE, CONTROL, SILENT } from "./rules.js";

export const isControl = (node) => CONTROL.test(node.nodeName);
export const isChoice = (control) => CHOICE.test(control.type);
/** Is it a button, or anything else that is not filled in and has no value? */
export const isButton = (control) => SILENT.test(control.type);
