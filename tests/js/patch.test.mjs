import assert from "node:assert/strict";
import { test } from "node:test";
import { dom, page, parse, print, traced } from "./fake_dom.mjs";
import { createMirror } from "../../runtime_js/mirror.js";
import { applyPatches, PatchError } from "../../runtime_js/patcher.js";
import { resolve } from "../../runtime_js/path.js";
import { pathOf } from "../../runtime_js/steps.js";

const items = (names) => [...names].map((name) => `<li id="${name}">${name}</li>`).join("");
const list = (names) => `<ul>${items(names)}</ul>`;

/** What, HTML before, patches, the exact mutations, HTML after. */
const TRACES = [
  [
    "text: only what differs is replaced",
    "<p>Count: 4</p>",
    [{ path: "p/text", value: "Count: 5" }],
    ['text.replaceData(7, 1, "5")'],
    "<p>Count: 5</p>",
  ],
  ["text: the same data is no write", "<p>a</p>", [{ path: "p/text", value: "a" }], [], "<p>a</p>"],
  [
    "text at the top",
    "a<b>c</b>",
    [{ path: "text", value: "b" }],
    ['text.replaceData(0, 1, "b")'],
    "b<b>c</b>",
  ],
  [
    "splice, in UTF-16 units",
    "<p>a😀c</p>",
    [{ path: "p/text", at: 3, delete: 1, insert: "d" }],
    ['text.replaceData(3, 1, "d")'],
    "<p>a😀d</p>",
  ],
  [
    "several splices are one write",
    "<p>ab</p>",
    [
      { path: "p/text", at: 2, insert: "c" },
      { path: "p/text", at: 3, insert: "d" },
    ],
    ['text.replaceData(2, 0, "cd")'],
    "<p>abcd</p>",
  ],
  ["comment", "<!--a-->", [{ path: "comment", value: "b" }], ['comment.replaceData(0, 1, "b")'], "<!--b-->"],
  [
    "attribute",
    '<p class="a"></p>',
    [{ path: "p/@class", value: "b" }],
    ['p.setAttribute("class", "b")'],
    '<p class="b"></p>',
  ],
  [
    "attribute removed",
    '<p class="a"></p>',
    [{ path: "p/@class", value: null }],
    ['p.removeAttribute("class")'],
    "<p></p>",
  ],
  [
    "attribute with a name that old browsers refuse",
    "<p></p>",
    [{ path: "p/@@click.stop", value: "go" }],
    ['p.setAttributeNode("@click.stop", "go")'],
    '<p @click.stop="go"></p>',
  ],
  [
    "style, where a policy forbids the attribute",
    "<p></p>",
    [{ path: "p/@style", value: "color: red" }],
    ['p.style.cssText("color: red")'],
    '<p style="color: red"></p>',
  ],
  [
    "insert",
    list("ac"),
    [{ path: "ul", insert: 1, html: items("b") }],
    ["ul.insertBefore(li#b, li#c)"],
    list("abc"),
  ],
  [
    "insert at the end",
    list("a"),
    [{ path: "ul", insert: 1, html: items("bc") }],
    ["ul.insertBefore(li#c, null)", "ul.insertBefore(li#b, li#c)"],
    list("abc"),
  ],
  ["remove", list("abc"), [{ path: "ul", remove: 1 }], ["ul.removeChild(li#b)"], list("ac")],
  [
    "remove several",
    list("abcd"),
    [{ path: "ul", remove: 1, count: 2 }],
    ["ul.removeChild(li#b)", "ul.removeChild(li#c)"],
    list("ad"),
  ],
  [
    "move",
    list("abc"),
    [{ path: "ul", move: 2, to: 0 }],
    ["ul.moveBefore(li#c, li#a)"],
    list("cab"),
  ],
  [
    "move to the end",
    list("abc"),
    [{ path: "ul", move: 0, to: 2 }],
    ["ul.moveBefore(li#a, null)"],
    list("bca"),
  ],
  [
    "order: rotate by two",
    list("abcdef"),
    [{ path: "ul", order: [[4, 5], [0, 3]] }],
    ["ul.moveBefore(li#f, li#a)", "ul.moveBefore(li#e, li#f)"],
    list("efabcd"),
  ],
  [
    "order: single indexes",
    list("abc"),
    [{ path: "ul", order: [1, 0, 2] }],
    ["ul.moveBefore(li#b, li#a)"],
    list("bac"),
  ],
  [
    "html: what is alike stays",
    '<ul><li id="a">old</li><li id="b">b</li></ul>',
    [{ path: "ul", html: '<li id="a">new</li><li id="c">c</li>' }],
    ["ul.insertBefore(li#c, null)", "ul.removeChild(li#b)", 'text.replaceData(0, 3, "new")'],
    '<ul><li id="a">new</li><li id="c">c</li></ul>',
  ],
  [
    "html: what is no longer ignored is made anew, whatever others have put into it",
    "<p data-live-ignore>widget</p>",
    [{ path: "", html: "<p>ours</p>" }],
    ["div.insertBefore(p, null)", "div.removeChild(p)"],
    "<p>ours</p>",
  ],
  [
    "html: what is alike at both ends stays",
    list("abcd"),
    [{ path: "ul", html: items("axxcd") }],
    ["ul.insertBefore(li#x, li#c)", "ul.insertBefore(li#x, li#x)", "ul.removeChild(li#b)"],
    list("axxcd"),
  ],
  [
    "html: what stays ignored keeps what others have put into it",
    "<p data-live-ignore>widget</p>",
    [{ path: "", html: '<p data-live-ignore class="x">ours</p>' }],
    ['p.setAttribute("class", "x")'],
    '<p class="x" data-live-ignore="">widget</p>',
  ],
  [
    "html: what is to be open is opened",
    "<details></details>",
    [{ path: "", html: '<details open=""></details>' }],
    ['details.setAttribute("open", "")'],
    '<details open=""></details>',
  ],
  ["html: the same is no write", list("ab"), [{ path: "", html: list("ab") }], [], list("ab")],
  [
    "each path means the list as earlier patches left it",
    list("abc"),
    [
      { path: "ul/li[3]/text", value: "C" },
      { path: "ul", remove: 0 },
      { path: "ul", move: 1, to: 0 },
      { path: "ul", insert: 2, html: "<li>d</li>" },
      { path: "ul/li[1]/@class", value: "first" },
    ],
    [
      "ul.insertBefore(li, null)",
      "ul.moveBefore(li#c, li#b)",
      "ul.removeChild(li#a)",
      'text.replaceData(0, 1, "C")',
      'li#c.setAttribute("class", "first")',
    ],
    '<ul><li class="first" id="c">C</li><li id="b">b</li><li>d</li></ul>',
  ],
  [
    "moves that undo each other are none",
    list("abc"),
    [
      { path: "ul", move: 0, to: 2 },
      { path: "ul", move: 2, to: 0 },
    ],
    [],
    list("abc"),
  ],
  [
    "what is inserted and removed again never gets in",
    list("a"),
    [
      { path: "ul", insert: 0, html: items("b") },
      { path: "ul", remove: 0 },
    ],
    [],
    list("a"),
  ],
  [
    "a text that comes, changes and goes in one batch never gets in",
    "<i></i>",
    [
      { path: "", insert: 0, html: "a" },
      { path: "text", value: "b" },
      { path: "", remove: 0 },
    ],
    ['text.replaceData(0, 1, "b")'],
    "<i></i>",
  ],
  [
    "checked waits until the group is complete",
    '<form><input type="radio" name="r"></form>',
    [
      { path: "form/input/@checked", value: "" },
      { path: "form", insert: 1, html: '<input type="radio" name="r" id="b">' },
    ],
    [
      "form.insertBefore(input#b, null)",
      'input.setAttribute("checked", "")',
      "input.checked = true",
    ],
    '<form><input checked="" name="r" type="radio"><input id="b" name="r" type="radio"></form>',
  ],
  [
    "checked waits for the other attributes too",
    '<form><input type="radio"></form>',
    [
      { path: "form/input/@checked", value: "" },
      { path: "form/input/@name", value: "r" },
    ],
    ['input.setAttribute("checked", "")', 'input.setAttribute("name", "r")', "input.checked = true"],
    '<form><input checked="" name="r" type="radio"></form>',
  ],
  ...["key", "data-key", "type", "name", "data-live-component"].map((name) => [
    `html: another ${name} is another element`,
    `<p ${name}="1">a</p>`,
    [{ path: "", html: `<p ${name}="2">a</p>` }],
    ["div.insertBefore(p, null)", "div.removeChild(p)"],
    `<p ${name}="2">a</p>`,
  ]),
  [
    "a value that is gone is empty",
    '<input value="a">',
    [{ path: "input/@value", value: null }],
    ['input.removeAttribute("value")'],
    "<input>",
  ],
  [
    "a dialog leaves the top layer",
    '<dialog open=""></dialog>',
    [{ path: "dialog/@open", value: null }],
    ["dialog.close()", 'dialog.removeAttribute("open")'],
    "<dialog></dialog>",
  ],
  [
    "inside a template",
    "<template><p>a</p></template>",
    [
      { path: "template/p/text", value: "b" },
      { path: "template", insert: 1, html: "<i></i>" },
    ],
    ["fragment.insertBefore(i, null)", 'text.replaceData(0, 1, "b")'],
    "<template><p>b</p><i></i></template>",
  ],
  [
    "a step that could be misread",
    "<svg><text>a</text></svg>",
    [{ path: "svg/*[1]/text", value: "b" }],
    ['text.replaceData(0, 1, "b")'],
    "<svg><text>b</text></svg>",
  ],
  [
    "below an id",
    `<div><p id="x.y:z">a</p></div>`,
    [{ path: "#x.y:z/text", value: "b" }],
    ['text.replaceData(0, 1, "b")'],
    `<div><p id="x.y:z">b</p></div>`,
  ],
  [
    "below an id inside a template, where the browser does not look",
    'x<template><i>y</i><p id="t">a</p></template>',
    [{ path: "#t/text", value: "b" }],
    ['text.replaceData(0, 1, "b")'],
    'x<template><i>y</i><p id="t">b</p></template>',
  ],
  [
    "a processing instruction",
    "<?go there>",
    [{ path: "pi", value: "go here" }],
    ['go.replaceData(0, 1, "")'],
    "<?go here>",
  ],
];

