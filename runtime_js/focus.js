/** Focus and caret survive what moves or rebuilds their element. */

/** Is the page being written to? Events that come of it are not the user's. */
export let isWriting;

/**
 * Run `write`; afterwards the element that had the focus has it again, and the caret is where it was. Where the
 * element has gone, one with its id follows: so it goes on with what moves from one list into another.
 */
export function keepFocus(write) {
  const focused = document.activeElement;
  const { selectionStart: start, selectionEnd: end, value } = focused;
  isWriting = true;
  try {
    write();
  } finally {
    const heir = focused.isConnected ? focused : document.getElementById(focused.id);
    const isLost = heir !== document.activeElement;
    if (isLost) heir?.focus({ preventScroll: true });
    // a caret at the end stays at the end
    const place = (at) => (at < value.length ? at : focused.value.length);
    if (focused.selectionStart != null && (isLost || focused.value !== value)) {
      focused.setSelectionRange(place(start), place(end));
    }
    isWriting = false;
  }
}
