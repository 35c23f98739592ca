/** The laws themselves: they let the client pass, and find each kind of wrong one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { TOOLS } from "./pairs.mjs";
import { brokenLaw } from "./laws.mjs";

const { applyPatches } = TOOLS.client;

const PAIRS = [
  {
    context: "body",
    old: '<ul><li>a</li><li>b</li><li>c</li></ul><p class="x">t<input></p>',
    fresh: '<ul><li>c</li><li>a</li></ul><p class="y">u<input></p>',
    patches: [
      { path: "ul", remove: 1 },
      { path: "ul", move: 1, to: 0 },
      { path: "p/text", value: "u" },
      { path: "p/@class", value: "y" },
    ],
  },
  {
    context: "template",
    old: "<i>a</i><svg><text>b</text></svg>",
    fresh: "<i>a</i><svg><text>c</text></svg>x",
    patches: [{ path: "svg/*[1]/text", value: "c" }, { path: "", insert: 2, html: "x" }],
  },
  { context: "tr", old: "<td>a</td>", fresh: "<td>b</td><td></td>", patches: [{ path: "", html: "<td>b</td><td></td>" }] },
];

const lawsOf = (applyPatches) => PAIRS.map((pair) => brokenLaw(pair, { ...TOOLS, client: { ...TOOLS.client, applyPatches } }));

test("the client passes", () => assert.deepEqual(lawsOf(applyPatches), ["", "", ""]));

let calls = 0;
const inputs = (root) => root.querySelectorAll("input");

/** What, and how it is done wrong. */
const WRONG = {
  "law 3": (root, patches) => applyPatches(root, patches.length > 1 ? patches : patches.filter((patch) => !("move" in patch))),
  "law 4": (root, patches) => {
    applyPatches(root, patches);
    const list = root.querySelectorAll("ul")[0];
    list?.insertBefore(list.firstChild, list.firstChild.nextSibling);
  },
  "law 7": (root, patches) => applyPatches(root, patches.filter(({ path }) => path !== "p/text")),
  "law 8": (root, patches) => {
    applyPatches(root, patches);
    inputs(root)[0]?.removeAttribute("title");
  },
  "law 9: typed": (root, patches) => {
    applyPatches(root, patches);
    for (const input of inputs(root)) input.value = "";
  },
  "law 9: the focus": (root, patches) => {
    applyPatches(root, patches);
    document.activeElement = document.body;
  },
  "law 10: a path": (root, patches) => applyPatches(root, patches.filter(({ path }) => path !== "nowhere[9]/text")),
  "law 10: a refused": (root, patches) => {
    for (const patch of patches) applyPatches(root, [patch]);
  },
  "law 11": (root, patches) => {
    applyPatches(root, patches);
    if (calls++ % 2) root.querySelectorAll("p")[0]?.setAttribute("class", "y");
  },
  "law 12": (root, patches) => {
    applyPatches(root, patches);
    if (root.querySelectorAll("x-stranger").length) root.querySelectorAll("p")[0]?.setAttribute("class", "z");
  },
};

for (const [law, wrong] of Object.entries(WRONG)) {
  test(`${law} is found`, () => assert.match(lawsOf(wrong)[0], new RegExp(`^${law}`)));
}
