/**
 * The conversation about one page-level component: versions come in without gaps, events go out numbered and
 * run once. It knows nothing of sockets: `send` takes a message, and may lose it.
 */

import { arrived, waiting } from "./controls.js";
import { attributeOf, call, read } from "./dom.js";
import { holdSubmit, markLoading } from "./loading.js";
import { ID, mirrorBelow, nodeOf } from "./mirror.js";
import { applyBelow, PatchError } from "./patch.js";

const MAX_PENDING = 64;
/** Tells this page from its copies in other tabs, which number their events for themselves. */
const PAGE = (Math.random() * 1e9) | 0;

/** Of the root of a page-level component: its session. */
export const SESSION = Symbol();

/** Dispatch `live:name` on an element. */
export const emit = (element, name, detail) =>
  call(element, "dispatchEvent", new CustomEvent(`live:${name}`, { detail, bubbles: true, cancelable: true }));

/** Tell the page of an error: a `live:error` event, and the console unless that was prevented. */
export function fail(element, code, message, fields) {
  if (emit(element, "error", { code, message, fields })) console.error("live:", code, message);
}

export function createSession(root, send) {
  const id = root[ID];
  /** The version that the page shows. */
  let version = root.dataset.liveVersion | 0;
  /** The number of the last event, and of the last one sent before the connection was lost. */
  let seq = 0;
  let sent = 0;
  /** The number of the mount that knows our events: there may be others, in other processes. */
  let mount;
  /** Events that are not known to have run: `{message, element, target, release}`. */
  const pending = new Set();
  let isJoined;
  let isResyncing;
  /** Is the page not what the server thinks? At first: has it more or fewer elements than the server wrote? */
  let isBroken = root.dataset.liveElements - root.querySelectorAll(":not([data-live-ignore] *,selectedcontent *)").length;

  /** The state of the connection: the root gets it as a class, and the server is told of us at its begin. */
  function show(state) {
    for (const other of ["connecting", "connected", "disconnected"]) {
      read(root, "classList").toggle(`live-${other}`, other === state);
    }
    if (isJoined) sent = seq;
    isJoined = state === "connected";
    if (state === "connecting") {
      isResyncing = false;
      send({ type: "connect", component_id: id, token: attributeOf(root, "data-live-token"), version, page: PAGE, mount });
    }
    emit(root, state);
  }

  /** Queue an event; it is kept until the server says that it ran. */
  function post(message, element, { type, target }) {
    if (pending.size >= MAX_PENDING) return fail(element, "busy", "Too much is waiting.");
    const release = type === "submit" && holdSubmit(target);
    const event = { message: { type: "event", seq: ++seq, ...message }, element, target, release };
    pending.add(event);
    waiting.push(target);
    markLoading(pending, element);
    if (isJoined) send(event.message);
  }

  /** The pending events up to `last` are over, those before `first` were before. */
  function settle(last, first = 0, code, text) {
    for (const event of pending) {
      const { message, element, target, release } = event;
      if (message.seq < first || message.seq > last) continue;
      pending.delete(event);
      arrived(target);
      if (release) release();
      markLoading(pending, element);
      if (code) fail(element, code, text);
    }
  }

  /** A message about the component with this root: ours, or one nested in it. */
  function receive(component, message) {
    const { type, seq: done, error, event, detail, missed } = message;
    const element = nodeOf(component);
    if (type === "ack") receiveAck(done, message);
    if (type === "update") receiveUpdate(component, message);
    if (type === "resync") receiveSnapshot(component, message);
    if (missed) emit(root, "missed", { count: missed });
    if (type === "push") emit(element, event, detail);
    if (type === "error") settle(done, done);
    const { code, message: text, fields } = error || message;
    if (code) fail(element, code, text, fields);
  }

  /**
   * The answer to an event, or to `connect`: then `again` says that the server has lost its state, has another one, or
   * has taken the events of a copy of this page. Nobody knows what became of ours that were sent; those that waited
   * for a connection did not run, and are not sent to what is another state now.
   */
  function receiveAck(done, { version: current, again, mount: joined }) {
    const isLost = !isJoined && again && (sent || done);
    if (isLost) {
      settle(sent, 0, "lost", "It may have been done.");
      settle(seq, 0, "unsent", "It was not done.");
      seq = 0;
    }
    seq = Math.max(seq, done);
    if (isJoined) settle(done);
    else {
      mount = joined;
      show("connected");
      // also those that ran: the answer may have been that they failed
      for (const { message } of pending) send(message);
    }
    if (isLost && !done) emit(root, "lost");
    if (version !== current || isBroken) askSnapshot("gap");
  }

  function receiveUpdate(component, { version: next, patches }) {
    if (isResyncing || next <= version) return;
    if (next !== version + 1) return askSnapshot("gap");
    try {
      applyBelow(component, patches);
      shown(component, next);
    } catch (error) {
      isBroken = !(error instanceof PatchError);
      askSnapshot(String(error));
    }
  }

  function receiveSnapshot(component, { version: current, html }) {
    if (isBroken) mirrorBelow(nodeOf(component));
    applyBelow(component, [{ path: "", html }]);
    isBroken = isResyncing = false;
    shown(component, current);
  }

  function askSnapshot(reason) {
    if (!isResyncing) send({ type: "resync", component_id: id, reason });
    isResyncing = true;
  }

  /** The page shows another version now. */
  function shown(component, current) {
    version = current;
    for (const { element } of pending) markLoading(pending, element);
    emit(nodeOf(component), "update", { version });
  }

  return { show, post, receive };
}
