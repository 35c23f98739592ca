/** The caret and what is selected in a field stay where they are when its text changes, or it is moved. */

/** Call it before a write. Returns a function to call after the write, with whether the field lost the focus by it. */
export function keepCaret(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  return (isLost) => {
    // a caret at the end stays at the end
    const place = (at) => (at < value.length ? at : field.value.length);
    const hasMoved = field.selectionStart != null && (isLost || field.value !== value);
    if (hasMoved) field.setSelectionRange(place(start), place(end));
  };
}
