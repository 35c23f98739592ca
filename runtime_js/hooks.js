/**
 * The seam between the first file, which every page loads, and the others: what they do for it once they are there.
 * The first file imports none of their modules; it calls a hook where there is one, and does without where there is none.
 *
 * What has to be done at once is done by the first file; what can wait for another goes through `turns.js`.
 *
 * @typedef {object} Hooks
 *
 * Of `forms.js`, in the order of an event and of a patch:
 * @property {(event: Event) => void} edited  a form is submitted, or a user may have edited a control
 * @property {(event: Event) => boolean} closes  does a submit close the dialog around its form, and nothing else?
 * @property {(event: Event, attribute: string, element: Element, moment?: Map) => void} perform  what an `@event`
 *     attribute says; `moment` has what controls showed when it happened, where that was earlier
 * @property {(batch: object, parent: Node, nodes: Node[]) => void} reconcile  new children where some may stay
 * @property {(element: Element, name: string) => (value: string | null) => void} beforeSet  an attribute
 * @property {(batch: object, node: Node) => void} follow  what is in a node changes
 * @property {(focused: Element) => (isLost: boolean) => void} keepCaret
 *
 * Of `editing.js`:
 * @property {(event: Event, attribute: string, element: Element, perform: Function) => boolean} defer  is an event left
 *     for later, as many of its control are on their way?
 * @property {(control: Element) => (write: () => void) => void} hold  a control is to be set by the server: what comes
 *     back sets it by the function that it is given, or later
 * @property {(event: Event, element: Element, component: Element, stateOf: Function) => object[]} changedFields  the
 *     states of controls that the server is told with an event
 * @property {(control: Element, state: string) => void} report  the server is told the state of a control
 * @property {(event: Event) => (answer: object | string) => void} sent  an event is on its way; what comes back is
 *     called when it is over, with the server's answer, or with a code that says why there is none
 * @property {(form: Element) => boolean} isHeld  are its submit buttons disabled while it is on its way?
 * @property {(control: Element, name: string) => void} leaveDisabled  the server has set an attribute
 *
 * Of `modifiers.js`:
 * @property {(event: Event, attribute: string, element: Element, has: Function, moment?: Map) => () => void} modified
 *     what is to be done in its turn for an event
 * @property {() => void} flush  do now what waits until it is quiet
 *
 * Of `extras.js`:
 * @property {(node: Node, isOut: () => boolean) => boolean} leave  is a node that is to go left in the page for a moment?
 */

/** @type {Partial<Hooks>} */
export const hooks = {};

/** Actions, hooks and what fades out, which only pages that have any load. */
export const extras = () =>
  import("./extras.js").then((file) => {
    hooks.leave = file.leave;
    return file;
  });
