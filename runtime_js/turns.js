/**
 * One thing after the other. While the second file is on its way, what the user does and what the server says wait
 * for it, in the order in which they happened. If it does not come, they go on without it: what cannot be done then
 * says so, and the next that needs the file asks for it again.
 */

import { hooks } from "./hooks.js";
import { second } from "./second.js";
import { fail, guarded } from "./tell.js";

/** Before the second attempt to load the file, and the third, which is the last. */
const PAUSES_MS = [1000, 4000];
/** An attempt that takes longer has failed. */
const LONGEST_MS = 20_000;

/** @type {(() => void)[]} */
const queue = [];
/** @type {Promise<boolean> | null} */
let loading = null;

/** Is the second file on its way? */
export const isLoading = () => loading;

/** Do `action` now, or when it is its turn. */
export function inTurn(action) {
  queue.push(action);
  goOn();
}

function goOn() {
  while (queue.length && !loading) guarded(queue.shift());
}

/** Load the second file, unless that was done; `true` once it is there, `false` if it could not be had. */
export const need = () => (hooks.perform ? true : (loading ||= load()));

async function load() {
  const error = await attempts();
  loading = null;
  if (error) fail(document.documentElement, "unloaded", `Forms do not work: ${error.message}`);
  goOn();
  return !error;
}

/** Why the last attempt failed; nothing if one did not. */
async function attempts(number = 0) {
  try {
    await attempt(number);
  } catch (error) {
    if (number === PAUSES_MS.length) return error;
    await new Promise((go) => setTimeout(go, PAUSES_MS[number]));
    return attempts(number + 1);
  }
}

async function attempt(number) {
  const late = new Promise((_, reject) => setTimeout(reject, LONGEST_MS, Error("no answer")));
  const { install } = await Promise.race([second.open(number), late]);
  install(...second.shared());
}
