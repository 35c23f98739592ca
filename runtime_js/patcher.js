/** Patches alone, for pages that get them in their own way: with everything that forms need, without a connection. */

import { hooks } from "./hooks.js";
import { patching } from "./patching.js";

export { createMirror } from "./mirror.js";
export { applyPatches, PatchError } from "./patch.js";

Object.assign(hooks, patching);
