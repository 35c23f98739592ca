/** What controls say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";
import { valueOf } from "../../runtime_js/controls.js";
import { controlsNear } from "../../runtime_js/groups.js";
import { isButton, isChoice, isControl } from "../../runtime_js/kinds.js";

const CONTROLS = "input,textarea,select,button";
const controlsIn = (html) => page(html).querySelectorAll(CONTROLS);

test("which elements are controls", () => {
  const tags = ["input", "textarea", "select", "button", "p", "form", "x-input", "input-x", "my-select"];
  const elements = tags.map((tag) => page(`<${tag}></${tag}>`.replace("</input>", "")).children_[0]);
  assert.deepEqual(elements.map(isControl), [true, true, true, true, false, false, false, false, false]);
});

test("which controls are chosen, and which say nothing", () => {
  const types = ["text", "checkbox", "radio", "submit", "button", "reset", "image", "file", "password"];
  const inputs = controlsIn(types.map((type) => `<input type="${type}">`).join(""));
  for (const type of ["radio-group", "my-checkbox"]) assert.ok(!isChoice({ type }));
  assert.deepEqual(inputs.map(isChoice), [false, true, true, false, false, false, false, false, false]);
  assert.deepEqual(inputs.map(isButton), [false, false, false, true, true, true, true, true, false]);
});

test("near an element are the controls of its form, or itself if it is one", () => {
  const root = page('<form><input id="a"><p><i></i></p><x-input></x-input></form><input id="b"><b></b>');
  const [form, alone, other] = root.children_;
  const [inner] = form.children_;
  for (const [element, found] of [[form, [inner]], [inner, [inner]], [form.querySelectorAll("i")[0], [inner]], [alone, [alone]], [other, []]]) {
    assert.deepEqual(controlsNear(element), found);
  }
  assert.deepEqual(controlsNear(document), []);
});

/** The controls of one name, and what they say. */
const VALUES = [
  ['<input value="a">', "a"],
  ["<textarea>a</textarea>", "a"],
  ['<input type="checkbox">', false],
  ['<input type="checkbox" checked="">', true],
  ['<input type="checkbox" value="a">', null],
  ['<input type="checkbox" value="a" checked="">', "a"],
  ['<input type="checkbox" value="a" checked=""><input type="checkbox" value="b"><input type="checkbox" value="c" checked="">', ["a", "c"]],
  ['<input type="checkbox"><input type="checkbox">', []],
  ['<input type="radio" value="a">', null],
  ['<input type="radio" value="a" checked="">', "a"],
  ['<input type="radio" value="a"><input type="radio" value="b" checked="">', "b"],
  ['<input type="radio" value="a"><input type="radio" value="b">', null],
  ['<input value="a"><input value="b">', ["a", "b"]],
  ['<input multiple="" value="a">', ["a"]],
  ["<select><option>a</option><option selected=\"\">b</option></select>", "b"],
  ["<select><option>a</option></select>", null],
  ['<select multiple=""><option selected="">a</option><option>b</option><option selected="">c</option></select>', ["a", "c"]],
  ['<select multiple=""><option>a</option></select>', []],
];

for (const [html, value] of VALUES) {
  test(`${html} says ${JSON.stringify(value)}`, () => assert.deepEqual(valueOf(controlsIn(html)), value));
}
