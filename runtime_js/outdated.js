/**
 * What a page of another version of the client is sent for a file that goes with that one. Nobody has it any more: the
 * page is loaded anew, within some seconds. Until then, what needs the file says that it does not work.
 */

import { reload } from "./reload.js";

export function install() {
  reload();
  throw new Error("this page is of another version of the application, and is loaded anew");
}
