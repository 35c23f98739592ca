/** What fades out before it goes is seen for a moment, and to patches it has gone. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { dom, page, parse, print } from "./fake_dom.mjs";
import { Random, randomBatch, RUNS, SEED, toHtml } from "./random.mjs";

Object.assign(globalThis, { matchMedia: () => ({ matches: false }) });
const { extras } = await import("../../runtime_js/hooks.js");
const { createMirror, mirrorBelow, PARENT } = await import("../../runtime_js/mirror.js");
const { applyPatches } = await import("../../runtime_js/patcher.js");
await extras();

mock.timers.enable({ apis: ["setTimeout"] });
const LONGEST_MS = 2000;

/** @type {(() => void)[]} what brings each thing that moves to rest */
let ends = [];
Element.prototype.getAnimations = () => [
  { finished: new Promise((end) => ends.push(end)), effect: { getComputedTiming: () => ({ endTime: 300 }) } },
];
Element.prototype.remove = function () {
  this.parent_?.cut_(this);
};

const rested = () => new Promise(setImmediate);
const fading = (html) => html.replace(/<(\w+)/g, '<$1 live-leave="fade"');

function withoutFading(root) {
  for (const node of root.querySelectorAll("*")) if (node[PARENT] === null) node.remove();
  return print(root);
}

test(`${RUNS} random pages whose elements all fade: patches go on as if they had gone`, async () => {
  let count = 0;
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    ends = [];
    const random = new Random(seed);
    const model = { children: random.children(3, 4) };
    const root = page(fading(toHtml(model.children)));
    createMirror(root);
    for (let batch = 0; batch < 4; batch++) {
      const patches = randomBatch(random, model);
      applyPatches(root, patches.map((patch) => (patch.html ? { ...patch, html: fading(patch.html) } : patch)));
      await rested();
      count += root.querySelectorAll("[inert]").length;
      for (const end of ends) if (random.next() < 0.3) end();
      await rested();
    }
    const [fresh] = parse(`<div>${fading(toHtml(model.children))}</div>`);
    assert.equal(withoutFading(root), print(fresh), `HYPER_SEED=${seed}`);
  }
  assert.ok(count > RUNS);
});

async function leaves(html) {
  ends = [];
  const root = page(html);
  applyPatches(root, [{ path: "", remove: 0 }]);
  await rested();
  return root;
}

test("an element goes when what moves in it has come to rest", async () => {
  const root = await leaves('<p live-leave="fade out">a</p>');
  assert.equal(print(root), '<p class="fade out" inert="" live-leave="fade out">a</p>');
  ends[0]();
  await rested();
  assert.equal(print(root), "");
});

test("or when that has taken too long", async () => {
  const root = await leaves('<p live-leave="fade">a</p>');
  mock.timers.tick(LONGEST_MS - 1);
  assert.equal(root.children_.length, 1);
  mock.timers.tick(1);
  assert.equal(root.children_.length, 0);
});

test("its fields belong to no form and have no name", async () => {
  const root = await leaves('<p live-leave="fade"><input name="a"><button>b</button></p>');
  const controls = root.querySelectorAll("input,button");
  assert.deepEqual(controls.map((control) => [control.name, control.getAttribute("form")]), [["", ""], ["", ""]]);
});

test("a new copy of a page that was broken takes it up again", async () => {
  const html = '<p live-leave="fade">a</p>';
  const root = await leaves(html);
  mirrorBelow(root);
  applyPatches(root, [{ path: "", html }]);
  ends[0]();
  await rested();
  assert.equal(print(root), html);
});

for (const [name, prepare] of Object.entries({
  "with less motion": () => mock.method(globalThis, "matchMedia", () => ({ matches: true })),
  "in a page that nobody sees": () => (document.hidden = true),
  "without anything that moves": () => mock.method(Element.prototype, "getAnimations", () => []),
  "with what never ends": () =>
    mock.method(Element.prototype, "getAnimations", () => [{ effect: { getComputedTiming: () => ({ endTime: Infinity }) } }]),
})) {
  test(`${name} it goes at once`, async () => {
    prepare();
    const root = await leaves('<p live-leave="fade">a</p>');
    assert.equal(print(root), "");
    document.hidden = false;
    mock.restoreAll();
  });
}

test("others are asked for nothing that costs", async () => {
  const root = page("<p>a</p><p>b</p>");
  createMirror(root);
  dom.reads = 0;
  applyPatches(root, [{ path: "", remove: 0, count: 2 }]);
  assert.ok(dom.reads < 30, `${dom.reads} reads`);
});
