/** The examples of `@event` attributes that Python and JavaScript share. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBinding } from "../../runtime_js/binding.js";
import { parseExpression } from "../../runtime_js/expression.js";
import { arePressed, keysIn } from "../../runtime_js/keys.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/events/${name}.json`, import.meta.url), "utf8"));
const { names, presses } = read("bindings");
const { read: readable, refused } = read("expressions");

for (const [attribute, type, modifiers, keys] of names) {
  test(`${attribute} is read`, () => {
    const binding = parseBinding(attribute);
    assert.deepEqual([binding.type, keysIn(binding.words)], [type, keys]);
    assert.deepEqual(modifiers.filter((word) => !binding.has(word)), []);
  });
}

for (const [attribute, key, held, isHeard] of presses) {
  test(`${attribute} hears ${key} with ${held}: ${isHeard}`, () => {
    const chords = Object.fromEntries(["ctrl", "alt", "shift", "meta"].map((name) => [`${name}Key`, held.includes(name)]));
    assert.equal(Boolean(arePressed(keysIn(parseBinding(attribute).words), { key, ...chords })), isHeard);
  });
}

for (const [text, name, args] of readable) {
  test(`${text} is read`, () => assert.deepEqual(parseExpression(text), [name, args ?? undefined]));
}

for (const text of refused) {
  test(`${text} is refused`, () => assert.throws(() => parseExpression(text)));
}
