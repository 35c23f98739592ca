/**
 * Sent to a page with another version of the client in place of a file of that version, which no longer exists. The page
 * is reloaded within some seconds. Until then, everything that needs the file reports that it does not work.
 */

import { reload } from "./reload.js";

export function install() {
  reload({});
  throw new Error("this page is of another version of the application, and is loaded anew");
}
