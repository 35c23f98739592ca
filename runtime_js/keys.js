/** Keys by the names that modifiers give them. */

import { KEY_PREFIX, KEYS, MODIFIER } from "./rules.js";

/** The keys among the words of a binding: those that are not modifiers. */
export const keysIn = (words) => words.filter((word) => !MODIFIER.test(word)).map(shortName);

/** `Escape`, `escape` and `esc` are one key, as are `ArrowUp` and `up`. */
function shortName(name) {
  const key = name.toLowerCase().replace(KEY_PREFIX, "");
  return KEYS[key] || key;
}

/** Does a key belong to an input method? Safari says so of the one that ends a composition by its number alone. */
export const isComposed = ({ isComposing, keyCode }) => isComposing || keyCode === 229;

/** Are they pressed: all of `ctrl` and the like, and one of the others? Keys of an input method do not count. */
export function arePressed(keys, event) {
  const others = keys.filter((key) => event[`${key}Key`] === undefined);
  const isPressed = !others.length || others.includes(shortName(event.key || ""));
  return keys.every((key) => event[`${key}Key`] !== false) && isPressed && !(keys.length && isComposed(event));
}
