/**
 * The small faults of some files, as JSON: `[[file, place, start, end, replacement]]`, the last three as in
 * `source.slice(0, start) + replacement + source.slice(end)`.
 *
 *     node tests/js/faults.mjs runtime_js/lists.js
 *
 * StrykerJS makes most of them. What it never does is added: a statement is left out, a number is one more, an
 * argument is `undefined`.
 */

import { readFileSync } from "node:fs";
import { parseSync, traverse } from "@babel/core";
import { Instrumenter } from "@stryker-mutator/instrumenter";

const OPTIONS = { plugins: null, excludedMutations: [], ignorers: [] };
const SILENT = { isDebugEnabled: () => false, debug() {}, info() {}, warn: console.warn };

async function faultsOf(file) {
  const content = readFileSync(file, "utf8");
  const tree = parseSync(content, { configFile: false, babelrc: false, sourceType: "module" });
  const lines = [0, ...[...content.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offset = ({ line, column }) => lines[line] + column;
  const { mutants } = await new Instrumenter(SILENT).instrument([{ name: file, mutate: true, content }], OPTIONS);
  const strykers = mutants.map(({ location, replacement }) => [offset(location.start), offset(location.end), replacement]);
  return [...strykers, ...ours(tree)].map(([start, end, replacement]) => [file, placeOf(tree, start), start, end, replacement]);
}

function ours(tree) {
  const faults = [];
  const add = (replacement, ...nodes) => {
    for (const { start, end } of nodes) faults.push([start, end, replacement]);
  };
  traverse(tree, {
    "ExpressionStatement|CompletionStatement": ({ node }) => add(";", node),
    NumericLiteral: ({ node }) => add(String(node.value + 1), node),
    "CallExpression|NewExpression": ({ node }) =>
      add("undefined", ...node.arguments.filter(({ type }) => !/Function|Spread/.test(type))),
  });
  return faults;
}

/** What is declared at the top of the module around a place. */
function placeOf(tree, at) {
  const { declaration, ...statement } = tree.program.body.find(({ start, end }) => start <= at && at < end);
  const declared = declaration ?? statement;
  return (declared.id ?? declared.declarations?.[0].id)?.name ?? "";
}

const found = await Promise.all(process.argv.slice(2).map(faultsOf));
console.log(JSON.stringify(found.flat()));
