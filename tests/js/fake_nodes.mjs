/**
 * A small DOM that writes down what is done to it.
 *
 * `dom.log` has one line per mutation, in order: `ul.insertBefore(li#b, li#a)`, `text.replaceData(0, 1, "5")`;
 * `dom.changes` has the same as nodes; `dom.focused` has what was given the focus, each with whether the page stood
 * still; `dom.reads` counts what was asked. Members live on prototypes, as in browsers, because the client reads them
 * there. It does what the tests need and throws where a browser would.
 */

import { Listening } from "./fake_events.mjs";

export const dom = { log: [], changes: [], focused: [], reads: 0, hasMoveBefore: true };

export const HTML = "http://www.w3.org/1999/xhtml";
const XLINK = "http://www.w3.org/1999/xlink";
export const NAMESPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };

function note(node, call, ...args) {
  dom.log.push(`${nameOf(node)}.${call}(${args.map(show).join(", ")})`);
  dom.changes.push({ target: node, added: /Before$/.test(call) ? [args[0]] : [] });
}

const show = (value) => (value instanceof Node ? nameOf(value) : JSON.stringify(value));

function nameOf(node) {
  if (node.data_ !== undefined) return node.nodeName.replace("#", "");
  const id = node.attributes_?.get("id");
  return (node.tag ?? "fragment") + (id ? `#${id}` : "");
}

export class Node extends Listening {
  parent_ = null;
  children_ = [];
  get parentNode() {
    dom.reads++;
    return this.parent_;
  }
  get childNodes() {
    dom.reads++;
    return this.children_;
  }
  get firstChild() {
    return this.children_[0] ?? null;
  }
  get nextSibling() {
    dom.reads++;
    return this.parent_?.children_[this.parent_.children_.indexOf(this) + 1] ?? null;
  }
  get previousSibling() {
    dom.reads++;
    return this.parent_?.children_[this.parent_.children_.indexOf(this) - 1] ?? null;
  }
  get isConnected() {
    return this === document || Boolean(this.parent_?.isConnected);
  }
  get textContent() {
    return this.data_ ?? this.children_.map((child) => child.textContent).join("");
  }
  contains(node) {
    for (; node; node = node.parent_) if (node === this) return true;
    return false;
  }
  insertBefore(node, place) {
    note(this, "insertBefore", node, place);
    return this.place_(node, place);
  }
  moveBefore(node, place) {
    if (!dom.hasMoveBefore) throw new TypeError("moveBefore is not a function");
    if (!node.isConnected || !this.isConnected) throw new Error("HierarchyRequestError");
    note(this, "moveBefore", node, place);
    const { activeElement } = document;
    this.place_(node, place);
    document.activeElement = activeElement;
  }
  removeChild(node) {
    if (node.parent_ !== this) throw new Error("NotFoundError");
    note(this, "removeChild", node);
    this.cut_(node);
    return node;
  }
  place_(node, place) {
    if (place && place.parent_ !== this) throw new Error("NotFoundError");
    if (node.contains(this)) throw new Error("HierarchyRequestError");
    node.parent_?.cut_(node);
    this.children_.splice(place ? this.children_.indexOf(place) : this.children_.length, 0, node);
    node.parent_ = this;
    return node;
  }
  cut_(node) {
    this.children_.splice(this.children_.indexOf(node), 1);
    if (node.contains(document.activeElement)) document.activeElement = document.body;
    node.parent_ = null;
  }
  append(...nodes) {
    for (const node of nodes) this.place_(node, null);
  }
}

export class CharacterData extends Node {
  constructor(data) {
    super();
    this.data_ = data;
  }
  get data() {
    dom.reads++;
    return this.data_;
  }
  set data(data) {
    note(this, "data", data);
    this.data_ = data;
  }
  replaceData(at, count, text) {
    if (at > this.data_.length) throw new Error("IndexSizeError");
    note(this, "replaceData", at, count, text);
    this.data_ = this.data_.slice(0, at) + text + this.data_.slice(at + count);
  }
  /** What a split does, without a log: others do it. */
  splitText(at) {
    const rest = new Text(this.data_.slice(at));
    this.data_ = this.data_.slice(0, at);
    this.parent_.place_(rest, this.nextSibling);
    return rest;
  }
}

export class Text extends CharacterData {
  get nodeType() {
    return 3;
  }
  get nodeName() {
    return "#text";
  }
}

export class Comment extends CharacterData {
  get nodeType() {
    return 8;
  }
  get nodeName() {
    return "#comment";
  }
}

export class ProcessingInstruction extends CharacterData {
  constructor(target, data) {
    super(data);
    this.target = target;
  }
  get nodeType() {
    return 7;
  }
  get nodeName() {
    return this.target;
  }
}

export class DocumentFragment extends Node {
  get nodeType() {
    return 11;
  }
  get nodeName() {
    return "#document-fragment";
  }
}

class Attr {
  constructor(name, value, namespaceURI = null) {
    Object.assign(this, { name, value, namespaceURI });
  }
  cloneNode() {
    return new Attr(this.name, this.value, this.namespaceURI);
  }
}

class ClassList {
  constructor(element) {
    this.element = element;
  }
  get names() {
    return (this.element.attributes_.get("class") ?? "").split(" ").filter(Boolean);
  }
  contains(name) {
    return this.names.includes(name);
  }
  add(...names) {
    for (const name of names) this.toggle(name, true);
  }
  toggle(name, isOn = !this.contains(name)) {
    if (isOn === this.contains(name)) return;
    const names = isOn ? [...this.names, name] : this.names.filter((other) => other !== name);
    this.element.setAttribute("class", names.join(" "));
  }
}

