/**
 * Bundles the client into hyper-live.js and prints its size. With --check, nothing is written: it fails
 * when the file is not what the sources give. The size limit is the project's promise.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const MAX_GZIP_BYTES = 6144;
const target = new URL("hyper-live.js", import.meta.url);

const result = await build({
  entryPoints: [new URL("index.js", import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  charset: "utf8",
  write: false,
});
const code = result.outputFiles[0].contents;
const gzipBytes = gzipSync(code, { level: 9 }).length;
console.log(`hyper-live.js: ${code.length} bytes, ${gzipBytes} bytes gzip (limit ${MAX_GZIP_BYTES})`);

if (process.argv.includes("--check")) {
  if (!readFileSync(target).equals(Buffer.from(code))) fail("hyper-live.js is not current: npm run build");
} else {
  writeFileSync(target, code);
}
if (gzipBytes > MAX_GZIP_BYTES) fail("hyper-live.js is too large");

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
