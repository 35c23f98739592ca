/** What the client sends for a call: literals as they were printed, and values of the page. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";
import { valuesFor } from "../../runtime_js/arguments.js";
import { parseExpression } from "../../runtime_js/expression.js";
import { plainCall } from "../../runtime_js/plain.js";

const { rows } = JSON.parse(readFileSync(new URL("../vectors/events/arguments.json", import.meta.url), "utf8"));
const button = () => page('<button data-id="7">x</button>').children_[0];
const sentFor = (text, event) => {
  const element = button();
  const [, args] = parseExpression(text);
  return valuesFor(args, element, { target: element, ...event });
};

for (const [value, printed, sent] of rows) {
  test(`${value} is sent as it was printed, by either file`, () => {
    const element = button();
    assert.equal(JSON.stringify(plainCall(printed, element, { target: element }).args), sent);
    assert.equal(JSON.stringify(sentFor(printed).args), sent);
    const beside = printed.replace(/\)$/, ", dataset.id)");
    assert.equal(JSON.stringify(sentFor(beside).args), sent.replace(/\]$/, ',"7"]'));
  });
}

const detail = { id: 7, old: null };

test("what is null is sent, by name and in a call", () => {
  assert.deepEqual(sentFor("pick", { detail }), { params: { id: 7, old: null } });
  assert.deepEqual(sentFor("pick(old, id, null)", { detail }).args, [null, 7, null]);
  assert.deepEqual(sentFor("pick(event.detail, event.relatedTarget)", { detail: null, relatedTarget: null }).args, [null, null]);
});

for (const name of ["other", "event.other", "dataset.other", "constructor", "event", "a.b.c"]) {
  test(`there is no value ${name}`, () => assert.throws(() => sentFor(`pick(${name})`, { detail }), { message: `no value ${name}` }));
}

/** A form, the name of the button that is pressed, and what is sent. */
const FORMS = [
  ['<fieldset disabled=""><legend><input name="l" value="0"></legend><input name="a" value="1"></fieldset><input name="c" value="3">', "", { l: "0", c: "3" }],
  ['<input name="a" value="1" disabled=""><input name="a" value="2">', "", { a: "2" }],
  ['<button name="how" value="now">n</button><button name="how" value="later">l</button>', "", {}],
  ['<button name="how" value="now">n</button>', "how", { how: "now" }],
  ['<input name="how" value="x"><button name="how" value="now">n</button>', "how", { how: ["x", "now"] }],
  ['<input type="checkbox" name="a"><input type="checkbox" name="b" value="x"><input type="radio" name="c" value="y">', "", { a: false, b: null, c: null }],
  ['<input type="file" name="a"><input type="reset" name="b" value="x">', "", {}],
];

for (const [html, name, params] of FORMS) {
  test(`${html} sends ${JSON.stringify(params)}`, () => {
    const form = page(`<form>${html}</form>`).children_[0];
    const submitter = name ? form.elements.find((control) => control.name === name && control.type === "submit") : null;
    if (submitter) Object.defineProperty(submitter, "form", { value: form });
    assert.deepEqual(valuesFor(undefined, form, { target: form, submitter }), { params });
  });
}

test("what scripts add to a form is sent, and what they take away is not", () => {
  const form = page('<form><input name="a" value="1"><input name="b" value="2"></form>').children_[0];
  form.formdata_ = (data) => {
    data.append("x-rating", "5");
    data.append("tags", "s");
    data.append("tags", "t");
    data.set("a", "changed");
    data.delete("b");
  };
  assert.deepEqual(valuesFor(undefined, form, { target: form }).params, { a: "changed", b: null, "x-rating": "5", tags: ["s", "t"] });
  assert.deepEqual(valuesFor([{ "": "tags" }, { "": "a" }], form, { target: form }).args, [["s", "t"], "changed"]);
});

test("a call with literals alone asks no form for its data", () => {
  const form = page('<form><button value="1">x</button></form>').children_[0];
  form.formdata_ = () => assert.fail();
  assert.deepEqual(valuesFor([5], form, { target: form }).args, [5]);
});
