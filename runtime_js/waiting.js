/** The controls whose edits are on their way: the target of each event that is pending. */

/** @type {Element[]} */
export const waiting = [];