for (const [what, old, patches, trace, fresh] of TRACES) {
  test(what, () => {
    const root = page(old);
    createMirror(root);
    assert.deepEqual(
      traced(() => applyPatches(root, patches)),
      trace,
    );
    assert.equal(print(root), fresh);
  });
}

/** Patches that must be refused, in `<ul><li id="a">a</li><li id="b">b</li></ul><p class="x">t</p><!--c-->`. */
const REFUSED = [
  null,
  5,
  "path",
  [],
  {},
  { path: "p" },
  { path: "p/text" },
  { path: 5, value: "x" },
  { path: ["p", "text"], value: "x" },
  { path: "p/text", value: null },
  { path: "p/text", value: 5 },
  { path: "p/text", value: { toString: 1 } },
  { path: "p/text", value: "x", more: 1 },
  { path: "p/text", value: "x", constructor: 1 },
  { path: "p/text", value: "x", zzz: 1 },
  { path: "p", value: "x" },
  { path: "", value: "x" },
  { path: "@class", value: "x" },
  { path: "/@class", value: "x" },
  { path: "p/@", value: "x" },
  { path: "p/@class", value: 5 },
  { path: "p/@class/@title", value: "x" },
  { path: "p/@class/@", value: "x" },
  { path: "p/@class", value: ["x"] },
  { path: "p/@class", value: {} },
  { path: "p/text/@class", value: "x" },
  { path: "q/text", value: "x" },
  { path: "ul/li/text", value: "x" },
  { path: "ul/li[0]/text", value: "x" },
  { path: "ul/li[3]/text", value: "x" },
  { path: "ul/li[-1]/text", value: "x" },
  { path: "ul/li[01]/text", value: "x" },
  { path: "ul/li[1", value: "x" },
  { path: "p[1/text", value: "x" },
  { path: "!p/text", value: "x" },
  { path: "ul//text", value: "x" },
  { path: "/ul/li[1]/text", value: "x" },
  { path: "ul/li[1]/text/", value: "x" },
  { path: "ul/*/text", value: "x" },
  { path: "p/*", value: "x" },
  { path: "#c/text", value: "x" },
  { path: "#", value: "x" },
  { path: "ul/#a/text", value: "x" },
  { path: "constructor/text", value: "x" },
  { path: "__proto__/text", value: "x" },
  { path: "pi", value: "x" },
  { path: "p/text", at: 2, insert: "x" },
  { path: "p/text", at: 0, delete: 2, insert: "x" },
  { path: "p/text", at: -1, insert: "x" },
  { path: "p/text", at: 0.5, insert: "x" },
  { path: "p/text", at: "0", insert: "x" },
  { path: "p/text", at: 0 },
  { path: "p/text", at: 0, insert: 5 },
  { path: "p", at: 0, insert: "x" },
  { path: "ul", insert: 3, html: "x" },
  { path: "ul", insert: -1, html: "x" },
  { path: "ul", insert: 0, html: 5 },
  { path: "ul", insert: 0 },
  { path: "p/text", insert: 0, html: "x" },
  { path: "ul", remove: 2 },
  { path: "ul", remove: 1, count: 2 },
  { path: "ul", remove: 0, count: 0 },
  { path: "ul", remove: -1 },
  { path: "ul", move: 2, to: 0 },
  { path: "ul", move: 0, to: 2 },
  { path: "ul", move: 0 },
  { path: "ul", order: [0] },
  { path: "ul", order: [0, 0] },
  { path: "ul", order: [0, 1, 1] },
  { path: "ul", order: [[1, 0]] },
  { path: "ul", order: [[0, 2]] },
  { path: "ul", order: "01" },
  { path: "ul", order: null },
  { path: "ul", order: [null, 1] },
  { path: "ul", order: {} },
  { path: "ul", html: null },
  { path: "ul", tree: [] },
];

