/** Hyper Live in the browser. Importing it connects the live components of the page, if there are any. */

export { start } from "./live.js";
export { need } from "./turns.js";

import { start } from "./live.js";

// htmx swaps in new components: version 2 says so by the first of these, version 4 by the second
addEventListener("htmx:load", start);
addEventListener("htmx:after:process", start);
// before its end the page is not all there
if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
