/** HTML text to nodes of the small DOM and back, for the normal HTML that the server prints. Strict: it throws. */

import { Comment, createElement, Element, HTML, NAMESPACES, ProcessingInstruction, Text } from "./fake_nodes.mjs";

const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
const RAW = /^(?:script|style|xmp|iframe|noembed|noframes|plaintext|noscript)$/;
const RAW_WITHOUT_SCRIPTS = /^(?:script|style|xmp|iframe|noembed|noframes|plaintext)$/;
const ESCAPABLE = /^(?:textarea|title)$/;
const BREAKS_OUT =
  /^(?:b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|h[1-6]|head|hr|i|img|li|listing|menu|meta|nobr|ol|p|pre|ruby|s|small|span|strong|strike|sub|sup|table|tt|u|ul|var)$/;
const PART_OF_TABLE = /^(?:caption|colgroup|tbody|td|tfoot|th|thead|tr)$/;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };
const ATTRIBUTE = /^\s*([^\s=>/]+)(?:="([^"]*)")?/;

/** The nodes of `html`, parsed as children of `context`: in a template by a document without scripts. */
export function parse(html, context = createElement("div")) {
  const reader = { html, at: 0, hasForm: context.tag === "form", raw: context.content ? RAW_WITHOUT_SCRIPTS : RAW };
  const nodes = readNodes(reader, context);
  if (reader.at < html.length) throw new SyntaxError(`left over: ${html.slice(reader.at)}`);
  return nodes;
}

function readNodes(reader, parent) {
  const nodes = [];
  for (let node; (node = readNode(reader, parent)); ) nodes.push(node);
  return nodes;
}

function readNode(reader, parent) {
  const rest = reader.html.slice(reader.at);
  if (!rest || rest.startsWith("</")) return null;
  if (reader.raw.test(parent.tag) && parent.namespaceURI === HTML) return new Text(take(reader, rest.split(`</${parent.tag}>`)[0]));
  if (rest.startsWith("<!--")) return new Comment(take(reader, /^<!--[^]*?-->/.exec(rest)[0]).slice(4, -3));
  if (rest.startsWith("<?")) return instruction(take(reader, /^<\?[^>]*>/.exec(rest)[0]));
  if (rest[0] === "<" && !(ESCAPABLE.test(parent.tag) && parent.namespaceURI === HTML)) return readElement(reader, parent);
  const text = /^[^<]+/.exec(rest)?.[0] ?? fail(rest);
  return new Text(decode(take(reader, text)));
}

function instruction(text) {
  const [, target, data] = /^<\?([^\s>]+)\s*([^>]*)>$/.exec(text);
  return new ProcessingInstruction(target, data);
}

function take(reader, text) {
  reader.at += text.length;
  return text;
}

function fail(rest) {
  throw new SyntaxError(`not normal HTML: ${rest.slice(0, 40)}`);
}

function readElement(reader, parent) {
  const [head, tag] = /^<([^\s>/]+)/.exec(reader.html.slice(reader.at)) ?? fail(reader.html.slice(reader.at));
  take(reader, head);
  if (tag === "form" && reader.hasForm) fail(`${head}> in <form>`);
  if (PART_OF_TABLE.test(tag) && parent.tag === "div") fail(`${head}> in <div>`);
  const element = createElement(tag, namespaceFor(tag, parent));
  readAttributes(reader, element);
  if (reader.html[reader.at] === "/") {
    take(reader, "/>");
    return element;
  }
  take(reader, ">");
  const isHtml = element.namespaceURI === HTML;
  if (isHtml && VOID.test(tag)) return element;
  if (isHtml && /^(?:pre|textarea|listing)$/.test(tag) && reader.html[reader.at] === "\n") reader.at++;
  (element.content ?? element).append(...readNodes(reader, element));
  if (reader.at === reader.html.length) return element; // `<i @click>`, for the sake of its attribute
  const end = `</${tag}>`;
  if (!reader.html.startsWith(end, reader.at)) fail(reader.html.slice(reader.at));
  take(reader, end);
  return element;
}

function readAttributes(reader, element) {
  for (let match; (match = ATTRIBUTE.exec(reader.html.slice(reader.at))); ) {
    take(reader, match[0]);
    element.attributes_.set(match[1], decode(match[2] ?? ""));
  }
  take(reader, /^\s*/.exec(reader.html.slice(reader.at))[0]);
}

function namespaceFor(tag, parent) {
  if (NAMESPACES[tag]) return NAMESPACES[tag];
  const isHtmlAgain = /^(?:foreignObject|desc|title|annotation-xml)$/.test(parent.tag);
  if (parent.namespaceURI !== HTML && !isHtmlAgain && BREAKS_OUT.test(tag)) fail(`<${tag}> in <${parent.tag}>`);
  return parent instanceof Element && !isHtmlAgain ? parent.namespaceURI : HTML;
}

const decode = (text) =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) => (code ? String.fromCodePoint(code) : (ENTITIES[name] ?? fail(name))));

/** The children of `node` as text, for comparison. */
export const print = (node) => (node.content ?? node).children_.map(printNode).join("");

function printNode(node) {
  if (node instanceof Comment) return `<!--${node.data_}-->`;
  if (node instanceof ProcessingInstruction) return `<?${node.target} ${node.data_}>`;
  if (node instanceof Text) return node.parent_ && RAW.test(node.parent_.tag) ? node.data_ : encode(node.data_);
  const attributes = [...node.attributes_].sort().map(([name, value]) => ` ${name}="${encode(value).replace(/"/g, "&quot;")}"`);
  const isVoid = node.namespaceURI === HTML && VOID.test(node.tag);
  return `<${node.tag}${attributes.join("")}>${isVoid ? "" : `${print(node)}</${node.tag}>`}`;
}

const encode = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, "&nbsp;");

Element.parse = parse;