const FOCUSABLE = /^(?:a|button|iframe|input|select|summary|textarea)$/;

export class Element extends Node {
  static parse;
  constructor(tag, namespace = HTML) {
    super();
    this.tag = tag;
    this.namespace_ = namespace;
    this.attributes_ = new Map();
    if (tag === "template" && namespace === HTML) this.content = new DocumentFragment();
  }
  get nodeType() {
    return 1;
  }
  get localName() {
    dom.reads++;
    return this.tag;
  }
  get nodeName() {
    return this.namespace_ === HTML ? this.tag.toUpperCase() : this.tag;
  }
  get namespaceURI() {
    return this.namespace_;
  }
  get id() {
    return this.attributes_.get("id") ?? "";
  }
  get attributes() {
    const isForeign = this.namespace_ !== HTML;
    return [...this.attributes_].map(([name, value]) => new Attr(name, value, isForeign && name.startsWith("xlink:") ? XLINK : null));
  }
  get classList() {
    return new ClassList(this);
  }
  get style() {
    const element = this;
    return {
      set cssText(text) {
        note(element, "style.cssText", text);
        element.attributes_.set("style", text);
      },
    };
  }
  get dataset() {
    return Object.fromEntries([...this.attributes_].filter(([name]) => name.startsWith("data-")).map(([name, value]) => [name.slice(5).replace(/-(\w)/g, (_, letter) => letter.toUpperCase()), value]));
  }
  get ariaBusy() {
    return this.getAttribute("aria-busy");
  }
  set ariaBusy(value) {
    if (value === null) this.attributes_.delete("aria-busy");
    else this.attributes_.set("aria-busy", String(value));
  }
  get ariaDisabled() {
    return this.getAttribute("aria-disabled");
  }
  set ariaDisabled(value) {
    if (value === null) this.attributes_.delete("aria-disabled");
    else this.attributes_.set("aria-disabled", String(value));
  }
  getAttribute(name) {
    dom.reads++;
    return this.attributes_.get(name) ?? null;
  }
  getAttributeNames() {
    dom.reads++;
    return [...this.attributes_.keys()];
  }
  setAttribute(name, value) {
    if (/[^\w:.-]/.test(name)) throw new Error("InvalidCharacterError"); // as browsers did until 2025
    note(this, "setAttribute", name, value);
    this.attributes_.set(name, value);
    this.attributeChanged_(name);
  }
  setAttributeNode({ name, value, namespaceURI }) {
    note(this, "setAttributeNode", name, value, ...(namespaceURI ? [namespaceURI] : []));
    this.attributes_.set(name, value);
    this.attributeChanged_(name);
  }
  removeAttribute(name) {
    note(this, "removeAttribute", name);
    this.attributes_.delete(name);
    this.attributeChanged_(name);
  }
  attributeChanged_() {}
  matches(selectors) {
    const [, outsideOf] = /^:not\((.+)\)$/.exec(String(selectors)) ?? [];
    if (outsideOf) return !this.parent_.closest(outsideOf.replaceAll(" *", ""));
    return String(selectors).split(",").some((selector) => matchesOne(this, selector));
  }
  closest(selectors) {
    for (let node = this; node instanceof Element; node = node.parent_) if (node.matches(selectors)) return node;
    return null;
  }
  querySelector(selectors) {
    return this.querySelectorAll(selectors)[0] ?? null;
  }
  querySelectorAll(selectors) {
    return [...descendants(this)].filter((node) => node.matches(selectors));
  }
  cloneNode() {
    const clone = createElement(this.tag, this.namespace_);
    this.attributes_.forEach((value, name) => clone.attributes_.set(name, value));
    return clone;
  }
  set innerHTML(html) {
    const container = this.content ?? this;
    container.children_ = [];
    container.append(...Element.parse(html, this));
  }
  get tabIndex() {
    return Number(this.attributes_.get("tabindex") ?? (FOCUSABLE.test(this.tag) || this.attributes_.has("contenteditable") ? 0 : -1));
  }
  checkVisibility() {
    return true;
  }
  focus({ preventScroll } = {}) {
    dom.focused.push([this, preventScroll]);
    document.activeElement = this;
  }
}

function matchesOne(element, selector) {
  if (selector === "*") return true;
  if (selector === ":disabled") return isDisabled(element);
  const [, tag, id, attribute, value] = /^([\w-]*)(?:#(.+)|\[([^\]=]+)(?:="(.*)")?\])?$/.exec(selector);
  return (!tag || element.tag === tag) && (!id || element.attributes_.get("id") === id) && (!attribute || element.attributes_.has(attribute)) && (value === undefined || element.attributes_.get(attribute) === value);
}

function isDisabled(element) {
  const legend = element.closest("legend");
  const fieldset = element.parent_?.closest?.("fieldset");
  const isOff = fieldset?.attributes_.has("disabled") && fieldset.children_.find(({ tag }) => tag === "legend") !== legend;
  return element.attributes_.has("disabled") || Boolean(isOff);
}

export function* descendants(node) {
  for (const child of node.children_) {
    if (child instanceof Element) yield child;
    yield* descendants(child);
  }
}

const MAKERS = {};

/** Have elements of some tags made by a class of their own. */
export function define(tags, maker) {
  for (const tag of tags.split(" ")) MAKERS[tag] = maker;
}

export function createElement(tag, namespace = HTML) {
  const Maker = (namespace === HTML && MAKERS[tag]) || Element;
  return new Maker(tag, namespace);
}
