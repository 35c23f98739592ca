/** Reloading a page that the server no longer knows. */

const JITTER_MS = 5_000;
const PAUSE_MS = 10_000;

/**
 * Go where the message leads, or reload within some seconds, so that a crowd does not come at once. Not if that was just
 * done, or where nothing can be kept that would tell: it would not end. Then the page stays, and `live:error` says why.
 */
export function reload({ location: to }) {
  if (to) location = to;
  else if (!(sinceLast() < PAUSE_MS)) setTimeout(start, Math.random() * JITTER_MS);
}

/** How long ago it was done, in milliseconds; a time yet to come, of a clock that was set back, is long ago. */
function sinceLast() {
  try {
    const passedMs = Date.now() - sessionStorage[location];
    return passedMs < 0 ? Infinity : passedMs;
  } catch {
    return 0;
  }
}

/** Reload now. The time is kept for the next document, by its address: frames may share the storage. */
function start() {
  sessionStorage[location] = Date.now();
  location.reload();
}
