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
