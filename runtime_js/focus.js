/** The focus survives what moves or rebuilds its element. */

import { call, read } from "./dom.js";
import { hooks } from "./hooks.js";

/** Is the page being written to? Events that result from this are not the user's. */
export let isWriting;

/**
 * Run `write`; afterwards the element that had the focus has it again, and the caret is where it was. Where the
 * element has gone, one with its id follows: so it goes on with what moves from one list into another.
 */
export function keepFocus(write) {
  const focused = read(document, "activeElement");
  const keepCaret = hooks.keepCaret?.(focused);
  isWriting = true;
  try {
    write();
  } finally {
    const heir = read(focused, "isConnected") ? focused : call(document, "getElementById", read(focused, "id"));
    const isLost = heir !== read(document, "activeElement");
    if (isLost) heir?.focus({ preventScroll: true });
    keepCaret?.(isLost);
    isWriting = false;
  }
}
