/**
 * Bundles the client and prints its size. With --check, nothing is written: it fails when a file is not what
 * the sources give. The size limits are the project's promise.
 *
 * The second file imports modules of the first in the sources. Of what is built, a first file hands its own second
 * file what that takes from it, and asks for it by its digest: so no two that do not belong together ever meet.
 */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { rulesModule } from "./rules.mjs";

const PAGE_LIMIT = 6144;
const FORM_PAGE_LIMIT = 8704;
const EXTRAS_LIMIT = 2560;
const FALLBACK_LIMIT = 1024;
const ALL_LIMIT = 16_384;

/** The arrows that it makes of functions take no `this`: none of ours has one. Functions side by side gzip better. */
const SMALL = { module: true, ecma: 2020, compress: { passes: 4, unsafe_arrows: true, hoist_funs: true } };
/** Members of our own objects, which nobody else reads: they may have short names, the same in all files. */
const OWN_MEMBERS =
  /^(atMs|element|endsMs|holdTyping|isOn|keepCaret|late|leaveDisabled|line|lists|over|pending|perform|posted|reconcile|shared|shown|texts|waitMs|writes)$/;
/** Modules of the first file that keep nothing: where the second needs them too, it has a copy. */
const COPIED = ["./kinds.js", "./rules.js"];
const IMPORT = /^import \{([^}]*)\} from "(\.\/\w+\.js)";\n/gm;
const shortNames = {};

keep("rules.js", rulesModule());
const { text, taken } = await secondFile();
const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);

const pageBytes = keep("hyper-live.js", await bundle("index.js", handsOver(taken, digest)), PAGE_LIMIT);
const formPageBytes = pageBytes + keep("hyper-live-forms.js", text);
const extrasBytes = keep("hyper-live-extras.js", await bundle("extras.js"), EXTRAS_LIMIT);
const fallbackBytes = keep("hyper-live-fallback.js", await bundle("fallback.js"), FALLBACK_LIMIT);
check("a page with a form", formPageBytes, FORM_PAGE_LIMIT);
check("a page with all files", formPageBytes + extrasBytes + fallbackBytes, ALL_LIMIT);
/** For pages without a connection, instead of all of them. */
keep("hyper-live-patcher.js", await bundle("patcher.js"), FORM_PAGE_LIMIT);

/** The text of the second file, and what it takes from the first: `[name, module]` each, in order. */
async function secondFile() {
  const first = await run("index.js");
  const modules = Object.keys(first.metafile.inputs).map((path) => path.replace(/^.*\//, "./"));
  const shared = { external: modules.filter((name) => !COPIED.includes(name)) };
  const whole = (await run("forms.js", shared)).outputFiles[0].text;
  const uses = [...whole.matchAll(IMPORT)].flatMap(([, list, module]) => list.split(",").map((use) => [module, ...use.trim().split(" as ")]));
  const taken = [...new Map(uses.map(([module, name]) => [name, module]))];
  const renamed = uses.filter(([, , local]) => local).map(([, name, local]) => `const ${local} = ${name};`);
  const body = whole.replace(IMPORT, "").replace(/export \{\s*install\s*\};/, "install();");
  const parameters = taken.map(([name]) => name).join();
  return { text: await shrink(`export function install(${parameters}) {${renamed.join("")}${body}}`), taken };
}

/** The module that knows the second file, written for that one. */
function handsOver(taken, digest) {
  const imports = taken.map(([name, module]) => `import { ${name} } from "${module}";`).join("\n");
  const names = taken.map(([name]) => name).join();
  const contents = (path) => {
    const source = readFileSync(path, "utf8").replace("./forms.js", `./forms-${digest}.js`).replace("() => []", `() => [${names}]`);
    return { contents: `${imports}\n${source}` };
  };
  const setup = (own) => own.onLoad({ filter: /\/second\.js$/ }, ({ path }) => contents(path));
  return [{ name: "hands over", setup }];
}

async function bundle(source, plugins = []) {
  return shrink((await run(source, { plugins, minify: true })).outputFiles[0].text);
}

/** A module and all that it imports. */
async function run(source, options) {
  const result = await build({
    entryPoints: [new URL(source, import.meta.url).pathname],
    bundle: true,
    format: "esm",
    target: "es2020",
    charset: "utf8",
    write: false,
    metafile: true,
    mangleProps: OWN_MEMBERS,
    mangleCache: shortNames,
    ...options,
    external: ["./extras.js", ...(options?.external ?? [])],
  });
  Object.assign(shortNames, result.mangleCache);
  return result;
}

async function shrink(text) {
  return (await minify(text, SMALL)).code;
}

/** Write a file, or compare it; how many bytes it has on its way. */
function keep(name, text, maxGzipBytes) {
  const code = Buffer.from(text);
  const target = new URL(name, import.meta.url);
  if (!process.argv.includes("--check")) writeFileSync(target, code);
  else if (!readFileSync(target).equals(code)) fail(`${name} is not current: npm run build`);
  const gzipBytes = gzipSync(code, { level: 9 }).length;
  check(name, gzipBytes, maxGzipBytes);
  return gzipBytes;
}

function check(name, gzipBytes, maxGzipBytes = Infinity) {
  console.log(`${name}: ${gzipBytes} bytes gzip (limit ${maxGzipBytes})`);
  if (gzipBytes > maxGzipBytes) fail(`${name} is too large`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
