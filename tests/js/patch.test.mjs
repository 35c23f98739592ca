import assert from "node:assert/strict";
import { test } from "node:test";
import { dom, page, parse, print, readsOf, traced } from "./fake_dom.mjs";
import { applyPatches, PatchError } from "../../runtime_js/patch.js";
import { createMirror } from "../../runtime_js/mirror.js";

const items = (names) => names.map((name) => `<li id="${name}">${name}</li>`).join("");
const list = (...names) => `<ul id="list">${items(names)}</ul>`;

/** [what, HTML before, patches, the exact mutations, HTML after] */
const TRACES = [
  ["text: only what differs", "<p>Count: 4</p>", [{ path: "p/text", value: "Count: 5" }], ['text.replaceData(7, 1, "5")'], "<p>Count: 5</p>"],
];

for (const [what, old, patches, trace, fresh] of TRACES) {
  test(what, () => {
    const root = page(old);
    assert.deepEqual(traced(() => applyPatches(root, patches)), trace);
    assert.equal(print(root), fresh);
  });
}
