/** Patches alone, for pages that get them in some way of their own: with all that forms need, and no connection. */

import { hooks } from "./hooks.js";
import { patching } from "./patching.js";

export { createMirror } from "./mirror.js";
export { applyPatches, PatchError } from "./patch.js";

Object.assign(hooks, patching);
