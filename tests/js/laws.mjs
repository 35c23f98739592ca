/**
 * The laws of patches on the client, for one pair of pages, in whatever DOM: the small one, or a browser's.
 *
 *     brokenLaw({context: "body", old: "<p>a</p>", fresh: "<p>b</p>", patches: […]}, tools)   // "" if all hold
 *
 * What they know of the client is what anybody can import. `tools` is what differs between DOMs:
 *
 * - `client`: `{applyPatches, createMirror, PatchError}`
 * - `createElement(tag, namespace)`, and `attach(root)`, which puts it into the document and answers how to undo that
 * - `watch(root, act)`: `[{target, added: [node]}]`, all changes that `act` makes at or below `root`
 * - `styleOf(text)`: a style as the DOM would write it
 */

const NAMESPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };
const HTML = "http://www.w3.org/1999/xhtml";
const OPAQUE = "[data-live-ignore],selectedcontent";
const STRANGER = "x-stranger";
const NOWHERE = { path: "nowhere[9]/text", value: "x" };

// Pages, and how they look --------------------------------------------------------------------------------------

const read = (node, name) => Reflect.get(Object.getPrototypeOf(node), name, node);
const call = (node, name, ...args) => read(node, name).apply(node, args);
const isElement = (node) => node.nodeType === 1;
const isOpaque = (node) => isElement(node) && call(node, "matches", OPAQUE);

export const childrenOf = (node) => [...read(node.nodeName === "TEMPLATE" ? node.content : node, "childNodes")];

/** The element that trees of a context hang in (`"tbody"`, `"svg:g"`), with `html` in it. */
export function build({ createElement }, context, html) {
  const [prefix, tag] = context.includes(":") ? context.split(":") : [context, context];
  const root = createElement(tag, NAMESPACES[prefix] ?? HTML);
  root.innerHTML = html;
  return root;
}

/** What is below a node, as text that is equal where the trees are. */
export const describeBelow = (tools, node) => childrenOf(node).map((child) => describe(tools, child)).join("");

function describe(tools, node) {
  if (!isElement(node)) return `${node.nodeType}${node.target ?? ""}(${JSON.stringify(node.data)})`;
  const attributes = [...read(node, "attributes")]
    .map(({ name, value, namespaceURI }) => `${namespaceURI ?? ""} ${name}=${JSON.stringify(name === "style" ? tools.styleOf(value) : value)}`)
    .sort();
  const inside = isOpaque(node) ? "" : describeBelow(tools, node);
  return `<${read(node, "namespaceURI")} ${read(node, "localName")} ${attributes.join(",")}>${inside}</>`;
}

/** What hangs where below a node: `"(1)p(1)text(0)"`. */
export function shapeBelow(node, name = "") {
  const children = isOpaque(node) ? [] : childrenOf(node);
  return `${name}(${children.length})${children.map((child) => shapeBelow(child, nameOf(child))).join("")}`;
}

/** All that is managed below a node. */
export const everything = (node) => childrenOf(node).flatMap((child) => [child, ...(isOpaque(child) ? [] : everything(child))]);

// The laws ------------------------------------------------------------------------------------------------------

/** Which law does not hold for a pair, and why; nothing if all do. */
export function brokenLaw(pair, tools) {
  const wanted = describeBelow(tools, build(tools, pair.context, pair.fresh));
  for (const law of [inOneGo, inTheSameWayAgain, oneByOne, amongStrangers]) {
    const broken = law(pair, wanted, tools);
    if (broken) return broken;
  }
  return "";
}

/** Laws 2, 4, 5, 7, 8, 9 and 10. */
function inOneGo(pair, wanted, tools) {
  return onPage(pair, tools, (root) => {
    const before = describeBelow(tools, root);
    const [error, nothing] = attempt(tools, root, [...pair.patches, NOWHERE]);
    if (!(error instanceof tools.client.PatchError)) return `law 10: a path to nowhere is not refused (${error})`;
    if (nothing.length || describeBelow(tools, root) !== before) return "law 10: a refused batch left its traces";

    const allowed = placesOf(root, pair.patches);
    const old = new Map([root, ...everything(root)].map((node) => [node, childrenOf(node)]));
    const state = useIt(root);
    const [failure, changes] = attempt(tools, root, pair.patches);
    return (
      (failure && `${failure.stack}`) ||
      differs("law 7", describeBelow(tools, root), wanted) ||
      tooMuch(changes, allowed) ||
      tooManyMoves(root, old, changes) ||
      state()
    );
  });
}

/** Law 11: the same page and the same patches make the same changes. */
function inTheSameWayAgain(pair, _wanted, tools) {
  const [first, second] = [1, 2].map(() =>
    onPage(pair, tools, (root) => attempt(tools, root, pair.patches)[1].map(({ target, added }) => [target, ...added].map(nameOf))),
  );
  return differs("law 11", JSON.stringify(second), JSON.stringify(first));
}

/** Law 3: a list of patches means what they mean one after the other. */
function oneByOne(pair, wanted, tools) {
  return onPage(pair, tools, (root) => {
    for (const patch of pair.patches) tools.client.applyPatches(root, [patch]);
    return differs("law 3", describeBelow(tools, root), wanted);
  });
}

