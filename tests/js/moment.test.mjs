import assert from "node:assert/strict";
import { test } from "node:test";
import { at, stateOf } from "../../runtime_js/moment.js";

const NOW = { value: "now", checked: true };
const THEN = new Map([[NOW, { value: "then", checked: false }]]);
const both = () => [stateOf(NOW, "value"), stateOf(NOW, "checked")];

test("a state is that of now, or that of the moment that is spoken of", () => {
  assert.deepEqual(both(), ["now", true]);
  at(THEN, () => assert.deepEqual(both(), ["then", false]));
  assert.deepEqual(both(), ["now", true]);
});

for (const nothing of [undefined, 0, false, null]) {
  test(`${nothing} is no moment`, () => at(nothing, () => assert.deepEqual(both(), ["now", true])));
}

test("what came into the page since then is as it is now", () => at(new Map(), () => assert.deepEqual(both(), ["now", true])));

test("moments end, also by what is thrown, and the one around them goes on", () => {
  at(THEN, () => {
    assert.throws(() => at(undefined, () => assert.fail("as it must")), /as it must/);
    assert.deepEqual(both(), ["then", false]);
  });
  assert.deepEqual(both(), ["now", true]);
});
