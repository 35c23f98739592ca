/** The name of an `@event` attribute: `@keydown.ctrl.enter.prevent` is a type of event and its conditions. */

import { SIMPLE } from "./rules.js";

/**
 * `"@resize.window.passive"` gives `{type: "resize", place: "window", …}`. `@bind` listens like `@input`, or with
 * `.lazy` like `@change`.
 */
export function parseBinding(attribute) {
  const [type, ...words] = attribute.slice(1).split(".");
  const has = (word) => words.includes(word);
  return {
    type: type !== "bind" ? type : has("lazy") ? "change" : "input",
    words,
    has,
    /** The name of the object to listen on, or `""` for the component's root. */
    place: has("window") ? "window" : has("document") || has("outside") ? "document" : "",
    /** Does it say only where to listen, and what to do at once? The rest is for the file with the modifiers. */
    isSimple: words.every((word) => SIMPLE.test(word)),
  };
}
