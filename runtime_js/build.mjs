/**
 * Bundles the client and prints its size. With --check, nothing is written: it fails when a file is not what
 * the sources give. The size limits are the project's promise.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

/** The arrows that it makes of functions take no `this`: none of ours has one. Functions side by side gzip better. */
const SMALL = { module: true, ecma: 2020, compress: { passes: 4, unsafe_arrows: true, hoist_funs: true } };

/** What every page loads; what only those with actions, hooks or the like do, and those that work without the client. */
await bundle("index.js", "hyper-live.js", 7532);
await bundle("extras.js", "hyper-live-extras.js", 2560);
await bundle("fallback.js", "hyper-live-fallback.js", 1024);

async function bundle(source, name, maxGzipBytes) {
  const result = await build({
    entryPoints: [new URL(source, import.meta.url).pathname],
    bundle: true,
    external: ["./extras.js"],
    minify: true,
    format: "esm",
    target: "es2020",
    charset: "utf8",
    write: false,
  });
  const code = Buffer.from((await minify(result.outputFiles[0].text, SMALL)).code);
  const gzipBytes = gzipSync(code, { level: 9 }).length;
  console.log(`${name}: ${code.length} bytes, ${gzipBytes} bytes gzip (limit ${maxGzipBytes})`);
  const target = new URL(name, import.meta.url);
  if (!process.argv.includes("--check")) writeFileSync(target, code);
  else if (!readFileSync(target).equals(code)) fail(`${name} is not current: npm run build`);
  if (gzipBytes > maxGzipBytes) fail(`${name} is too large`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
