/** The laws of `laws.mjs` in the small DOM. */

import { page } from "./fake_dom.mjs";
import { createElement, dom } from "./fake_nodes.mjs";
import { build } from "./laws.mjs";
import { createMirror } from "../../runtime_js/mirror.js";
import { applyPatches, PatchError } from "../../runtime_js/patcher.js";

export const TOOLS = {
  client: { applyPatches, createMirror, PatchError },
  createElement,
  styleOf: (text) => text,
  attach(root) {
    page("").append(root);
    return () => {};
  },
  watch(_root, act) {
    dom.changes = [];
    act();
    return dom.changes;
  },
};

/** Can the small DOM parse a pair as a browser would? */
export function isReadable({ context, old, fresh }) {
  try {
    for (const html of [old, fresh]) build(TOOLS, context, html);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