test("what does not fit is refused, the DOM untouched and the mirror as it was", () => {
  for (const patch of REFUSED) {
    const html = `${list("ab")}<p class="x">t</p><!--c-->`;
    const root = page(html);
    createMirror(root);
    const good = [
      { path: "ul", remove: 0 },
      { path: "p/text", value: "changed" },
      { path: "p/@class", value: "changed" },
      { path: "ul", insert: 0, html: items("a") },
      { path: "p/text", value: "t" },
      { path: "comment", value: "changed" },
    ];
    const trace = traced(() =>
      assert.throws(() => applyPatches(root, [...good, patch]), PatchError, JSON.stringify(patch)),
    );
    assert.deepEqual(trace, [], JSON.stringify(patch));
    applyPatches(root, [
      { path: "ul/li[2]/text", value: "B" },
      { path: "#a/@class", value: "y" },
      { path: "ul", move: 1, to: 0 },
      { path: "comment", at: 1, insert: "!" },
    ]);
    assert.equal(
      print(root),
      '<ul><li id="b">B</li><li class="y" id="a">a</li></ul><p class="x">t</p><!--c!-->',
    );
  }
});

test("a processing instruction keeps its target", () => {
  for (const value of ["went there", "going", "g"]) {
    assert.throws(() => applyPatches(page("<?go there>"), [{ path: "pi", value }]), PatchError);
  }
  assert.throws(() => applyPatches(page("<?go there>"), [{ path: "pi", at: 0, delete: 1, insert: "t" }]), PatchError);
});

