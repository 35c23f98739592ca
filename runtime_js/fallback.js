/**
 * Components that work by forms while the client is not there (`@live(fallback="htmx")`), handed over to the
 * client: what was put on their HTML for that is taken off again, so that the page is the server's tree. The
 * client leaves a component alone until then; pages without such components never load this file.
 *
 *     <button formaction="…" type="submit" data-live-was="formaction" data-live-old='{"type":"button"}'>
 *     <input type="hidden" data-live-extra>
 */

import { attributeOf, call, select } from "./dom.js";

const DRESSED = "data-live-fallback";
const client = new URL(import.meta.url).searchParams.get("client");

const AGAIN_MS = 30_000;

/** Once the client works, with its file for forms: what came in with the page, and later what htmx swaps in. */
import(new URL(client, import.meta.url).href).then(({ start, need }) => {
  const hand = async () => {
    if (await need("forms")) takeOver(start);
    else setTimeout(hand, AGAIN_MS);
  };
  hand();
  // htmx 2 and htmx 4
  addEventListener("htmx:load", hand);
  addEventListener("htmx:after:process", hand);
});

function takeOver(start) {
  const roots = select(`[${DRESSED}][data-live-token]`);
  roots.forEach(undress);
  if (roots.length) start();
}

function undress(root) {
  for (const extra of select("[data-live-extra]", root)) extra.remove();
  for (const element of select("[data-live-was],[data-live-old]", root)) restore(element);
  set(root, "data-live-component", attributeOf(root, DRESSED));
  set(root, DRESSED, null);
}

/** Give an element the attributes back that it had; what a control shows stays. */
function restore(element) {
  const { value, checked, selected, type } = element;
  const text = attributeOf(element, "data-live-text");
  const added = (attributeOf(element, "data-live-was") || "").split(" ");
  const old = JSON.parse(attributeOf(element, "data-live-old")) || {};
  for (const name of [...added, "data-live-was", "data-live-old"]) set(element, name, null);
  for (const name in old) set(element, name, old[name]);
  if (text !== null) element.defaultValue = text;
  if (/^(?:INPUT|TEXTAREA)$/.test(element.nodeName) && type !== "file" && element.value !== value) element.value = value;
  if (checked !== undefined && element.checked !== checked) element.checked = checked;
  if (element.nodeName === "OPTION" && element.selected !== selected) element.selected = selected;
  // htmx looks again, and finds nothing left to do
  if (/hx-(?:post|action)/.test([...added, ...Object.keys(old)])) globalThis.htmx?.process?.(element, true);
}

function set(element, name, value) {
  if (value === null) call(element, "removeAttribute", name);
  else call(element, "setAttribute", name, value);
}
