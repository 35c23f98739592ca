/** The caret and what is selected in a field stay between the same characters when its text changes, or it is moved. */

import { commonEnds } from "./lists.js";

/** Call it before a write. Returns a function to call after the write, with whether the field lost the focus by it. */
export function keepCaret(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  return (isLost) => {
    if (field.selectionStart == null || !(isLost || field.value !== value)) return;
    const [, oldEnd, newEnd] = commonEnds(value, field.value, Object.is);
    const place = (at) => (at >= oldEnd ? at - oldEnd + newEnd : Math.min(at, newEnd));
    field.setSelectionRange(place(start), place(end));
  };
}
