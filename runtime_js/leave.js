/**
 * Elements that fade out before they are removed. The server does not know of it: in the mirror they are gone.
 *
 *     <li live-leave="fade">      .fade { opacity: 0; transition: opacity 0.3s }
 *
 * The element gets the class, and is removed when all animations that this has started have ended; at once if there are
 * none. Until then it is visible but inert: nothing in it can be clicked, focused or submitted.
 */

import { attributeOf, call, childrenOf, read, select } from "./dom.js";
import { isControl } from "./kinds.js";

const LONGEST_MS = 2000;
/** @type {Set<Element>} */
const leaving = new Set();

export const isLeaving = (node) => [...leaving].some((element) => call(element, "contains", node));

/**
 * Is `node`, which is to be removed from the page, left there for a moment? At the end `hasGone` is called.
 * A new copy of the whole page may use it again in the meantime: then `isOut` says so.
 */
export function leave(node, isOut, hasGone) {
  const parts = partsOf(node);
  if (!parts.length || leaving.has(node) || isStill()) return false;
  leaving.add(node);
  putAside(node);
  for (const part of parts) read(part, "classList").add(...attributeOf(part, "live-leave").match(/\S+/g));
  // all of a batch have their class before the first makes the browser look
  queueMicrotask(() => waitFor(node, isOut, hasGone));
  return true;
}

const isMarked = (node) => node instanceof Element && attributeOf(node, "live-leave");

/** The node, or what a nested component shows in its wrapper. */
function partsOf(node) {
  if (isMarked(node)) return [node];
  return node instanceof Element && attributeOf(node, "data-live-component") ? childrenOf(node).filter(isMarked) : [];
}

const isStill = () => read(document, "hidden") || matchMedia("(prefers-reduced-motion: reduce)").matches;

function putAside(element) {
  call(element, "setAttribute", "inert", "");
  const focused = read(document, "activeElement");
  if (call(element, "contains", focused)) call(focused, "blur");
  for (const control of [element, ...select("*", element)].filter(isControl)) {
    call(control, "removeAttribute", "name");
    call(control, "setAttribute", "form", "");
  }
}

function waitFor(element, isOut, hasGone) {
  const ends = call(element, "getAnimations", { subtree: true })
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
    .map(({ finished }) => finished);
  const end = () => {
    if (leaving.delete(element) && isOut()) call(element, "remove");
    hasGone();
  };
  if (!ends.length) return end();
  setTimeout(end, LONGEST_MS);
  Promise.allSettled(ends).then(end);
}
