/** The mirror: what the server knows of the page, and whose it is. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { page, parse, print, traced } from "./fake_dom.mjs";
import { CHILDREN, componentOf, createMirror, found, ID, isManaged, mirrorBelow, nodeOf, PARENT, topOf } from "../../runtime_js/mirror.js";
import { applyBelow } from "../../runtime_js/patch.js";
import { applyPatches, PatchError } from "../../runtime_js/patcher.js";
import { resolve } from "../../runtime_js/path.js";
import { pathOf } from "../../runtime_js/steps.js";

/** The roots of components, by id, each with how often it was told of. */
let roots = {};
let told = [];
beforeEach(() => {
  roots = {};
  told = [];
});
found.component = (root) => {
  roots[root[ID]] = root;
  told.push(root[ID]);
};

const row = (id, text = id) => `<tr data-live-component="${id}" data-live-self=""><td>${text}</td></tr>`;
const table = (...rows) => `<table><tbody>${rows.join("")}</tbody></table>`;
const rowsIn = (root) => root.querySelectorAll("tr").map((element) => element.textContent);

/** A page with a component in each row of a table, and its top. */
function rows(...ids) {
  const root = page(table(...ids.map((id) => row(id))), ' data-live-component="c1"');
  createMirror(root);
  return root;
}

test("the mirror of an element is made once, and is the element", () => {
  const root = page("<p>a</p>");
  assert.equal(createMirror(root), root);
  const children = root[CHILDREN];
  assert.equal(createMirror(root), root);
  assert.equal(root[CHILDREN], children);
});

test("an element that is a component by itself has a root above it, which is there from the first call on", () => {
  const [element] = page('<p data-live-component="c1" data-live-self="">a</p>').children_;
  const root = createMirror(element);
  assert.equal(nodeOf(root), element);
  assert.notEqual(root, element);
  assert.equal(createMirror(element), root);
  assert.equal(root[PARENT], null);
  applyBelow(root, [{ path: "p/text", value: "b" }, { path: "p/@class", value: "x" }]);
  assert.equal(print(element), "b");
  assert.equal(element.getAttribute("class"), "x");
});

test("each component is told of once, its root first", () => {
  rows("c1.1", "c1.2");
  assert.deepEqual(told, ["c1", "c1.1", "c1.2"]);
});

test("elements that have one of the attributes only are no components by themselves", () => {
  const root = page('<p data-live-self=""></p><p data-live-component="c1.1"></p>');
  createMirror(root);
  assert.deepEqual(told, ["c1.1"]);
  assert.deepEqual(root[CHILDREN].map(nodeOf), root.children_);
  assert.deepEqual(root[CHILDREN], root.children_);
});

test("what is in a component by itself is reached from it, and not from above", () => {
  const root = rows("c1.1", "c1.2");
  applyBelow(roots["c1.2"], [{ path: "tr/td/text", value: "two" }, { path: "tr", insert: 1, html: "<td>!</td>" }]);
  assert.deepEqual(rowsIn(root), ["c1.1", "two!"]);
  for (const path of ["table/tbody/tr[2]/td/text", "table/tbody/tr[2]", "table/tbody/tr[2]/@class"]) {
    const patch = path.endsWith("tr[2]") ? { path, remove: 0 } : { path, value: "x" };
    assert.throws(() => applyPatches(root, [patch]), PatchError, path);
  }
});

test("a component by itself moves, goes and comes like an element", () => {
  const root = rows("c1.1", "c1.2");
  applyPatches(root, [{ path: "table/tbody", move: 1, to: 0 }]);
  assert.deepEqual(rowsIn(root), ["c1.2", "c1.1"]);
  applyPatches(root, [{ path: "table/tbody", insert: 1, html: row("c1.3") }]);
  assert.deepEqual(rowsIn(root), ["c1.2", "c1.3", "c1.1"]);
  const gone = roots["c1.2"];
  applyPatches(root, [{ path: "table/tbody", remove: 0 }]);
  assert.deepEqual(rowsIn(root), ["c1.3", "c1.1"]);
  assert.equal(gone[PARENT], null);
  assert.equal(topOf(roots["c1.1"]), root);
});

test("its element is exchanged in its place, and goes on to stand for it above", () => {
  for (const patches of [
    [{ path: "", remove: 0 }, { path: "", insert: 0, html: row("c1.1", "new") }],
    [{ path: "", insert: 1, html: row("c1.1", "new") }, { path: "", remove: 0 }],
    [{ path: "", html: row("c1.1", "new").replace("<tr", '<tr id="x"') }],
  ]) {
    told = [];
    const root = rows("c1.1", "c1.2");
    applyBelow(roots["c1.1"], patches);
    assert.deepEqual(told, ["c1", "c1.1", "c1.2"]);
    assert.deepEqual(rowsIn(root), ["new", "c1.2"]);
    assert.equal(nodeOf(roots["c1.1"]), root.querySelectorAll("tr")[0]);
    applyBelow(roots["c1.1"], [{ path: "tr/td/text", value: "newer" }]);
    applyPatches(root, [{ path: "table/tbody", move: 0, to: 1 }]);
    assert.deepEqual(rowsIn(root), ["c1.2", "newer"]);
    applyBelow(roots["c1.1"], [{ path: "", remove: 0 }, { path: "", insert: 0, html: row("c1.1", "last") }]);
    assert.deepEqual(rowsIn(root), ["c1.2", "last"]);
  }
});