test("what is below a nested component is not reached from above", () => {
  const root = page('<div data-live-component="c2"><p>a</p></div>');
  for (const patch of [{ path: "div/p/text", value: "b" }, { path: "div", remove: 0 }, { path: "div/@class", value: "x" }]) {
    assert.throws(() => applyPatches(root, [patch]), PatchError, JSON.stringify(patch));
  }
});

test("what somebody else fills is not reached", () => {
  for (const html of ["<div data-live-ignore><p>a</p></div>", "<selectedcontent><p>a</p></selectedcontent>"]) {
    const name = /\w+/.exec(html)[0];
    for (const patch of [{ path: `${name}/p/text`, value: "b" }, { path: name, html: "" }]) {
      assert.throws(() => applyPatches(page(html), [patch]), PatchError, JSON.stringify(patch));
    }
  }
});

test("what the user opened stays open when all is sent again", () => {
  const root = page("<details><p>a</p></details>");
  root.children_[0].setAttribute("open", "");
  applyPatches(root, [{ path: "", html: "<details><p>b</p></details>" }]);
  assert.equal(print(root), '<details open=""><p>b</p></details>');
});

test("an input shows nothing when its value is gone, whatever was typed", () => {
  const root = page('<input value="a">');
  const [input] = root.children_;
  input.type_("typed");
  applyPatches(root, [{ path: "input/@value", value: null }]);
  assert.equal(input.value, "");
});

