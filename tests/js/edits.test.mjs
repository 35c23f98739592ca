/** What was filled in is told again to a server that has lost its state, unless it says something newer. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";
import { FakeEvent } from "./fake_events.mjs";
import { remember } from "../../runtime_js/edits.js";

/** The events of controls that the page has heard: `["input", control]`. */
let heard = [];
for (const type of ["input", "change"]) document.addEventListener(type, (event) => heard.push([type, event.target]));

/** What is heard when the page is told that its server has lost its state. */
function lose(isPrevented = false) {
  heard = [];
  const event = new FakeEvent("live:lost", { bubbles: true });
  if (isPrevented) event.preventDefault();
  document.dispatchEvent(event);
  return heard;
}

const controlIn = (html) => page(html).querySelectorAll("input,textarea,select")[0];
const withId = (html) => html.replace(">", ' id="x">');

/** A control with an id that somebody has edited, and what was told of that. */
function edited(html, edit) {
  const control = controlIn(withId(html));
  edit(control);
  remember(control);
  return control;
}

const chosen = ({ options }) => options.map(({ selected }) => selected);
const choose = (...states) => ({ options }) => options.forEach((option, at) => (option.selected = states[at]));
const value = (control) => control.value;
const checked = (control) => control.checked;

/** A control, what somebody does to it, and what it says then. */
const EDITS = [
  ['<input value="a">', (input) => input.type_("b"), value, "b"],
  ["<input>", (input) => input.type_("a, b"), value, "a, b"],
  ['<input value="a">', (input) => input.type_(""), value, ""],
  ["<textarea>a</textarea>", (area) => area.type_("b"), value, "b"],
  ['<input type="checkbox">', (box) => (box.checked = true), checked, true],
  ['<input type="checkbox" checked="">', (box) => (box.checked = false), checked, false],
  ['<input type="radio">', (box) => (box.checked = true), checked, true],
  ['<select><option selected="">a</option><option>b</option></select>', choose(false, true), chosen, [false, true]],
  ["<select multiple=\"\"><option>a</option><option>b</option></select>", choose(true, true), chosen, [true, true]],
];

for (const [html, edit, say, said] of EDITS) {
  test(`${html} says again what was filled in, once`, () => {
    edited(html, edit);
    const fresh = controlIn(withId(html));
    assert.deepEqual(lose(), [["input", fresh], ["change", fresh]]);
    assert.deepEqual(say(fresh), said);
    assert.deepEqual(lose(), []);
  });
}

/** A control, what somebody does to it, and the same where the server has given it something else. */
const NEWER = [
  ['<input value="a">', (input) => input.type_("b"), '<input value="c" id="x">'],
  ["<textarea>a</textarea>", (area) => area.type_("b"), '<textarea id="x">c</textarea>'],
  ['<input type="checkbox">', (box) => (box.checked = true), '<input type="checkbox" checked="" id="x">'],
  ["<select><option>a</option></select>", choose(true), '<select id="x"><option selected="">a</option></select>'],
  ["<select><option>a</option></select>", choose(true), '<select id="x"><option>a</option><option>b</option></select>'],
  ["<select><option>a</option></select>", choose(true), '<select id="x" value="a"><option>a</option></select>'],
];

for (const [html, edit, fresh] of NEWER) {
  test(`${html} is told nothing when it has become ${fresh}`, () => {
    edited(html, edit);
    const control = controlIn(fresh);
    const states = [value(control), control.checked];
    assert.deepEqual(lose(), []);
    assert.deepEqual([value(control), control.checked], states);
  });
}

const TYPED = (input) => input.type_("b");

test("a control that is there still is told itself, whatever has its id", () => {
  const input = edited("<input>", TYPED);
  input.parent_.place_(controlIn("<input>"), null);
  const root = page('<input id="x">');
  root.append(input);
  input.type_("");
  assert.deepEqual(lose(), [["input", input], ["change", input]]);
  assert.equal(input.value, "b");
});

test("a control that has gone is told nothing", () => {
  edited("<input>", TYPED);
  page("<input>");
  assert.deepEqual(lose(), []);
});

for (const [when, later] of [
  ["the next edit", () => remember(controlIn("<input>"))],
  ["the connection went", () => document.dispatchEvent(new FakeEvent("live:connecting", { bubbles: true }))],
]) {
  test(`a control that had gone before ${when} is told nothing, whatever has its id by now`, () => {
    edited("<input>", TYPED);
    page("");
    later();
    controlIn('<input id="x">');
    assert.deepEqual(lose(), []);
  });
}

test("a page that says no keeps what it shows, and is not asked again", () => {
  edited("<input>", TYPED);
  controlIn('<input id="x">');
  assert.deepEqual(lose(true), []);
  assert.deepEqual(lose(), []);
});

test("what counts is what the server gave before the first edit, and what was there when the connection came back", () => {
  const input = edited("<input>", TYPED);
  input.type_("bc");
  remember(input);
  input.type_("bcd");
  document.dispatchEvent(new FakeEvent("live:connecting", { bubbles: true }));
  const fresh = controlIn('<input id="x">');
  lose();
  assert.equal(fresh.value, "bcd");
});

test("the last of several edits counts, also when the connection does not come back in between", () => {
  const input = edited("<input>", TYPED);
  input.type_("bc");
  remember(input);
  const fresh = controlIn('<input id="x">');
  lose();
  assert.equal(fresh.value, "bc");
});

test("one that is told nothing does not keep the others from it", () => {
  edited("<input>", TYPED);
  const root = page("<input><input>");
  const [first, second] = root.children_;
  for (const input of [first, second]) {
    input.type_("b");
    remember(input);
  }
  page("").append(second);
  assert.deepEqual(lose(), [["input", second], ["change", second]]);
});
