/** Ways to bring a page from one HTML to another, and how long their scripts take. */

import { applyPatches, createMirror } from "/client.js";

const WAYS = {
  ours: (root, { patches }) => applyPatches(root, JSON.parse(patches)),
  innerHTML: (root, { html }) => (root.innerHTML = html),
  morphdom: (root, { html }) => morphdom(root, `<div>${html}</div>`, { childrenOnly: true }),
  idiomorph: (root, { html }) => Idiomorph.morph(root, html, { morphStyle: "innerHTML" }),
};

/** A page that shows `html` and has been laid out; our mirror of it is taken, as it is once when a page starts. */
function show(html, way) {
  const root = document.createElement("div");
  root.innerHTML = html;
  document.querySelector("main").replaceChildren(root);
  if (way === "ours") createMirror(root);
  void document.body.offsetHeight;
  return root;
}

/** The median script time of each way in milliseconds, the ways taken in turns; each has to arrive at `html`. */
export function measureWays(old, change, rounds) {
  const times = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [way, apply] of Object.entries(WAYS)) {
      const root = show(old, way);
      const start = performance.now();
      apply(root, change);
      times[way].push(performance.now() - start);
      const wanted = document.createElement("div");
      wanted.innerHTML = change.html;
      if (!root.isEqualNode(wanted)) throw new Error(`${way} does not arrive at the new page`);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([way, all]) => [way, median(all)]));
}

/** Script times of single batches on a page that stays: the median, and the first one, which indexes its lists. */
export function measurePatches(html, batches) {
  const root = show(html, "ours");
  const times = batches.map((patches) => {
    const start = performance.now();
    applyPatches(root, JSON.parse(patches));
    return performance.now() - start;
  });
  return { median: median(times), first: times[0] };
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
