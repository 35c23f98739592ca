/** Reloading a page that the server no longer knows. */

const JITTER_MS = 5_000;
const PAUSE_MS = 10_000;

/** Reload within some seconds, so that a crowd does not come at once. Not if that was just done: it would not end. */
export function reload() {
  if (Date.now() - sessionStorage[location] < PAUSE_MS) return;
  setTimeout(start, Math.random() * JITTER_MS);
}

/** Reload now. The time is kept for the next document, by its address: frames may share the storage. */
function start() {
  sessionStorage[location] = Date.now();
  location.reload();
}