test("a file that was chosen stays chosen", () => {
  const root = page('<input type="file">');
  const [input] = root.children_;
  input.type_("a.txt");
  applyPatches(root, [{ path: "input/@value", value: "x" }]);
  assert.equal(input.value, "a.txt");
});

test("an attribute is a state where there is one only", () => {
  const root = page("<p></p>");
  applyPatches(root, [{ path: "p/@checked", value: "" }]);
  assert.ok(!("checked" in root.children_[0]));
});

test("the path of a node leads to it", () => {
  const root = page("<text><b>a</b></text><ul><li>a</li><li><text></text></li></ul>");
  createMirror(root);
  const [odd, list] = root.children_;
  const [only] = list.children_[1].children_;
  for (const [node, path] of [[only, "ul/li[2]/*[1]"], [odd.children_[0], "*[1]/b"], [list.children_[1], "ul/li[2]"], [list, "ul"]]) {
    assert.equal(pathOf(node), path);
    assert.equal(resolve(root, path), node);
  }
});

test("a textarea shows its text, whatever was typed before", () => {
  const root = page("<textarea>a</textarea>");
  const [area] = root.children_;
  for (const [patch, shown] of [
    [{ path: "textarea/text", value: "b" }, "b"],
    [{ path: "textarea", remove: 0 }, ""],
    [{ path: "textarea", insert: 0, html: "c" }, "c"],
  ]) {
    area.type_("typed");
    applyPatches(root, [patch]);
    assert.equal(area.value, shown);
  }
});

test("a list of patches is a list", () => {
  for (const patches of [null, undefined, 5, {}, "no"]) {
    assert.throws(() => applyPatches(page("<p></p>"), patches), PatchError);
  }
});

test("the error names the patch", () => {
  assert.throws(() => applyPatches(page(""), [{ path: "p", remove: 0 }]), /\{"path":"p","remove":0\}/);
});

test("where there is no moveBefore, insertBefore moves", () => {
  const root = page(list("abc"));
  dom.hasMoveBefore = false;
  try {
    assert.deepEqual(
      traced(() => applyPatches(root, [{ path: "ul", move: 2, to: 0 }])),
      ["ul.insertBefore(li#c, li#a)"],
    );
  } finally {
    dom.hasMoveBefore = true;
  }
});

test("outside the document nothing can be moved but by insertBefore", () => {
  const [root] = parse(`<div>${list("abc")}</div>`);
  assert.deepEqual(
    traced(() => applyPatches(root, [{ path: "ul", move: 2, to: 0 }])),
    ["ul.insertBefore(li#c, li#a)"],
  );
});

test("an id that a stranger has too is still ours", () => {
  const root = page('<p id="x">a</p>');
  createMirror(root);
  const [stranger] = parse('<i id="x">b</i>');
  root.place_(stranger, root.children_[0]);
  applyPatches(root, [{ path: "#x/text", value: "c" }]);
  assert.equal(print(root), '<i id="x">b</i><p id="x">c</p>');
});

test("an element keeps its identity when it moves", () => {
  const root = page(list("abcde"));
  const before = new Map(root.children_[0].children_.map((item) => [item.getAttribute("id"), item]));
  applyPatches(root, [{ path: "ul", order: [[2, 4], 1, 0] }]);
  for (const item of root.children_[0].children_) assert.equal(item, before.get(item.getAttribute("id")));
});

test("the focus follows an id from one list into another, and nothing else", () => {
  for (const [fresh, hasFocus] of [['<b id="x"></b>', true], ['<input id="x">', true], ["<b></b>", false]]) {
    const root = page('<p><input id="x"></p><i></i>');
    root.querySelectorAll("input")[0].focus();
    applyPatches(root, [{ path: "p", remove: 0 }, { path: "i", insert: 0, html: fresh }]);
    assert.equal(document.activeElement, hasFocus ? root.querySelectorAll("#x")[0] : document.body);
  }
});
