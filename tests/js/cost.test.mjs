/** What a patch costs is counted: what the client asks of the DOM, and the nodes of the mirror that it comes to. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page, readsOf } from "./fake_dom.mjs";
import { CHILDREN, createMirror, DATA, NAME, PARENT } from "../../runtime_js/mirror.js";
import { applyPatches } from "../../runtime_js/patcher.js";

const HUGE = 5000;

test(`a patch in ${HUGE} rows asks the DOM about a few nodes only`, () => {
  const rows = Array.from({ length: HUGE }, (_, row) => `<tr><td>${row}</td></tr>`);
  const root = page(`<table><tbody>${rows.join("")}</tbody></table>`);
  createMirror(root);
  const change = (row) => [{ path: `table/tbody/tr[${row}]/td/text`, value: "x" }];
  applyPatches(root, change(1));
  assert.ok(readsOf(() => applyPatches(root, change(HUGE / 2))) < 20);
  assert.ok(readsOf(() => applyPatches(root, [{ path: "table/tbody", remove: 7 }])) < 20);
  assert.ok(readsOf(() => applyPatches(root, change(HUGE / 2))) < 20);
  const one = [{ path: "table/tbody", insert: 9, html: "<tr><td>new</td></tr>" }];
  assert.ok(readsOf(() => applyPatches(root, one)) < 60);
});

/** Which nodes of the mirror below `root` are looked at or changed while `act` runs. */
function touchedBy(root, act) {
  const touched = new Set();
  const pending = [root];
  for (const node of pending) {
    pending.push(...node.children_);
    for (const symbol of [CHILDREN, DATA, NAME, PARENT]) {
      let value = node[symbol];
      const get = () => (touched.add(node), value);
      const set = (next) => (touched.add(node), (value = next));
      Object.defineProperty(node, symbol, { configurable: true, get, set });
    }
  }
  act();
  return touched.size;
}

test("a patch looks at the nodes on its path, however many others there are", () => {
  const touched = [10, 10_000].map((rows) => {
    const root = page(`<table><tbody>${"<tr><td>a</td></tr>".repeat(rows)}</tbody></table>`);
    createMirror(root);
    const change = (value) => [{ path: `table/tbody/tr[${rows / 2}]/td/text`, value }];
    applyPatches(root, change("b")); // which indexes the rows, once
    return touchedBy(root, () => applyPatches(root, change("c")));
  });
  assert.deepEqual(touched, [6, 6]); // the root, table, tbody, tr, td and the text
});

test("an id is looked up by the browser, however many nodes there are", () => {
  const touched = [10, 10_000].map((rows) => {
    const root = page(`<ul>${"<li><b>a</b></li>".repeat(rows)}</ul><p id="x">a</p>`);
    createMirror(root);
    return touchedBy(root, () => applyPatches(root, [{ path: "#x/text", value: "b" }]));
  });
  assert.deepEqual(touched, [3, 3]); // the root, the paragraph and its text
});

test("a text that has not changed is looked at where a sibling beside it comes or goes, and nowhere else", () => {
  const asked = ["text", "<i></i>"].map((other) => {
    const root = page(`<b></b>${other}`.repeat(20));
    createMirror(root);
    const patches = [{ path: "", insert: 20, html: "<u></u>" }, { path: "", remove: 20 }];
    return patches.map((patch) => readsOf(() => applyPatches(root, [patch])));
  });
  assert.deepEqual(asked[0], asked[1]);
});

/** How many nodes are put into maps and sets when they are made while `act` runs. */
function gatheredBy(t, act) {
  let gathered = 0;
  for (const name of ["Map", "Set"]) {
    const Plain = globalThis[name];
    globalThis[name] = class extends Plain {
      constructor(items = []) {
        super(items);
        gathered += this.size;
      }
    };
    t.after(() => (globalThis[name] = Plain));
  }
  act();
  return gathered;
}

test("of a long list only what lies between the same ends is gathered", (t) => {
  const root = page("<i></i>".repeat(100));
  createMirror(root);
  for (const [patch, most] of [
    [{ path: "", insert: 50, html: "<b></b>" }, 1],
    [{ path: "", remove: 50 }, 1],
    [{ path: "", move: 50, to: 52 }, 8],
  ]) {
    assert.ok(gatheredBy(t, () => applyPatches(root, [patch])) <= most, JSON.stringify(patch));
  }
});

test("new HTML asks the DOM as little as an insertion of the same", () => {
  const html = "<b><i>a</i></b>".repeat(100);
  const [inserted, replaced] = [{ insert: 0 }, {}].map((more) => {
    const root = page("");
    createMirror(root);
    return readsOf(() => applyPatches(root, [{ path: "", html, ...more }]));
  });
  assert.equal(replaced, inserted);
});
