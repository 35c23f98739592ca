/** Which events the first file sends by itself, and what it sends. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";
import { dataOf, plainCall } from "../../runtime_js/plain.js";
import { parseExpression } from "../../runtime_js/expression.js";

const first = (html) => page(html).children_[0];
const BUTTON = '<button data-row-id="7">x</button>';

/** Expression, and its arguments. */
const PLAIN = [
  ["add", undefined],
  [" add ", undefined],
  ["add()", []],
  ["add( )", []],
  ["remove(5)", [5]],
  ['f("a, (b)", -1.5, true, null, [1, {"b": 2}])', ["a, (b)", -1.5, true, null, [1, { b: 2 }]]],
];

for (const [text, args] of PLAIN) {
  test(`${text} is plain, and means what it does to the file that knows more`, () => {
    const button = first(BUTTON);
    const call = plainCall(text, button, { target: button });
    assert.deepEqual(call, args ? { event: text.match(/\w+/)[0], args } : { event: "add", params: { row_id: "7" } });
    assert.deepEqual(parseExpression(text), [call.event, args]);
  });
}

for (const text of ["add(name)", "add('x')", "add(5", "add)", "$toggle('#a')", "$focus", "a b", "", "f(1, event.key)", "f(5,)"]) {
  test(`${text} is not`, () => {
    const button = first(BUTTON);
    assert.equal(plainCall(text, button, { target: button }), undefined);
  });
}

/** What stands around the event, and whether it says something of the page. */
const PLACES = [
  ['<p><b id="at">x</b></p>', true],
  ['<p><button id="at">x</button></p>', true],
  ['<p><button id="at" name="a">x</button></p>', true],
  ['<p><button id="at" value="1">x</button></p>', false],
  ['<p><button id="at" form="f">x</button></p>', false],
  ['<p><input id="at"></p>', false],
  ['<p><select id="at"></select></p>', false],
  ['<p><textarea id="at"></textarea></p>', false],
  ['<form><b id="at">x</b></form>', false],
];

for (const [html, isPlain] of PLACES) {
  test(`an event at ${html} is ${isPlain ? "plain" : "for the file that knows forms"}`, () => {
    const outer = first(html);
    const [at] = page(html).querySelectorAll("#at");
    assert.equal(Boolean(plainCall("add", at, { target: at })), isPlain);
    assert.equal(Boolean(plainCall("add", outer, { target: at })), isPlain);
  });
}

test("an event with a key or with details of its own is not, one of the window is", () => {
  const button = first(BUTTON);
  const isPlain = (event) => Boolean(plainCall("add", button, event));
  assert.ok(isPlain({ target: button, detail: 1, key: "" }));
  assert.ok(isPlain({ target: globalThis }));
  assert.ok(!isPlain({ target: button, key: "a" }));
  assert.ok(!isPlain({ target: button, detail: { id: 7 } }));
});

test("data are what stands in attributes, with names that Python can have", () => {
  assert.deepEqual(dataOf(first('<b data-a-b-c="1" data-x="" title="t" xdata-y="2"></b>')), [["a_b_c", "1"], ["x", ""]]);
});
