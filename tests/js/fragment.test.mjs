/** HTML is parsed as it would be in its place, and trusted where the browser asks for that. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page, print } from "./fake_dom.mjs";
import { define, Element } from "./fake_nodes.mjs";

/** What `html` was trusted as, by which policy. */
class Trusted {
  constructor(html, policy) {
    Object.assign(this, { html, policy });
  }
}
globalThis.trustedTypes = {
  createPolicy: (name, { createHTML }) => ({ createHTML: (html) => new Trusted(createHTML(html), name) }),
};
const { applyPatches } = await import("../../runtime_js/patcher.js");

/** What was given to the DOM as HTML; it is taken as text then. */
const given = [];
const { set } = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
Object.defineProperty(Element.prototype, "innerHTML", {
  set(value) {
    given.push(value);
    set.call(this, value.html);
  },
});

let made = 0;
class Made extends Element {
  constructor(...rest) {
    super(...rest);
    made++;
  }
}
define("x-made m-ade", Made);

/** The page after `html` was put into its only element. */
function filled(old, html) {
  const root = page(old);
  applyPatches(root, [{ path: root.children_[0].tag, insert: 0, html }]);
  return print(root);
}

test("the HTML of a fragment is trusted by our policy", () => {
  given.length = 0;
  filled("<p></p>", "<b></b>");
  assert.deepEqual(given, [new Trusted("<b></b>", "hyper")]);
});

test("so is the page in a frame, and no other attribute", () => {
  const root = page("<iframe></iframe>");
  applyPatches(root, [{ path: "iframe/@srcdoc", value: "<b></b>" }, { path: "iframe/@title", value: "x" }]);
  const [frame] = root.children_;
  assert.deepEqual(frame.getAttribute("srcdoc"), new Trusted("<b></b>", "hyper"));
  assert.equal(frame.getAttribute("title"), "x");
});

test("a form in a form is parsed, and put in", () => {
  assert.equal(filled("<form></form>", "<form><i></i></form>"), "<form><form><i></i></form></form>");
});

test("a custom element is not made again for what is put into it", () => {
  for (const tag of ["x-made", "m-ade"]) {
    const root = page(`<${tag}></${tag}>`);
    made = 0;
    applyPatches(root, [{ path: tag, insert: 0, html: "<b></b>" }]);
    assert.equal(print(root), `<${tag}><b></b></${tag}>`);
    assert.equal(made, 0);
  }
});

test("what is put into a template is parsed without its scripts being thought of, as in a page", () => {
  assert.equal(
    filled("<template></template>", "<noscript><b></noscript><i></i>"),
    "<template><noscript><b></noscript><i></i></template>",
  );
});

test("what is put into a template may be a part of anything", () => {
  assert.equal(filled("<template></template>", "<tr><td></td></tr>"), "<template><tr><td></td></tr></template>");
});

test("what is put into foreign elements is foreign, whatever their names", () => {
  for (const [old, tag] of [["<svg></svg>", "circle"], ["<svg><font-face></font-face></svg>", "font-face-src"]]) {
    const root = page(old);
    const path = old.includes("face") ? "svg/font-face" : "svg";
    applyPatches(root, [{ path, insert: 0, html: `<${tag}></${tag}>` }]);
    assert.match(root.querySelectorAll(tag)[0].namespaceURI, /svg$/);
  }
});

test("what is put into a textarea is text", () => {
  assert.equal(filled("<textarea></textarea>", "&lt;b&gt;"), "<textarea>&lt;b&gt;</textarea>");
});
