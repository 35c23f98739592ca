/** Events of the small DOM: down from the window to the target and up again, as far as they bubble. */

export class FakeEvent {
  defaultPrevented = false;
  cancelBubble = false;
  target = null;
  constructor(type, { bubbles = false, ...more } = {}) {
    Object.assign(this, { type, bubbles, timeStamp: performance.now() }, more);
  }
  preventDefault() {
    this.defaultPrevented = true;
  }
  stopPropagation() {
    this.cancelBubble = true;
  }
  stopImmediatePropagation() {
    this.cancelBubble = this.isStopped = true;
  }
  composedPath() {
    return pathOf(this.target);
  }
}

/** Listeners by target: `[type, listener, capture]`. */
const listeners = new WeakMap();

export class Listening {
  addEventListener(type, listener, { capture = false } = {}) {
    const known = listeners.get(this) ?? [];
    if (known.some((other) => other[0] === type && other[1] === listener && other[2] === capture)) return;
    listeners.set(this, [...known, [type, listener, capture]]);
  }
  removeEventListener(type, listener, { capture = false } = {}) {
    const isIt = (other) => other[0] === type && other[1] === listener && other[2] === capture;
    listeners.set(this, (listeners.get(this) ?? []).filter((other) => !isIt(other)));
  }
  dispatchEvent(event) {
    event.target = this;
    const path = pathOf(this);
    for (const node of [...path].reverse()) call(node, event, true);
    for (const node of event.bubbles ? path : [this]) call(node, event, false);
    return !event.defaultPrevented;
  }
}

/** Up to the window. */
function pathOf(target) {
  const path = [];
  for (let node = target; node; node = node.parent_) path.push(node);
  if (path.at(-1) === globalThis.document) path.push(globalThis);
  return path;
}

function call(node, event, capture) {
  if (event.cancelBubble) return;
  for (const [type, listener, isCapture] of listeners.get(node) ?? []) {
    if (type === event.type && isCapture === capture && !event.isStopped) listener(event);
  }
}

/** The window hears and is told of events like a node. */
globalThis.addEventListener = Listening.prototype.addEventListener.bind(globalThis);
globalThis.removeEventListener = Listening.prototype.removeEventListener.bind(globalThis);
globalThis.dispatchEvent = Listening.prototype.dispatchEvent.bind(globalThis);
Object.assign(globalThis, { CustomEvent: FakeEvent, Event: FakeEvent });

/** What a user does: `fire(button, "click")`. */
export function fire(target, type, more = {}) {
  const keys = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
  const event = new FakeEvent(type, { bubbles: true, ...(type.startsWith("key") ? keys : {}), ...more });
  target.dispatchEvent(event);
  return event;
}
