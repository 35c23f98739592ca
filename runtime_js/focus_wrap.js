/** Where the focus can go in an element; in one with `live-focus-wrap`, a menu or a dialog, Tab cycles. */

const STOPS = "a[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]";

const stopsIn = (element) =>
  [...element.querySelectorAll(STOPS)].filter((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility());

/** Focus an element, or the first in it that can have the focus. */
export function focusIn(element) {
  if (!element) return;
  (element.matches(STOPS) ? element : stopsIn(element)[0])?.focus();
}

document.addEventListener("keydown", (event) => {
  const wrap = event.key === "Tab" && event.target.closest("[live-focus-wrap]");
  if (!wrap) return;
  const stops = stopsIn(wrap);
  if (event.shiftKey) stops.reverse();
  if (event.target !== stops.at(-1)) return;
  event.preventDefault();
  stops[0].focus();
});
