/** Reloading a page that the server no longer knows. */

const JITTER_MS = 5_000;
const PAUSE_MS = 10_000;

/**
 * Go where the message leads, or reload within some seconds, so that a crowd does not come at once. Not if that was just
 * done: it would not end.
 */
export function reload({ location: to }) {
  if (to) location = to;
  else if (!(Date.now() - sessionStorage[location] < PAUSE_MS)) setTimeout(start, Math.random() * JITTER_MS);
}

/** Reload now. The time is kept for the next document, by its address: frames may share the storage. */
function start() {
  sessionStorage[location] = Date.now();
  location.reload();
}
