/** Focus and caret, whatever is written around them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { dom, page } from "./fake_dom.mjs";
import * as focus from "../../runtime_js/focus.js";
import { applyPatches } from "../../runtime_js/patcher.js";

/** The first control of a page, with the focus, and something selected in it. */
function focused(html, start, end) {
  const root = page(html);
  const control = root.querySelectorAll("input,textarea")[0];
  control.focus();
  if (end !== undefined) control.setSelectionRange(start, end);
  dom.focused = [];
  return [root, control];
}

/** Take a node out and put it in again, as browsers that cannot move do. */
function withoutMoving(act) {
  dom.hasMoveBefore = false;
  try {
    act();
  } finally {
    dom.hasMoveBefore = true;
  }
}

const TO_THE_END = [{ path: "", move: 0, to: 2 }];
const selection = ({ selectionStart, selectionEnd }) => [selectionStart, selectionEnd];

test("who writes to the page says so, also when that fails", () => {
  page("");
  assert.ok(!focus.isWriting);
  focus.keepFocus(() => assert.ok(focus.isWriting));
  assert.ok(!focus.isWriting);
  assert.throws(() => focus.keepFocus(() => assert.fail("as written")), /as written/);
  assert.ok(!focus.isWriting);
});

test("a control that is taken out and put in has its focus and its selection again, and the page stands still", () => {
  const [root, input] = focused('<input value="abcd"><p></p><i></i>', 1, 3);
  withoutMoving(() => applyPatches(root, TO_THE_END));
  assert.deepEqual(dom.focused, [[input, true]]);
  assert.deepEqual(selection(input), [1, 3]);
});

test("a control without a selection has its focus again", () => {
  const [root, box] = focused('<input type="checkbox"><p></p><i></i>');
  withoutMoving(() => applyPatches(root, TO_THE_END));
  assert.deepEqual(dom.focused, [[box, true]]);
});

test("what has the focus is not given it: a frame would take it from what is in it", () => {
  const [root, input] = focused("<input><p></p><i></i>", 0, 0);
  applyPatches(root, TO_THE_END);
  assert.equal(document.activeElement, input);
  assert.deepEqual(dom.focused, []);
});

test("where the text stays the selection is not touched: its direction would be lost", (t) => {
  const [root, input] = focused('<input value="abcd"><p></p><i></i>', 1, 3);
  const set = t.mock.method(input, "setSelectionRange");
  applyPatches(root, TO_THE_END);
  applyPatches(root, [{ path: "input/@title", value: "x" }]);
  assert.equal(set.mock.callCount(), 0);
});

for (const [what, old, fresh] of [
  ["a caret stays where it is", [1, 1], [1, 1]],
  ["a selection too", [1, 2], [1, 2]],
  ["a caret at the end stays at the end", [3, 3], [5, 5]],
  ["a selection up to the end goes on to the end", [2, 3], [2, 5]],
]) {
  test(`when the text changes ${what}`, () => {
    const [root, input] = focused('<input value="abc">', ...old);
    applyPatches(root, [{ path: "input/@value", value: "abcde" }]);
    assert.deepEqual(selection(input), fresh);
  });
}

test("the heir of a control keeps its own caret", () => {
  const [root] = focused('<p><input id="x" value="abc"></p><i></i>', 1, 2);
  applyPatches(root, [
    { path: "p", remove: 0 },
    { path: "i", insert: 0, html: '<input id="x" value="abcdef">' },
  ]);
  const heir = root.querySelectorAll("#x")[0];
  assert.deepEqual(dom.focused, [[heir, true]]);
  assert.deepEqual(selection(heir), [0, 0]);
});

test("a control that becomes one without a selection throws nothing, and one that gets one has its caret somewhere", () => {
  for (const [old, fresh] of [["text", "number"], ["number", "text"]]) {
    const [root, input] = focused(`<input type="${old}" value="1">`);
    applyPatches(root, [{ path: "input/@type", value: fresh }, { path: "input/@value", value: "2" }]);
    assert.equal(input.value, "2");
    assert.ok(!focus.isWriting);
  }
});