test("a new copy of a component by itself meets the element that is there", () => {
  const root = rows("c1.1");
  const [element] = root.querySelectorAll("tr");
  assert.deepEqual(
    traced(() => applyBelow(roots["c1.1"], [{ path: "", html: row("c1.1", "c1.2") }])),
    ['text.replaceData(3, 1, "2")'],
  );
  assert.deepEqual(
    traced(() => applyPatches(root, [{ path: "", html: table(row("c1.1", "c1.3")) }])),
    ['text.replaceData(3, 1, "3")'],
  );
  assert.equal(root.querySelectorAll("tr")[0], element);
});

test("new HTML for what is above leaves a component by itself where it was, and its attributes are patched", () => {
  const root = rows("c1.1");
  applyPatches(root, [{ path: "", html: table(row("c1.1").replace("<tr", '<tr class="x"'), "<tr><td>plain</td></tr>") }]);
  assert.equal(root.querySelectorAll("tr")[0].getAttribute("class"), "x");
  assert.deepEqual(rowsIn(root), ["c1.1", "plain"]);
});

test("an id is looked for in the component whose path it is", () => {
  const root = page('<p id="x">a</p><div data-live-component="c1.1"><p id="y">b</p></div><b id="z">c</b>', ' data-live-component="c1"');
  createMirror(root);
  applyBelow(roots["c1.1"], [{ path: "#y/text", value: "B" }]);
  applyPatches(root, [{ path: "#z/text", value: "C" }]);
  assert.throws(() => applyPatches(root, [{ path: "#y/text", value: "x" }]), PatchError);
  assert.throws(() => applyBelow(roots["c1.1"], [{ path: "#x/text", value: "x" }]), PatchError);
  assert.equal(root.textContent, "aBC");
});

test("an id in a component by itself", () => {
  const root = page(table(row("c1.1").replace("<td>", '<td id="x">')));
  createMirror(root);
  applyBelow(roots["c1.1"], [{ path: "#x/text", value: "one" }]);
  assert.deepEqual(rowsIn(root), ["one"]);
});

test("the path of a node starts at the root of its component", () => {
  const root = rows("c1.1", "c1.2");
  const [first, second] = root.querySelectorAll("tr");
  assert.equal(pathOf(second.children_[0]), "tr/td");
  assert.equal(componentOf(second.children_[0]), roots["c1.2"]);
  assert.equal(pathOf(first.parent_), "table/tbody");
  applyPatches(root, [{ path: "table/tbody", insert: 2, html: "<tr><td>a</td></tr>" }]);
  const plain = root.querySelectorAll("tr")[2];
  assert.equal(pathOf(plain), "table/tbody/tr[3]");
  assert.equal(resolve(root, "table/tbody/tr[3]"), plain);
});

test("a step is a name where it is a plain one, else a number among all", () => {
  const NAMES = { "a-b": "a-b", "a.b": "a.b", "x:y": "x:y", a1_: "a1_", text: "*[1]", comment: "*[1]", pi: "*[1]", doctype: "*[1]", "a@b": "*[1]", texts: "texts", "my-text": "my-text", "a\u00e9": "*[1]" };
  for (const [tag, step] of Object.entries(NAMES)) {
    const root = page(`<${tag}></${tag}>`);
    createMirror(root);
    assert.equal(pathOf(root.children_[0]), step);
    assert.equal(resolve(root, step), root.children_[0]);
  }
});

test("nothing is put on a node but symbols", () => {
  const root = page("<ul><li>a</li><li>b</li></ul>");
  const keys = () => [root, ...root.querySelectorAll("*")].map((node) => Object.keys(node).length);
  const before = keys();
  createMirror(root);
  applyPatches(root, [{ path: "ul", move: 0, to: 1 }, { path: "ul/li[1]/text", value: "c" }]);
  assert.deepEqual(keys(), before);
});

test("what others put into the page is nobody's, until all is mirrored anew", () => {
  const root = page("<p>a</p>");
  createMirror(root);
  const [stranger] = parse("<i>b</i>");
  root.append(stranger);
  assert.ok(!isManaged(stranger));
  mirrorBelow(root);
  assert.ok(isManaged(stranger));
  applyPatches(root, [{ path: "i/text", value: "c" }]);
  assert.equal(print(root), "<p>a</p><i>c</i>");
});
