/** Does what an `@event` attribute says, with the data that it sends along. */

import { valuesFor } from "./arguments.js";
import { closeLate } from "./dialogs.js";
import { attributeOf } from "./dom.js";
import { send } from "./events.js";
import { parseExpression } from "./expression.js";
import { extras, hooks } from "./hooks.js";
import { componentOf, topOf } from "./mirror.js";
import { at, stateOf } from "./moment.js";
import { SESSION } from "./session.js";
import { fail } from "./tell.js";
import { waitFor } from "./turns.js";

/** `@bind="name"` sets that variable. */
const setterOf = (name, { type }) => `=${name}(${type === "checkbox" ? "checked," : ""}value)`;

/**
 * Post what an `@event` attribute says, unless it or its element has gone in the meantime. `moment` has what controls
 * showed when the event happened, if it has waited since.
 */
export function perform(event, attribute, element, moment) {
  const { type, submitter, target } = event;
  if (moment) closeLate(event, attribute);
  // with the file there, the button could not have been pressed again; "Cancel" in a dialog only closes it
  if ((moment && type === "submit" && hooks.isHeld?.(target)) || submitter?.formMethod === "dialog") return;
  hooks.edited?.(event);
  if (hooks.defer?.(event, attribute, element, perform)) return;
  const text = attributeOf(element, attribute);
  if (!text || !topOf(element)[SESSION]) return;
  const report = (error) => fail(element, "expression", `It was not done: ${attribute}="${text}": ${error.message}`);
  const post = (expression) => at(moment, () => send(element, event, messageOf(expression, element, event)));
  try {
    if (text[0] === "$") act(text, element, post, report).catch(report);
    else post(attribute.startsWith("@bind") ? setterOf(text, element) : text);
  } catch (error) {
    report(error);
  }
}

/** Do the actions. Keys pressed while they wait for their file are handed over, to be pressed where they have moved the focus. */
async function act(...what) {
  const keys = [];
  const keep = (event) => keys.push(event);
  addEventListener("keydown", keep);
  waitFor(1);
  try {
    (await extras()).act(keys, ...what);
  } finally {
    removeEventListener("keydown", keep);
    waitFor(-1);
  }
}

function messageOf(expression, element, event) {
  const [name, args] = parseExpression(expression);
  const values = valuesFor(args, element, event);
  return { event: name, ...values, fields: hooks.changedFields?.(event, element, componentOf(element), stateOf) || [] };
}
