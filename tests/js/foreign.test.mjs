/** Law 12: what others do to the page around our nodes changes nothing for them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page, parse, print } from "./fake_dom.mjs";
import { Random, places, randomBatch, RUNS, SEED, toHtml } from "./random.mjs";
import { createMirror } from "../../runtime_js/mirror.js";
import { applyPatches } from "../../runtime_js/patcher.js";

const FOREIGN = "x-foreign";

/** Everything below `node`, `node` included. */
function* everything(node) {
  yield node;
  for (const child of [...node.children_]) yield* everything(child);
}

const someNode = (random, root, test) => random.pick([...everything(root)].filter((node) => node !== root && test(node)));
const isText = (node) => node.data_ !== undefined;
const isOurs = (node) => node.tag !== FOREIGN;

/** What extensions, translations and widgets do; each takes the page and changes it. */
const DEEDS = {
  "put something into an element"(random, root) {
    const parent = random.pick([...everything(root)].filter((node) => !isText(node)));
    const [foreign] = parse(`<${FOREIGN}><i>bar</i></${FOREIGN}>`);
    parent.place_(foreign, random.pick([null, ...parent.children_]));
  },
  "put something with an id of ours into the page"(_random, root) {
    const [foreign] = parse(`<${FOREIGN} id="anchor"></${FOREIGN}>`);
    root.place_(foreign, root.children_[0] ?? null);
  },
  "wrap a text, as translations do"(random, root) {
    const text = someNode(random, root, (node) => isText(node) && node.parent_.tag !== "font");
    if (!text) return;
    const [font] = parse("<font></font>");
    text.parent_.place_(font, text);
    font.append(text);
  },
  "take a text away and put its translation there"(random, root) {
    const text = someNode(random, root, (node) => isText(node) && isOurs(node.parent_) && node.parent_.tag !== "font");
    if (!text) return;
    const [font] = parse("<font><font>uebersetzt</font></font>");
    text.parent_.place_(font, text);
    text.parent_.cut_(text);
  },
  "split a text"(random, root) {
    const text = someNode(random, root, isText);
    text?.splitText(random.below(text.data_.length + 1));
  },
  "write a text"(random, root) {
    const text = someNode(random, root, isText);
    if (text) text.data_ = "changed by others";
  },
};

/** The page without what is foreign; a wrapped text counts where its wrapper stands. */
function ourPart(root) {
  for (const node of everything(root)) if (node.tag === FOREIGN) node.parent_?.cut_(node);
  for (const node of everything(root)) {
    if (node.tag !== "font") continue;
    for (const child of [...node.children_]) node.parent_.place_(child, node);
    node.parent_.cut_(node);
  }
  return print(root);
}

function check(root, model, seed) {
  const [fresh] = parse(`<div>${toHtml(model.children)}</div>`);
  assert.equal(ourPart(root), print(fresh), `HYPER_SEED=${seed}`);
}

test(`${RUNS} random pages with strangers between our nodes`, () => {
  const deeds = ["put something into an element", "put something with an id of ours into the page"];
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const random = new Random(seed);
    const model = { children: random.children(3, 4) };
    const root = page(toHtml(model.children));
    createMirror(root);
    for (let batch = 0; batch < 3; batch++) {
      DEEDS[random.pick(deeds)](random, root);
      applyPatches(root, randomBatch(random, model));
    }
    check(root, model, seed);
  }
});

test(`${RUNS} random pages whose texts others have changed: new data puts them right`, () => {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const random = new Random(seed);
    const model = { children: random.children(3, 4) };
    const root = page(toHtml(model.children));
    createMirror(root);
    for (let deed = 0; deed < 4; deed++) DEEDS[random.pick(Object.keys(DEEDS))](random, root);
    applyPatches(root, randomBatch(random, model));
    applyPatches(root, newTexts(model));
    check(root, model, seed);
  }
});

/** Patches that give every text of `model` new data. */
function newTexts(model) {
  return places(model)
    .filter(([node]) => node.text !== undefined)
    .map(([node, path], at) => ({ path, value: (node.text = `text ${at}`) }));
}

test("what others have put beside a text stays when the text is put right", () => {
  const root = page("<p>a</p>");
  createMirror(root);
  const [paragraph] = root.children_;
  const [text] = paragraph.children_;
  const strangers = parse("<my-font></my-font><fonts></fonts><i></i>");
  paragraph.append(...strangers, ...parse("<font>A</font>"));
  for (const node of parse("<my-font></my-font><fonts></fonts><i></i><font>A</font>x")) paragraph.place_(node, text);
  applyPatches(root, [{ path: "p/text", value: "b" }]);
  const beside = "<my-font></my-font><fonts></fonts><i></i>";
  assert.equal(print(paragraph), `${beside}b${beside}`);
});

test("where others have taken an element of ours away, the next one that is there is the neighbour", () => {
  const root = page('<ul><li id="a">a</li><li id="b">b</li><li id="c">c</li></ul>');
  createMirror(root);
  const [list] = root.children_;
  list.cut_(list.children_[1]);
  applyPatches(root, [{ path: "ul", insert: 1, html: '<li id="x">x</li>' }]);
  assert.equal(list.textContent, "axc");
  list.cut_(list.children_[2]);
  applyPatches(root, [{ path: "ul", insert: 2, html: '<li id="y">y</li>' }]);
  assert.equal(list.textContent, "axy");
});
