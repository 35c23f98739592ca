/**
 * Random trees and random patches for them, from a seed.
 *
 * A tree is plain data: `{tag: "p", attributes: {}, children: [{text: "a"}]}`. `randomBatch` changes it in place
 * and says by which patches, so the changed tree is what the DOM has to look like afterwards.
 */

/** The seed of this run; `HYPER_SEED` repeats one. */
export const SEED = Number(process.env.HYPER_SEED ?? crypto.getRandomValues(new Uint32Array(1))[0]);
console.log(`HYPER_SEED=${SEED}`);

/** How often random tests run; `HYPER_RUNS` for more. */
export const RUNS = Number(process.env.HYPER_RUNS ?? 300);

/** Numbers below 1, the same for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TAGS = ["div", "span", "p", "b", "section"];
const TEXTS = ["a", "some words", "😀 and more", "<&>", "\n  ", "ümläut"];

export class Random {
  constructor(seed) {
    this.next = generator(seed);
  }
  below(count) {
    return Math.floor(this.next() * count);
  }
  pick(list) {
    return list[this.below(list.length)];
  }
  /** Text nodes never stand beside each other, as in parsed HTML. */
  children(depth, count = this.below(5)) {
    const children = [];
    while (children.length < count) {
      const isText = children.at(-1)?.text === undefined && this.next() < 0.4;
      children.push(isText ? { text: this.pick(TEXTS) } : this.element(depth - 1));
    }
    return children;
  }
  element(depth) {
    const attributes = this.next() < 0.3 ? { class: this.pick(TEXTS) } : {};
    return { tag: this.pick(TAGS), attributes, children: depth > 0 ? this.children(depth) : [] };
  }
}

export const toHtml = (children) => children.map(nodeToHtml).join("");

function nodeToHtml({ tag, attributes, children, text }) {
  if (text !== undefined) return escape(text);
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(value)}"`);
  return `<${tag}${written.join("")}>${toHtml(children)}</${tag}>`;
}

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Every node below `root` with its path: `[[node, "div/p[2]"]]`. */
export function places(root, path = "") {
  return root.children.flatMap((node) => {
    const name = node.tag ?? "text";
    const same = root.children.filter((other) => (other.tag ?? "text") === name);
    const step = same.length > 1 ? `${name}[${same.indexOf(node) + 1}]` : name;
    const below = path ? `${path}/${step}` : step;
    return [[node, below], ...(node.children ? places(node, below) : [])];
  });
}

/** Patches, in the order in which a server may send them, and `root` changed accordingly. */
export function randomBatch(random, root) {
  return Array.from({ length: 1 + random.below(4) }, () => randomPatch(random, root));
}

function randomPatch(random, root) {
  const [node, path] = random.pick([[root, ""], ...places(root)]);
  if (node.text !== undefined) return random.next() < 0.5 ? setText(random, node, path) : spliceText(random, node, path);
  if (path && random.next() < 0.2) return setAttribute(random, node, path);
  return random.pick([insert, remove, move, order, replace])(random, node, path);
}

function setText(random, node, path) {
  node.text = random.pick(TEXTS);
  return { path, value: node.text };
}

function spliceText(random, node, path) {
  const at = random.below(node.text.length + 1);
  const count = random.below(node.text.length - at + 1);
  const text = random.pick(TEXTS);
  node.text = node.text.slice(0, at) + text + node.text.slice(at + count);
  return { path, at, delete: count, insert: text };
}

function setAttribute(random, node, path) {
  const value = random.next() < 0.3 ? null : random.pick(TEXTS);
  if (value === null) delete node.attributes.class;
  else node.attributes.class = value;
  return { path: `${path}/@class`, value };
}

function insert(random, node, path) {
  const at = random.below(node.children.length + 1);
  const fresh = Array.from({ length: 1 + random.below(2) }, () => random.element(1));
  node.children.splice(at, 0, ...fresh);
  return { path, insert: at, html: toHtml(fresh) };
}

function remove(random, node, path) {
  if (!node.children.length) return insert(random, node, path);
  const at = random.below(node.children.length);
  const count = 1 + random.below(node.children.length - at);
  node.children.splice(at, count);
  return { path, remove: at, count };
}

function move(random, node, path) {
  if (!node.children.length) return insert(random, node, path);
  const from = random.below(node.children.length);
  const to = random.below(node.children.length);
  node.children.splice(to, 0, ...node.children.splice(from, 1));
  return { path, move: from, to };
}

function order(random, node, path) {
  if (!node.children.length) return insert(random, node, path);
  const indexes = node.children.map((_, at) => at);
  for (let at = indexes.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [indexes[at], indexes[other]] = [indexes[other], indexes[at]];
  }
  node.children = indexes.map((at) => node.children[at]);
  return { path, order: indexes.map((at) => (random.next() < 0.3 ? [at, at] : at)) };
}

function replace(random, node, path) {
  node.children = random.children(2);
  return { path, html: toHtml(node.children) };
}
