import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBinding } from "../../runtime_js/binding.js";
import { arePressed, keysIn } from "../../runtime_js/keys.js";
import { waitOf } from "../../runtime_js/timers.js";

/** Attribute, then what differs from a plain binding. */
const BINDINGS = [
  ["@click", { type: "click" }],
  ["@click.prevent.stop", { type: "click", words: ["prevent", "stop"] }],
  ["@my-event:x", { type: "my-event:x" }],
  ["@input.debounce", { type: "input", words: ["debounce"], waitMs: 250 }],
  ["@input.debounce.300ms", { type: "input", words: ["debounce"], waitMs: 300 }],
  ["@input.throttle.2s", { type: "input", words: ["throttle"], waitMs: 2000 }],
  ["@resize.window", { type: "resize", place: "window", words: ["window"] }],
  ["@click.outside", { type: "click", place: "document", words: ["outside"] }],
  ["@keydown.document.x", { type: "keydown", place: "document", words: ["document"], keys: ["x"] }],
  ["@keydown.enter", { type: "keydown", keys: ["enter"] }],
  ["@keydown.escape", { type: "keydown", keys: ["esc"] }],
  ["@keydown.esc", { type: "keydown", keys: ["esc"] }],
  ["@keydown.ctrl.s.prevent", { type: "keydown", keys: ["ctrl", "s"], words: ["prevent"] }],
  ["@keydown.cmd.k", { type: "keydown", keys: ["meta", "k"] }],
  ["@keydown.pageup", { type: "keydown", keys: ["pageup"] }],
  ["@keydown.1", { type: "keydown", keys: ["1"] }],
  ["@keydown.constructor", { type: "keydown", keys: ["constructor"] }],
  ["@bind", { type: "input" }],
  ["@bind.lazy", { type: "change", words: ["lazy"] }],
];

for (const [attribute, { words = [], place = "", keys = [], waitMs = 250, type }] of BINDINGS) {
  test(attribute, () => {
    const binding = parseBinding(attribute);
    assert.deepEqual(
      [binding.type, binding.place, keysIn(binding.words), waitOf(attribute)],
      [type, place, keys, waitMs],
    );
    for (const word of words) assert.ok(binding.has(word), word);
    for (const word of ["self", "once", "capture", "passive"]) assert.ok(!binding.has(word), word);
  });
}

const NONE = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

/** Attribute, event, is it meant? */
const PRESSED = [
  ["@keydown", { key: "a" }, true],
  ["@keydown.a", { key: "A" }, true],
  ["@keydown.a", { key: "b" }, false],
  ["@keydown.enter", { key: "Enter" }, true],
  ["@keydown.enter", { key: "Enter", isComposing: true }, false],
  ["@keydown.esc", { key: "Escape" }, true],
  ["@keydown.escape", { key: "Escape" }, true],
  ["@keydown.space", { key: " " }, true],
  ["@keydown.up", { key: "ArrowUp" }, true],
  ["@keydown.arrowup", { key: "ArrowUp" }, true],
  ["@keydown.up.down", { key: "ArrowDown" }, true],
  ["@keydown.up.down", { key: "ArrowLeft" }, false],
  ["@keydown.pagedown", { key: "PageDown" }, true],
  ["@keydown.ctrl.s", { key: "s", ctrlKey: true }, true],
  ["@keydown.ctrl.s", { key: "s" }, false],
  ["@keydown.ctrl.s", { key: "d", ctrlKey: true }, false],
  ["@keydown.ctrl.shift.s", { key: "S", ctrlKey: true, shiftKey: true }, true],
  ["@keydown.ctrl.shift.s", { key: "S", ctrlKey: true }, false],
  ["@keydown.meta", { key: "x", metaKey: true }, true],
  ["@keydown.cmd", { key: "x", metaKey: true }, true],
  ["@click.alt", { altKey: true }, true],
  ["@click.alt", {}, false],
  ["@click.enter", {}, false],
  ["@click.", {}, true],
];

for (const [attribute, event, isMeant] of PRESSED) {
  test(`${attribute} ${JSON.stringify(event)}`, () => {
    assert.equal(Boolean(arePressed(keysIn(parseBinding(attribute).words), { ...NONE, ...event })), isMeant);
  });
}
