/**
 * What morphing libraries do with the pages that come as JSON, in jsdom: for each scenario and library the best
 * CPU time, how often the DOM was changed, and what a server has to send.
 *
 *     node peers_diff.mjs FOLDER SECONDS < {"scenario": {"old": "<ul>…", "fresh": "<ul>…", "patches": […]}}
 *
 * FOLDER has the libraries in its node_modules. Each library gets the old page as DOM, and what its server would
 * send as text; it is timed from there to the new page, parsing included.
 */

import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { text } from "node:stream/consumers";

const [, , folder, seconds] = process.argv;
const require = createRequire(pathToFileURL(`${folder}/`));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("<!doctype html><body></body>");
const { document } = window;
for (const name of ["Node", "Element", "MutationObserver", "HTMLElement", "DocumentFragment", "Document", "DOMParser"]) globalThis[name] = window[name];
Object.assign(globalThis, { window, document, CSS: { escape: (name) => name } });

const morphdom = require("morphdom");
const { Idiomorph } = await import(pathToFileURL(`${folder}/node_modules/idiomorph/dist/idiomorph.esm.js`));
const { DiffDOM, stringToObj } = require("diff-dom");
const { applyPatches } = await import("../../runtime_js/patch.js");
const { createMirror } = await import("../../runtime_js/mirror.js");

/** What each server sends, what is prepared, and what is timed. */
const LIBRARIES = {
  "ours (client)": {
    sent: ({ patches }) => JSON.stringify(patches),
    prepare: (root) => createMirror(root),
    run: (root, sent) => applyPatches(root, JSON.parse(sent)),
  },
  morphdom: {
    sent: ({ fresh }) => fresh,
    run: (root, sent) => morphdom(root, `<div>${sent}</div>`),
  },
  idiomorph: {
    sent: ({ fresh }) => fresh,
    run: (root, sent) => Idiomorph.morph(root, sent, { morphStyle: "innerHTML" }),
  },
  "diff-dom": {
    sent: ({ old, fresh }) => JSON.stringify(new DiffDOM().diff(stringToObj(`<div>${old}</div>`), stringToObj(`<div>${fresh}</div>`))),
    run: (root, sent) => new DiffDOM().apply(root, JSON.parse(sent)),
  },
};

function show(html) {
  document.body.innerHTML = `<div>${html}</div>`;
  return document.body.firstChild;
}

function measure(library, scenario) {
  const sent = library.sent(scenario);
  let bestMs = Infinity;
  const until = performance.now() + 1000 * seconds;
  for (let round = 0; round < 3 || performance.now() < until; round++) {
    const root = show(scenario.old);
    library.prepare?.(root);
    const start = process.cpuUsage();
    library.run(root, sent);
    const { user, system } = process.cpuUsage(start);
    bestMs = Math.min(bestMs, (user + system) / 1000);
  }
  return { bestMs, changes: changesOf(library, scenario, sent), bytes: Buffer.byteLength(sent) };
}

/** How often the DOM is changed, and whether it is the new page then. */
function changesOf(library, { old, fresh }, sent) {
  const root = show(old);
  library.prepare?.(root);
  const observer = new MutationObserver(() => {});
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  library.run(root, sent);
  const changes = observer.takeRecords().length;
  const wanted = document.createElement("div");
  wanted.innerHTML = fresh;
  return root.innerHTML === wanted.innerHTML ? changes : null;
}

const scenarios = JSON.parse(await text(process.stdin));
const found = {};
for (const [name, library] of Object.entries(LIBRARIES)) {
  found[name] = Object.fromEntries(Object.entries(scenarios).map(([scenario, pair]) => [scenario, measure(library, pair)]));
}
console.log(JSON.stringify(found));
