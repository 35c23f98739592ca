import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExpression } from "../../runtime_js/expression.js";

const name = (text) => ({ "": text });

const EXPRESSIONS = [
  ["add", ["add", undefined]],
  [" add ", ["add", undefined]],
  ["größe", ["größe", undefined]],
  ["add()", ["add", []]],
  ["add( )", ["add", []]],
  ["add(text)", ["add", [name("text")]]],
  ["add(text, 5)", ["add", [name("text"), 5]]],
  ["add(dataset.item_id)", ["add", [name("dataset.item_id")]]],
  ["add(-1.5e3, 0)", ["add", [-1500, 0]]],
  ["add(true, false, null)", ["add", [true, false, null]]],
  ["add(trueish, nullable)", ["add", [name("trueish"), name("nullable")]]],
  ["add('a', \"b\")", ["add", ["a", "b"]]],
  ["add('')", ["add", [""]]],
  ["add('it\\'s', 'say \"hi\"', 'back\\\\slash')", ["add", ["it's", 'say "hi"', "back\\slash"]]],
  ['add("a\\"b", "\\u00e9\\n")', ["add", ['a"b', "é\n"]]],
  ['add("a, b)", "(")', ["add", ["a, b)", "("]]],
  ['add([1, "a"], {"a": 1})', ["add", [[1, "a"], { a: 1 }]]],
  ["add(\n  text,\n  5\n)", ["add", [name("text"), 5]]],
];

for (const [text, parsed] of EXPRESSIONS) {
  test(text, () => assert.deepEqual(parseExpression(text), parsed));
}

const MISTAKES = [
  "",
  "a b",
  "add(",
  "add)",
  "add(1",
  "add(,)",
  "add(1,)",
  "add(,1)",
  "add(1 2)",
  "add(a b)",
  "add('a)",
  'add("a)',
  "add('a' 'b')",
  "add(01)",
  'add("\\x")',
  "'add'",
  "add(1) + 2",
];

for (const text of MISTAKES) {
  test(`no: ${text}`, () => assert.throws(() => parseExpression(text)));
}

test("nothing of Object's prototype is taken for a value", () => {
  assert.deepEqual(parseExpression("add(__proto__, constructor)"), ["add", [name("__proto__"), name("constructor")]]);
  const [, [value]] = parseExpression('add({"__proto__": {"polluted": 1}})');
  assert.equal(value.polluted, undefined);
  assert.equal({}.polluted, undefined);
});
