/** The built files are what the sources give, and as small as promised. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const hasEsbuild = await import("esbuild").then(
  () => true,
  () => false,
);

test("the built files are current and small", { skip: hasEsbuild ? false : "esbuild is missing: npm install" }, () => {
  const script = fileURLToPath(new URL("../../runtime_js/build.mjs", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  console.log(stdout.trim());
  assert.equal(status, 0, stderr);
});
