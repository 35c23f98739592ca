/** The name of an `@event` attribute: `@keydown.ctrl.enter.prevent` is a type and what has to hold for it. */

import { DEFAULT_WAIT_MS, KEYS, MODIFIER } from "./rules.js";

/**
 * `@bind` is for a control what `@input` is, or `@change` with `.lazy`.
 *
 * `"@keydown.esc.debounce.1s"` gives `{type: "keydown", keys: ["esc"], waitMs: 1000, …}`. What is no modifier
 * is the name of a key.
 */
export function parseBinding(attribute) {
  const [type, ...words] = attribute.slice(1).split(".");
  const has = (word) => words.includes(word);
  const [, number, milli] = /\.(\d+)(m?)s\b/.exec(attribute) || [0, DEFAULT_WAIT_MS, "m"];
  return {
    type: type !== "bind" ? type : has("lazy") ? "change" : "input",
    has,
    /** The name of the object to listen on, or `""` for the component's root. */
    place: has("window") ? "window" : has("document") || has("outside") ? "document" : "",
    keys: words.filter((word) => !MODIFIER.test(word)).map(shortName),
    waitMs: number * (milli ? 1 : 1000),
  };
}

/** `Escape`, `escape` and `esc` are one key, as are `ArrowUp` and `up`. */
function shortName(name) {
  const key = name.toLowerCase();
  return KEYS.get(key) || key;
}

/** Are they pressed? Of `ctrl` and the like all, of the others one. Enter that ends a composition is none. */
export function arePressed(keys, event) {
  const others = keys.filter((key) => event[`${key}Key`] === undefined);
  const isPressed = !event.isComposing && others.includes(shortName(event.key || ""));
  return keys.every((key) => event[`${key}Key`] !== false) && (!others.length || isPressed);
}
