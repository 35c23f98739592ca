/**
 * The seam between the first file, which every page loads, and the others: what they do for it once they are there.
 * The first file imports none of their modules; it calls a hook where there is one, and does without where there is none.
 *
 * @typedef {object} Hooks  of the second file (`forms.js`), but for the last
 * @property {(event: Event, attribute: string, binding: object, element: Element, moment?: Map) => void} perform  what an
 *     `@event` attribute says; `moment` has what the controls showed when it happened, if that was earlier
 * @property {(event: Event) => () => void} posted  an event is on its way; what comes back is called when it is over
 * @property {(batch: object, parent: Node, nodes: Node[]) => void} reconcile  new children where some may stay
 * @property {(control: Element) => (value: string) => void} holdTyping  before a write that changes what a control shows
 * @property {(control: Element) => void} leaveDisabled  the server has said whether a control is disabled
 * @property {(focused: Element) => (element: Element, isLost: boolean) => void} keepCaret
 * @property {(node: Node, isOut: () => boolean) => boolean} leave  of the extras: is a node that is to go left in the
 *     page for a moment?
 */

/** @type {Partial<Hooks>} */
export const hooks = {};

/** Actions, hooks and what fades out, which only pages that have any load. */
export const extras = () =>
  import("./extras.js").then((file) => {
    hooks.leave = file.leave;
    return file;
  });
