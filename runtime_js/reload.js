/** Loading the page anew, of which the server knows nothing any more. */

const JITTER_MS = 5_000;
const PAUSE_MS = 10_000;

/** Within some seconds, so that a crowd does not come at once; not where that was just done: it would do so for ever. */
export function reload() {
  if (Date.now() - sessionStorage[location] < PAUSE_MS) return;
  setTimeout(start, Math.random() * JITTER_MS);
}

/** When it was done is kept for the next document, by its address: frames may share the storage. */
function start() {
  sessionStorage[location] = Date.now();
  location.reload();
}
