/** For the laws' tests: pages to patch, and an independent view of what a patch may touch. */

import { applyPatches, createMirror, PatchError } from "/_live/client.js";

const NAMESPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };
const OPAQUE = "[data-live-ignore],selectedcontent";

/** The element that trees of a context hang in: `"tbody"`, `"svg:g"`. */
function contextElement(context) {
  const [prefix, tag] = context.includes(":") ? context.split(":") : [context, context];
  const namespace = NAMESPACES[prefix];
  return namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
}

function build(context, html) {
  const root = contextElement(context);
  root.innerHTML = html;
  return root;
}

/** A node and all below it as text that is equal where the trees are. */
export function describe(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return `${node.nodeType}${node.target ?? ""}(${JSON.stringify(node.data)})`;
  const attributes = [...Element.prototype.getAttributeNames.call(node)].sort().map((name) => {
    const attribute = Element.prototype.getAttributeNode.call(node, name);
    const value = name === "style" ? styleOf(attribute.value) : attribute.value;
    return `${attribute.namespaceURI ?? ""} ${name}=${JSON.stringify(value)}`;
  });
  return `<${node.namespaceURI} ${node.localName} ${attributes.join(",")}>${isOpaque(node) ? "" : describeBelow(node)}</>`;
}

const isOpaque = (node) => Element.prototype.matches.call(node, OPAQUE);

export const describeBelow = (node) => childrenOf(node).map(describe).join("");

const childrenOf = (node) => [...(node instanceof HTMLTemplateElement ? node.content : node).childNodes];

/** As the browser would write it. */
function styleOf(text) {
  const style = document.createElement("i").style;
  style.cssText = text;
  return style.cssText;
}

/**
 * Law 7 and 8 for one pair of pages. Nothing, or what went wrong.
 */
export function checkPair({ context, old, fresh, patches }) {
  const root = build(context, old);
  const attached = document.body.appendChild(document.createElement("div"));
  attached.append(root);
  createMirror(root);
  const expected = describeBelow(build(context, fresh));
  const allowed = placesOf(root, patches);
  const observer = watch(root);
  try {
    applyPatches(root, patches);
  } catch (error) {
    return `${error}`;
  }
  const strays = observer.takeRecords().filter((record) => !allowed.some(([node, isDeep]) => (isDeep ? node.contains(record.target) : node === record.target)));
  const actual = describeBelow(root);
  attached.remove();
  if (actual !== expected) return `is\n${actual}\nis to be\n${expected}`;
  return strays.length ? `touched ${strays.map((record) => record.target.nodeName)}` : null;
}

function watch(root) {
  const observer = new MutationObserver(() => {});
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  return observer;
}

/** Which nodes the patches name: `[node, and all below it?]`. A path of a kept node holds in the old page. */
function placesOf(root, patches) {
  return patches.flatMap(({ path, html, insert }) => {
    const [place] = path.split("/@");
    const node = place.split("/").filter(Boolean).reduce(step, root);
    return node ? [[node, html !== undefined && insert === undefined]] : [];
  });
}

function step(parent, text) {
  if (text[0] === "#") return parent.querySelector(`#${CSS.escape(text.slice(1))}`);
  const [, name, position] = /^(.*?)(?:\[(\d+)\])?$/.exec(text);
  const same = parent ? childrenOf(parent).filter((node) => name === "*" || nameOf(node) === name) : [];
  return same[(position ?? 1) - 1];
}

const nameOf = (node) =>
  ({ 3: "text", 7: "pi", 8: "comment" })[node.nodeType] ?? (/^(?:text|comment|pi)$/.test(node.localName) ? "*" : node.localName);

export const checkPairs = (pairs) => pairs.map((pair) => [pair, checkPair(pair)]).filter(([, problem]) => problem);

/** Names of the batches that should have been refused whole, and were not. */
export const acceptedOf = (vectors) => vectors.filter((vector) => !isRefused(vector)).map(({ name }) => name);

function isRefused({ context, old, bad }) {
  const root = build(context, old);
  createMirror(root);
  try {
    applyPatches(root, bad);
    return false;
  } catch (error) {
    return error instanceof PatchError && describeBelow(root) === describeBelow(build(context, old));
  }
}
