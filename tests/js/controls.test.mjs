/** What controls say, and when a value that the server sends has to wait. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { page, traced } from "./fake_dom.mjs";
import { arrived, controlsNear, holdTyping, report, valueOf, waiting } from "../../runtime_js/controls.js";
import { isButton, isChoice, isControl } from "../../runtime_js/kinds.js";

const CONTROLS = "input,textarea,select,button";
const controlsIn = (html) => page(html).querySelectorAll(CONTROLS);

afterEach(() => waiting.splice(0));

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

/** The first control of a page, with the focus. */
function typing(html, typed) {
  const [control] = controlsIn(html);
  control.focus();
  control.type_(typed);
  return control;
}

/** What a control shows after the server has set a value. */
function shows(control, value) {
  holdTyping(control)(value);
  return control.value;
}

test("what somebody types stays until the server knows it", () => {
  const input = typing('<input value="a">', "ab");
  assert.equal(shows(input, "c"), "ab");
  report(input);
  assert.equal(shows(input, "c"), "c");
});

test("what the server is told by a value, it knows", () => {
  const input = typing('<input value="a">', "ab");
  valueOf([input]);
  assert.equal(shows(input, "c"), "c");
});

test("what the server has set, it knows", () => {
  const input = typing('<input value="a">', "a");
  assert.equal(shows(input, "b"), "b");
  assert.equal(shows(input, "c"), "c");
});

test("what somebody has typed and left is overwritten", () => {
  const input = typing('<input value="a">', "ab");
  document.activeElement = document.body;
  assert.equal(shows(input, "c"), "c");
});

test("whether somebody is typing is asked before the write", () => {
  const input = typing('<input value="a">', "a");
  const show = holdTyping(input);
  input.type_("ab");
  show("c");
  assert.equal(input.value, "c");
});

test("the same value is not set again: the caret would move", () => {
  const input = typing('<input value="a">', "a");
  assert.deepEqual(traced(() => holdTyping(input)("a")), []);
});

test("a value that comes while two events of the control are on their way waits for the last", () => {
  const input = typing('<input value="a">', "abc");
  report(input);
  waiting.push(input, document, input);
  assert.equal(shows(input, "A"), "abc");
  arrived(input);
  assert.equal(input.value, "abc");
  assert.deepEqual(waiting, [document, input]);
  input.attributes_.set("value", "B");
  arrived(input);
  assert.equal(input.value, "B");
  assert.deepEqual(waiting, [document]);
});

test("a value that comes while one event is on its way is its answer", () => {
  const input = typing('<input value="a">', "ab");
  report(input);
  waiting.push(input, document);
  assert.equal(shows(input, "c"), "c");
  input.type_("cd");
  arrived(input);
  assert.equal(input.value, "cd");
});

test("a value that had to wait is shown once", () => {
  const input = typing('<input value="a">', "ab");
  report(input);
  waiting.push(input, input);
  shows(input, "c");
  arrived(input);
  arrived(input);
  input.type_("x");
  report(input);
  waiting.push(input);
  arrived(input);
  assert.equal(input.value, "x");
});
