/**
 * Keeps the order of events. While the second file is loading, the user's events and the server's messages wait for it,
 * in the order in which they came. If it cannot be loaded, they continue without it: an event that needs the file
 * reports that it failed, and the next one that does tries to load it again.
 */

import { files } from "./files.js";
import { fail, guarded } from "./tell.js";

/** Between two attempts to load a file. */
const PAUSE_MS = 2000;

/** @type {(() => void)[]} */
const queue = [];
/** @type {Record<string, Promise<boolean>>} of files that are on their way, or there */
export const loads = {};
/** How many files, and actions that wait for one, are on their way. */
export let underWay = 0;

/** Do `action` now, or when it is its turn. */
export function inTurn(action) {
  queue.push(action);
  waitFor(0);
}

/** Wait for so many more, or fewer, before the next has its turn. */
export function waitFor(count) {
  underWay += count;
  while (queue.length && !underWay) guarded(queue.shift());
}

/** Load a file, unless that was done. Resolves to `true` once it is there, to `false` if it could not be loaded. */
export const need = (name) => (loads[name] ||= load(name));

async function load(name) {
  waitFor(1);
  const error = await files
    .load(name, "")
    .catch(() => again(name))
    .catch((reason) => reason);
  if (error) {
    loads[name] = null;
    fail(document, "unloaded", `${name}: ${error.message}`);
  }
  waitFor(-1);
  return !error;
}

/** A second attempt, at another address: browsers may remember that one failed. */
async function again(name) {
  await new Promise((go) => setTimeout(go, PAUSE_MS));
  await files.load(name, `?${Date.now()}`);
}
