/** The laws of `tests/js/laws.mjs` in a browser's DOM. */

import * as client from "/_live/patcher.js";
import { brokenLaw, build, describeBelow, everything, shapeBelow } from "/js/laws.mjs";

const WATCHED = { subtree: true, childList: true, attributes: true, characterData: true };

const TOOLS = {
  client,
  createElement: (tag, namespace) => document.createElementNS(namespace, tag),
  attach(root) {
    const place = document.body.appendChild(document.createElement("div"));
    place.append(root);
    return () => place.remove();
  },
  watch(root, act) {
    const records = [];
    const observer = new MutationObserver((some) => records.push(...some)); // WebKit may tell before `act` is over
    for (const node of [root, ...everything(root)]) {
      if (node === root) observer.observe(node, WATCHED);
      if (node.nodeName === "TEMPLATE") observer.observe(node.content, WATCHED);
    }
    act();
    return [...records, ...observer.takeRecords()].map(({ target, addedNodes }) => ({ target, added: [...addedNodes] }));
  },
  /** As the browser would write it. */
  styleOf(text) {
    const { style } = document.createElement("i");
    style.cssText = text;
    return style.cssText;
  },
};

/** Does this browser build the trees that the server has? Where not, the client would ask for a new copy. */
const isReadable = ({ context, old, fresh, shapes }) =>
  [old, fresh].every((html, at) => shapeBelow(build(TOOLS, context, html)) === shapes[at]);

/** `{checked, unreadable, broken: [[pair, why]]}` */
export function checkPairs(pairs) {
  const readable = pairs.filter(isReadable);
  const broken = readable.map((pair) => [pair, brokenLaw(pair, TOOLS)]).filter(([, why]) => why);
  return { checked: readable.length, unreadable: pairs.length - readable.length, broken };
}

/** Names of the batches that should have been refused whole, and were not. */
export const acceptedOf = (vectors) => vectors.filter((vector) => !isRefused(vector)).map(({ name }) => name);

function isRefused({ context, old, bad }) {
  const root = build(TOOLS, context, old);
  client.createMirror(root);
  try {
    client.applyPatches(root, bad);
    return false;
  } catch (error) {
    const isAsBefore = describeBelow(TOOLS, root) === describeBelow(TOOLS, build(TOOLS, context, old));
    return error instanceof client.PatchError && isAsBefore;
  }
}
