/** Hyper Live in the browser. Importing it connects the live components of the page, if there are any. */

export { start } from "./live.js";
export { need } from "./turns.js";

import { start } from "./live.js";

// htmx swaps in new components: version 2 says so by the second of these, version 4 by the third
for (const type of ["DOMContentLoaded", "htmx:load", "htmx:after:process"]) addEventListener(type, start);
// before its end the page is not all there
if (document.readyState !== "loading") start();
