/** What applying patches needs where there are controls, or something is shown already that may stay. */

import { keepCaret } from "./caret.js";
import { holdTyping } from "./controls.js";
import { leaveDisabled } from "./holding.js";
import { reconcile } from "./reconcile.js";

export const patching = { holdTyping, keepCaret, leaveDisabled, reconcile };
