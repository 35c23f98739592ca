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
const NOTICE_LIMIT = 704;
const OUTDATED_LIMIT = 512;
const ALL_LIMIT = 16_384;

/** The arrows that it makes of functions take no `this`: none of ours has one. Functions side by side gzip better. */
const SMALL = { module: true, ecma: 2022, compress: { passes: 4, unsafe_arrows: true, keep_fargs: false, hoist_funs: true, inline: 1, booleans: false, lhs_constants: false } };
/** Members of our own objects, which nobody else reads: they may have short names, the same in all files. */
const OWN_MEMBERS = new RegExp(
  `^(${
    "answer atMs attribute beforeSet component defer edited element endsMs flush follow frame hold isSimple keepCaret keepChoice late lastSeq line lists modified node over pending" +
    " maxBytes perform place posted reconcile root shown shownVersion tell texts words writes"
  })$`.replaceAll(" ", "|"),
);
/** Modules of the first file that keep nothing: where another needs them too, it has a copy. */
const COPIED = ["./kinds.js", "./rules.js"];
const IMPORT = /^import \{([^}]*)\} from "(\.\/\w+\.js)";\n/gm;
/** For a good order of functions. */
const TRIES = 6000;
const shortNames = {};

keep("rules.js", rulesModule());
const parts = [await part("editing"), await part("forms"), await part("modifiers")];
/** What these take from the first file, and from which module: each is given all of it, in this order. */
const taken = new Map(parts.flatMap(({ uses }) => uses.map(([module, name]) => [name, module])));
for (const each of parts) await finish(each);
const pageBytes = keep("hyper-live.js", await bundle("index.js", [handsOver(), numbersKeys()]), PAGE_LIMIT);
const [editingBytes, formsBytes, modifiersBytes] = parts.map(({ name, text }) => keep(`hyper-live-${name}.js`, text));
const extrasBytes = keep("hyper-live-extras.js", await bundle("extras.js"), EXTRAS_LIMIT);
const fallbackBytes = keep("hyper-live-fallback.js", await bundle("fallback.js"), FALLBACK_LIMIT);
/** A script tag of its own, which the others do not know. */
keep("hyper-live-notice.js", await bundle("notice.js"), NOTICE_LIMIT);
check("a page with a form", pageBytes + formsBytes, FORM_PAGE_LIMIT);
check("a page with all files", pageBytes + formsBytes + editingBytes + modifiersBytes + extrasBytes + fallbackBytes, ALL_LIMIT);
/** Instead of a file that went with another first file. */
keep("hyper-live-outdated.js", await bundle("outdated.js"), OUTDATED_LIMIT);
/** For pages without a connection, instead of all of them. */
keep("hyper-live-patcher.js", await bundle("patcher.js"), PAGE_LIMIT);

/** A file that the first loads, bundled without modules of the first: `uses` says what it imports of them. */
async function part(name) {
  const first = await run("index.js");
  const modules = Object.keys(first.metafile.inputs).map((path) => path.replace(/^.*\//, "./"));
  const external = modules.filter((module) => !COPIED.includes(module));
  const text = (await run(`${name}.js`, { external })).outputFiles[0].text;
  const uses = [...text.matchAll(IMPORT)].flatMap(([, list, module]) => list.split(",").map((use) => [module, ...use.trim().split(" as ")]));
  return { name, text, uses };
}

/** Make its imports parameters of `install`, and name it by its content. */
async function finish(part) {
  // what several modules import has several names
  const named = part.uses.reduce((text, [, name, local]) => (local ? text.replace(new RegExp(`\\b${local}\\b`, "g"), name) : text), part.text);
  const body = addressed(named).replace(IMPORT, "").replace(/export \{\s*install\s*\};/, "install();");
  part.text = await shrink(`export function install(${[...taken.keys()]}) {${body}}`);
  part.digest = createHash("sha256").update(part.text).digest("hex").slice(0, 12);
}

/** With the addresses of the parts that are finished. */
function addressed(source) {
  return parts.reduce((text, { name, digest }) => (digest ? text.replace(`./${name}.js`, `./${name}-${digest}.js`) : text), source);
}

/** Has the module that knows the other files written for these. */
function handsOver() {
  const imports = [...taken].filter(([, module]) => module !== "./files.js").map(([name, module]) => `import { ${name} } from "${module}";\n`);
  const written = ({ path }) => {
    const source = readFileSync(path, "utf8").replace("() => []", `() => [${[...taken.keys()]}]`);
    return { contents: imports.join("") + addressed(source) };
  };
  return { name: "hands over", setup: (own) => own.onLoad({ filter: /\/files\.js$/ }, written) };
}

/** Has the tables of a session written with numbers for the names of its states, which minifiers leave as they are. */
function numbersKeys() {
  const numbered = ({ path }) => {
    const source = readFileSync(path, "utf8");
    const names = [...source.matchAll(/^const (\w+) = (\d);$/gm)];
    return { contents: names.reduce((text, [, name, number]) => text.replaceAll(`[${name}]:`, `${number}:`), source) };
  };
  return { name: "numbers keys", setup: (own) => own.onLoad({ filter: /\/session\.js$/ }, numbered) };
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
    target: "es2022",
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
  const { ast } = await minify(text, { ...SMALL, format: { ast: true, code: false } });
  const statements = ast.body.map((statement) => statement.print_to_string());
  const isFunction = (statement) => /^(async )?function/.test(statement);
  return arrange(statements.filter(isFunction), statements.filter((statement) => !isFunction(statement)).join(";"));
}

/** Functions may stand in any order: one in which gzip finds more of it again, as far as some tries find it. */
function arrange(functions, rest) {
  const sizeOf = (order) => gzipSync(order.join("") + rest, { level: 9 }).length;
  let best = functions;
  let bytes = sizeOf(best);
  let seed = 1;
  const below = (limit) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  for (let number = 0; number < TRIES && functions.length > 1; number++) {
    const order = [...best];
    const [moved] = order.splice(below(order.length), 1);
    order.splice(below(functions.length), 0, moved);
    const size = sizeOf(order);
    if (size <= bytes) [best, bytes] = [order, size];
  }
  return best.join("") + rest;
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
  console.log(`${name}: ${gzipBytes} bytes gzip${maxGzipBytes < Infinity ? ` (limit ${maxGzipBytes})` : ""}`);
  if (gzipBytes > maxGzipBytes) fail(`${name} is too large`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