/** Law 12: what others have put between our nodes changes nothing for them. */
function amongStrangers(pair, wanted, tools) {
  return onPage(pair, tools, (root) => {
    [root, ...everything(root)].filter((node) => isElement(node) && !isOpaque(node)).forEach((parent, number) => {
      const container = parent.nodeName === "TEMPLATE" ? parent.content : parent;
      const children = childrenOf(parent);
      call(container, "insertBefore", tools.createElement(STRANGER, HTML), children[number % (children.length + 1)] ?? null);
    });
    const [failure] = attempt(tools, root, pair.patches);
    if (failure) return `law 12: ${failure.stack}`;
    for (const node of everything(root)) {
      if (read(node, "nodeName") === STRANGER.toUpperCase()) call(read(node, "parentNode"), "removeChild", node);
    }
    return differs("law 12", describeBelow(tools, root), wanted);
  });
}

/** What `look` answers about the old page, in the document and mirrored. */
function onPage({ context, old }, tools, look) {
  const root = build(tools, context, old);
  const detach = tools.attach(root);
  tools.client.createMirror(root);
  try {
    return look(root);
  } finally {
    detach();
  }
}

/** What was thrown, if anything, and what was changed. */
function attempt({ client, watch }, root, patches) {
  let error = null;
  const changes = watch(root, () => {
    try {
      client.applyPatches(root, patches);
    } catch (thrown) {
      error = thrown;
    }
  });
  return [error, changes];
}

const differs = (law, is, wanted) => is !== wanted && `${law}: it is\n${is}\nand was to be\n${wanted}`;

// Law 8 ---------------------------------------------------------------------------------------------------------

function tooMuch(changes, allowed) {
  const strays = changes.filter(({ target }) => !allowed.some(([node, isDeep]) => (isDeep ? contains(node, target) : node === target)));
  return strays.length > 0 && `law 8: touched ${strays.map(({ target }) => target.nodeName)}`;
}

const contains = (node, other) => node === other || childrenOf(node).some((child) => contains(child, other)) || node.content === other;

/** Which nodes the patches name: `[node, and all below it?]`. A path of a kept node holds in the old page. */
function placesOf(root, patches) {
  return patches.flatMap(({ path, html, insert }) => {
    const [place] = path.split("/@");
    const node = place.split("/").filter(Boolean).reduce(step, root);
    if (!node) return [];
    const places = [node, ...(node.nodeName === "TEMPLATE" ? [node.content] : [])];
    return html !== undefined && insert === undefined ? [root, ...everything(root)].includes(node) ? deep(node) : [] : places.map((each) => [each, false]);
  });
}

const deep = (node) => [node, ...everything(node)].flatMap((each) => [[each, false], ...(each.nodeName === "TEMPLATE" ? [[each.content, false]] : [])]);

function step(parent, text) {
  if (text[0] === "#") return everything(parent).find((node) => isElement(node) && call(node, "getAttribute", "id") === text.slice(1));
  const [, name, position] = /^(.*?)(?:\[(\d+)\])?$/.exec(text);
  const same = parent ? childrenOf(parent).filter((node) => name === "*" || nameOf(node) === name) : [];
  return same[(position ?? 1) - 1];
}

const KINDS = { 3: "text", 7: "pi", 8: "comment", 11: "fragment" };
const nameOf = (node) => KINDS[node.nodeType] ?? (/^(?:text|comment|pi)$/.test(read(node, "localName")) ? "*" : read(node, "localName"));

// Law 4 and 5 ---------------------------------------------------------------------------------------------------

/** Under each parent, moves = kept - longest increasing run; what is kept goes nowhere else. */
function tooManyMoves(root, old, changes) {
  const moved = changes.flatMap(({ added }) => added).filter((node) => old.has(node)).length;
  let fewest = 0;
  for (const [parent, children] of old) {
    if (parent !== root && !read(parent, "parentNode")) continue;
    const places = new Map(children.map((child, place) => [child, place]));
    const kept = childrenOf(parent).map((child) => places.get(child)).filter((place) => place !== undefined);
    fewest += kept.length - longestRun(kept);
  }
  return moved !== fewest && `law 4: ${moved} moves where ${fewest} are enough`;
}

/** The length of a longest increasing subsequence, found the slow and obvious way. */
function longestRun(values) {
  const best = [];
  values.forEach((value, at) => best.push(1 + Math.max(0, ...best.filter((_, left) => left < at && values[left] < value))));
  return Math.max(0, ...best);
}

// Law 9 ---------------------------------------------------------------------------------------------------------

/** Somebody types into every field and focuses the last. What comes back says what of it was lost. */
function useIt(root) {
  const fields = everything(root).filter((node) => node.nodeName === "INPUT" && node.type === "text");
  const values = new Map(fields.map((field) => [field, call(field, "getAttribute", "value")]));
  for (const field of fields) field.value = "typed";
  const last = fields.at(-1);
  last?.focus();
  const hadFocus = last && document.activeElement === last;
  return () => {
    for (const field of everything(root)) {
      const isTheServers = values.has(field) && call(field, "getAttribute", "value") !== values.get(field);
      if (values.has(field) && !isTheServers && field.value !== "typed") return "law 9: typed text is gone";
    }
    if (!hadFocus || !last.isConnected) return "";
    const hasFocus = document.activeElement === last;
    last.focus(); // it may have been hidden
    return !hasFocus && document.activeElement === last && "law 9: the focus is gone";
  };
}
