/**
 * The file for editing: what a user types, moves or chooses, and the server's answers to it. Loaded by forms.js as soon
 * as a control has the focus, is edited, or shows something else than the server wrote: until then nothing can be lost.
 */

import { defer, sendAll } from "./backlog.js";
import { keepCaret } from "./caret.js";
import { keepChoice } from "./choices.js";
import { remember } from "./edits.js";
import { changedFields } from "./fields.js";
import { holdSubmit, ignoreHeld, isHeld, leaveDisabled } from "./holding.js";
import { hooks } from "./hooks.js";
import { isControl } from "./kinds.js";
import { EDIT } from "./rules.js";
import { tellAll, wasLost } from "./telling.js";
import { compose, hold, leave, report, sent } from "./typing.js";

/** Set the hooks of the first file. */
export function install() {
  Object.assign(hooks, { changedFields, defer, edited, hold, isHeld, keepCaret, keepChoice, leaveDisabled, report, sent: posted });
  addEventListener("click", ignoreHeld, true);
  addEventListener("compositionstart", compose, true);
  addEventListener("compositionend", compose, true);
  addEventListener("focusout", leave, true);
  // before the connection is closed, which is no longer in the capturing phase
  addEventListener("pagehide", sendAll, true);
  addEventListener("live:lost", wasLost);
  addEventListener("live:connected", tellAll);
  // browsers fill in what was there before a reload, or before the page was left, when they want to
  addEventListener("pageshow", tellAll);
  tellAll();
}

/** Note that the user edits a control, for a server that comes back without its state. */
function edited({ type, target }) {
  if (isControl(target) && EDIT.test(type)) remember(target);
}

/** An event is on its way. Returns a function to call when it is over. */
const posted = (event) => (event.type === "submit" ? holdSubmit(event.target) : sent(event));
