/** Which pages load what few need. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";
import { extras, hooks } from "../../runtime_js/hooks.js";
import { createMirror } from "../../runtime_js/mirror.js";
import { applyPatches } from "../../runtime_js/patcher.js";

/** All that was asked for has come. */
async function imported() {
  await import("../../runtime_js/extras.js");
  await new Promise(setImmediate);
}

test("a page without an attribute of ours loads nothing, one with such an attribute does", async () => {
  const root = page('<p data-live-ignore="" x-live-="" alive-x="">a</p>');
  createMirror(root);
  await imported();
  assert.equal(hooks.leave, undefined);
  applyPatches(root, [{ path: "p/@live-hook", value: "x" }]);
  await imported();
  assert.equal(typeof hooks.leave, "function");
});

test("who asks for the extras has them", async () => assert.equal(typeof (await extras()).act, "function"));
