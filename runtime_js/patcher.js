/** Patches alone, for pages that get them in their own way: with everything that forms need, without a connection. */

import { keepCaret } from "./caret.js";
import { keepChoice } from "./choices.js";
import { hooks } from "./hooks.js";
import { patching } from "./patching.js";
import { hold } from "./typing.js";

export { createMirror } from "./mirror.js";
export { applyPatches, PatchError } from "./patch.js";

Object.assign(hooks, patching, { hold, keepCaret, keepChoice });
