/** Names of the page hide members of `document`: `<img name=querySelector>`. Our sources read them past that. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const SOURCES = new URL("../../runtime_js/", import.meta.url);
/** Read before the page is all there, and only compared: another value starts at once. */
const ALLOWED = ["index.js: document.readyState"];

test("no source reads a member of the document itself", () => {
  const files = readdirSync(SOURCES).filter((name) => name.endsWith(".js") && !name.startsWith("hyper-live"));
  const found = files.flatMap((name) => {
    const code = readFileSync(new URL(name, SOURCES), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    return [...code.matchAll(/\bdocument\??\.\w+/g)].map(([text]) => `${name}: ${text}`);
  });
  assert.deepEqual(found, ALLOWED);
});
