/** Keys by the names that modifiers give them. */

import { KEY_PREFIX, KEYS, MODIFIER } from "./rules.js";

/** The keys among the words of a binding: those that are not modifiers. */
export const keysIn = (words) => words.filter((word) => !MODIFIER.test(word)).map(shortName);

/** `Escape`, `escape` and `esc` are one key, as are `ArrowUp` and `up`. */
function shortName(name) {
  const key = name.toLowerCase().replace(KEY_PREFIX, "");
  return KEYS[key] || key;
}

/** Are they pressed: all of `ctrl` and the like, and one of the others? Enter that ends a composition does not count. */
export function arePressed(keys, event) {
  const others = keys.filter((key) => event[`${key}Key`] === undefined);
  const isPressed = !event.isComposing && others.includes(shortName(event.key || ""));
  return keys.every((key) => event[`${key}Key`] !== false) && (!others.length || isPressed);
}
