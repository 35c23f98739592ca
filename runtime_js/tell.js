/** Events and errors for the page's scripts. */

import { call, read } from "./dom.js";

/** Dispatch `live:name` on an element; where an update has taken it away meanwhile, on the document. */
export const emit = (element, name, detail) =>
  call(read(element, "isConnected") ? element : document, "dispatchEvent", new CustomEvent(`live:${name}`, { detail, bubbles: true, cancelable: true }));

/** Tell the page of an error: a `live:error` event, and the console unless that was prevented. */
export function fail(element, code, message, fields) {
  if (emit(element, "error", { code, message, fields })) console.error("live:", code, message);
}

/** Do something whose failure must not keep the rest from being done. */
export function guarded(action) {
  try {
    action();
  } catch (error) {
    console.error(error);
  }
}
