/** What shows that an event is on its way: a class and `aria-busy` on its element. */

import { call, read } from "./dom.js";

/** Show whether any of the `pending` events is one of `element`. */
export function markLoading(pending, element) {
  const isBusy = [...pending].some((event) => event.element === element);
  read(element, "classList").toggle("live-loading", isBusy);
  call(element, isBusy ? "setAttribute" : "removeAttribute", "aria-busy", "true");
}
