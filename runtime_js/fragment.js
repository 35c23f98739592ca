/** HTML text to nodes, parsed as the browser would parse it at that place. Scripts in it never run. */

import { call, childrenOf, read } from "./dom.js";

/** The nodes of `html` as children of `parent`, not yet in any tree. */
export function parseFragment(parent, html) {
  const tag = read(parent, "nodeName");
  const around = tag === "TEMPLATE" ? "<template>" : "";
  const context = call(document, ...(IS_PARSED_LIKE_DIV.test(tag) ? ["createElement", "div"] : ["importNode", parent]));
  context.innerHTML = trust(around + html);
  return childrenOf(around ? context.firstChild : context);
}

/**
 * Custom elements would run their constructor, a form would drop the forms in it. What is in a template belongs to
 * a document without scripts, where `<noscript>` would be parsed: a new one is parsed with it. Foreign elements may
 * depend on their attributes.
 */
const IS_PARSED_LIKE_DIV = /FORM|TEMPLATE|[A-Z].*-/;

let policy = { createHTML: (html) => html };
try {
  policy = trustedTypes.createPolicy("hyper", policy);
} catch {
  // no browser that has them, a page that does not allow the name, a second copy of this script: go without
}

/** `html` as Trusted Types want to see it, where the browser has them. */
export const trust = (html) => policy.createHTML(html);
