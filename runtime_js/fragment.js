/** HTML text to nodes, parsed as the browser would parse it at that place. Scripts in it never run. */

import { childrenOf, read } from "./dom.js";

/** The nodes of `html` as children of `parent`, not yet in any tree. */
export function parseFragment(parent, html) {
  const context = contextFor(parent);
  context.innerHTML = trust(html);
  return childrenOf(context);
}

/**
 * An empty element that parses like `parent`. Custom elements would run their constructor, a form would
 * drop the forms in it: both parse like a `<div>`. Foreign elements may depend on their attributes. What is
 * in a template belongs to a document without scripts, where `<noscript>` would be parsed.
 */
function contextFor(parent) {
  const tag = read(parent, "nodeName");
  return /^FORM$|^[A-Z].*-/.test(tag) ? document.createElement("div") : document.importNode(parent);
}

let policy = { createHTML: (html) => html };
try {
  policy = trustedTypes.createPolicy("hyper", policy);
} catch {
  // no browser that has them, a page that does not allow the name, a second copy of this script: go without
}

/** `html` as Trusted Types want to see it, where the browser has them. */
export const trust = (html) => policy.createHTML(html);
