/**
 * Puts the small DOM where the client looks for a browser's. Import it before the client.
 *
 *     const root = page('<ul id="list"><li>a</li></ul>');   // root is in the document
 *     traced(() => applyPatches(root, patches))             // ["ul#list.removeChild(li)"]
 */

import "./fake_controls.mjs";
import { parse, print } from "./fake_html.mjs";
import * as nodes from "./fake_nodes.mjs";

export { fire } from "./fake_events.mjs";
export { dom } from "./fake_nodes.mjs";
export { parse, print };

class Document extends nodes.Node {
  constructor() {
    super();
    this.html_ = nodes.createElement("html");
    this.body_ = nodes.createElement("body");
    this.active_ = this.body_;
  }
  readyState = "complete";
  get documentElement() {
    return this.html_;
  }
  get body() {
    return this.body_;
  }
  get activeElement() {
    return this.active_;
  }
  set activeElement(element) {
    this.active_ = element;
  }
  get hidden() {
    return Boolean(this.hidden_);
  }
  set hidden(isHidden) {
    this.hidden_ = isHidden;
  }
  createElement(tag) {
    if (!tag) throw new Error("InvalidCharacterError");
    return nodes.createElement(tag);
  }
  importNode(node) {
    return node.cloneNode();
  }
  createTextNode(data) {
    return new nodes.Text(data);
  }
  getElementById(id) {
    return [...nodes.descendants(this)].find((node) => node.id === id) ?? null;
  }
  querySelectorAll(selectors) {
    return this.documentElement.querySelectorAll(selectors);
  }
}

const { Node, Element } = nodes;
Object.defineProperty(Element.prototype, "outerHTML", { get() { return print({ children_: [this] }); } });
Object.assign(globalThis, { Node, Element, CSS: { escape: (text) => text }, document: null });
globalThis.document = new Document();
document.append(document.documentElement);
document.documentElement.append(document.body);

/** A fresh page whose body holds one `<div>` around `html`; that one comes back. */
export function page(html, attributes = "") {
  for (const old of [...document.body.children_]) document.body.cut_(old);
  document.activeElement = document.body;
  document.body.append(...parse(`<div${attributes}>${html}</div>`));
  return document.body.children_[0];
}

/** The mutations that `act` makes. */
export function traced(act) {
  nodes.dom.log = [];
  act();
  return nodes.dom.log;
}

/** How many questions `act` asks the DOM. */
export function readsOf(act) {
  nodes.dom.reads = 0;
  act();
  return nodes.dom.reads;
}
