/** The examples that Python and JavaScript share, as far as the small DOM can parse them. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { page, parse, print } from "./fake_dom.mjs";
import { createElement, NAMESPACES } from "./fake_nodes.mjs";
import { createMirror } from "../../runtime_js/mirror.js";
import { applyPatches, PatchError } from "../../runtime_js/patcher.js";

const FOLDER = new URL("../vectors/", import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

/** The element that a tree hangs in: `"tbody"`, `"svg:g"`. */
function rootFor(context) {
  const [prefix, tag] = context.includes(":") ? context.split(":") : [context, context];
  return createElement(tag, NAMESPACES[prefix]);
}

function build(context, html) {
  const root = rootFor(context);
  (root.content ?? root).append(...parse(html, root));
  return root;
}

function run({ context, old, patches, new: fresh }) {
  const root = build(context, old);
  page("").append(root);
  createMirror(root);
  applyPatches(root, patches);
  assert.equal(print(root), print(build(context, fresh)));
}

for (const file of files) {
  test(file, (t) => {
    const vectors = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
    let done = 0;
    for (const vector of vectors) {
      if (vector.context === "#document" || !isNormal(vector)) continue;
      try {
        run(vector);
      } catch (error) {
        error.message = `${vector.name}: ${error.message}`;
        throw error;
      }
      done++;
    }
    t.diagnostic(`${done} of ${vectors.length} run here, the rest in browsers`);
    assert.ok(done > vectors.length / 2);
  });
}

function isNormal({ context, old, new: fresh }) {
  try {
    for (const html of [old, fresh]) build(context, html);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

test("what is to be refused is, and nothing of its batch is done", () => {
  const vectors = JSON.parse(readFileSync(new URL("refused/refused.json", FOLDER), "utf8"));
  for (const { name, context, old, bad } of vectors) {
    const root = build(context, old);
    createMirror(root);
    assert.throws(() => applyPatches(root, bad), PatchError, name);
    assert.equal(print(root), print(build(context, old)), name);
  }
});

test("there are examples", () => assert.ok(files.length));
