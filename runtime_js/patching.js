/** What applying patches needs where there are controls, or something is shown already that may stay. */

import { reconcile } from "./reconcile.js";
import { beforeSet, follow } from "./states.js";

export const patching = { beforeSet, follow, reconcile };
