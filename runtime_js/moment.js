/**
 * The state of controls at an earlier moment. An event that had to wait for the second file sends what it would have
 * sent when it happened, even if the user has typed on since then.
 */

/** @type {Map<Element, {value, checked, selected}> | undefined} the moment that is spoken of; nothing is now */
let moment;

/** Run `act`; what it reads by `stateOf` is as it was `then`. */
export function at(then, act) {
  const outer = moment;
  moment = then || undefined;
  try {
    act();
  } finally {
    moment = outer;
  }
}

/** `value`, `checked` or `selected` of a control or an option. */
export const stateOf = (node, name) => (moment?.get(node) ?? node)[name];

/** What is known of this moment; nothing while an earlier one is spoken of. */
export const present = (known) => !moment && known;
