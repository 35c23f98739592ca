/** What an `@event` attribute says is done: at once or later, with all that it sends along. */

import { valuesFor } from "./arguments.js";
import { attributeOf } from "./dom.js";
import { send } from "./events.js";
import { parseExpression } from "./expression.js";
import { changedFields } from "./fields.js";
import { isHeld } from "./holding.js";
import { extras } from "./hooks.js";
import { isControl } from "./kinds.js";
import { componentOf, topOf } from "./mirror.js";
import { at } from "./moment.js";
import { EDIT } from "./rules.js";
import { SESSION } from "./session.js";
import { fail } from "./tell.js";
import { debounce, flush, throttle } from "./timers.js";

const FOR_EVER_MS = 2e9;

/** `moment` has what controls showed when the event happened, if it has waited since. */
export function perform(event, attribute, { has, waitMs }, element, moment) {
  // with the file there, its button could not have been pressed again
  if (moment && event.type === "submit" && isHeld(event.target)) return;
  const fire = () => say(event, attribute, element, moment);
  // who goes on to the next field is done with this one
  const target = isControl(event.target) ? event.target : element;
  rememberEdit(event.type, target);
  if (has("debounce")) return debounce(element, attribute, target, waitMs, event.timeStamp, fire);
  if (has("throttle")) return throttle(element, attribute, waitMs, event.timeStamp, fire);
  if (has("once")) return throttle(element, attribute, FOR_EVER_MS, event.timeStamp, fire);
  flush();
  fire();
}

function rememberEdit(type, target) {
  if (!isControl(target) || !EDIT.test(type)) return;
  const before = target.cloneNode(true); // has the attributes of this moment
  extras().then((file) => file.remember(target, before), () => {});
}

/** `@bind="name"` sets that variable. */
const setterOf = (name, { type }) => `=${name}(${type === "checkbox" ? "checked," : ""}value)`;

/** Post what an `@event` attribute says, unless it or its element has gone in the meantime. */
function say(event, attribute, element, moment) {
  const text = attributeOf(element, attribute);
  if (!text || !topOf(element)[SESSION]) return;
  const report = (error) => fail(element, "expression", `${attribute}="${text}": ${error.message}`);
  const post = (expression) => at(moment, () => send(element, event, messageOf(expression, element, event)));
  try {
    if (text[0] === "$") extras().then((file) => file.act(text, element, post)).catch(report);
    else post(attribute.startsWith("@bind") ? setterOf(text, element) : text);
  } catch (error) {
    report(error);
  }
}

function messageOf(expression, element, event) {
  const [name, args] = parseExpression(expression);
  const values = valuesFor(args, element, event);
  return { event: name, ...values, fields: changedFields(event, element, componentOf(element)) };
}
