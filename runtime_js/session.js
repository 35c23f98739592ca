/**
 * The conversation about one page-level component: versions come in without gaps, events go out numbered and
 * run once. It knows nothing of sockets: `tell` takes a message, and may lose it.
 *
 * @typedef {object} Session
 * @property {Node} root
 * @property {(message: object) => void} tell
 * @property {number} line  `APART` or `JOINED`
 * @property {number} shown  `CURRENT`, `BROKEN`, `AWAITED` or `REBUILT`
 * @property {number} shownVersion  the one that the page shows
 * @property {number} lastSeq  the number of the last event that was sent
 * @property {object} [answer]  the server's to `connect`: `mount`, the number of the mount that knows our events, as there
 *     may be others in other processes; `max_bytes`, how large an event may be, but for its number
 * @property {Set<PendingEvent>} pending  events that are not known to have run
 *
 * @typedef {object} PendingEvent
 * @property {object} frame  its `seq` is 0 until it is sent
 * @property {Element} element
 * @property {(answer: object | string) => void} [over]
 */

import { attributeOf, call, read, select } from "./dom.js";
import { hooks } from "./hooks.js";
import { markLoading } from "./loading.js";
import { ID, mirrorBelow, nodeOf } from "./mirror.js";
import { applyBelow, PatchError } from "./patch.js";
import { FIELDS } from "./rules.js";
import { emit, fail } from "./tell.js";
import { need } from "./turns.js";

const MAX_PENDING = 64;
/** Distinguishes this page from its copies in other tabs, which number their own events. */
const PAGE = (Math.random() * 1e9) | 0;
/** Elements that are not counted, as scripts or the browser fill them. */
const OTHERS = "[data-live-ignore] *,selectedcontent *";

/** On the root of a page-level component: its session. */
export const SESSION = Symbol();

/** The line: has the server accepted the component on the present connection? */
const APART = 0;
const JOINED = 1;
/** Does the page match what the server knows of it? */
const CURRENT = 2;
const BROKEN = 3;
/** A snapshot has been asked for: to replace the page, or to be compared with it. */
const AWAITED = 4;
const REBUILT = 5;

/**
 * What a message does, by the state of the line or of the page. Any other message does nothing: an update that comes
 * while a snapshot is awaited is part of the snapshot.
 */
const REACTIONS = {
  ack: { [APART]: join, [JOINED]: settleDone },
  update: { [CURRENT]: applyNext },
  resync: { [CURRENT]: showSnapshot, [AWAITED]: showSnapshot, [BROKEN]: rebuild, [REBUILT]: rebuild },
  push: { [APART]: hand, [JOINED]: hand },
  error: { [JOINED]: settle },
};
/** The next state when a snapshot is asked for; there is none if one has been asked for already. */
const ASKED = { [CURRENT]: AWAITED, [BROKEN]: REBUILT };
/** The next state on a new connection. */
const FORGOTTEN = { [AWAITED]: CURRENT, [REBUILT]: BROKEN };
/** The class of the root, after `live-`. */
const SIGNS = ["connecting", "connected", "disconnected"];

/** @returns {Session} */
export const createSession = (root, tell) => ({
  root,
  tell,
  line: APART,
  shown: hasOtherElements(root) ? BROKEN : CURRENT,
  shownVersion: root.dataset.liveVersion | 0,
  lastSeq: 0,
  pending: new Set(),
});

/** Has the page more elements than the server wrote, or fewer? */
const hasOtherElements = (root) => root.dataset.liveElements - select(`:not(${OTHERS})`, root).length;

/** Show the state of the connection as a class of the root; at its beginning, send `connect`. */
export function show(session, sign) {
  for (const other of SIGNS) read(session.root, "classList").toggle(`live-${other}`, other === sign);
  session.line = sign === "connected" ? JOINED : APART;
  if (sign === "connecting") introduce(session);
  emit(session.root, sign);
}

function introduce(session) {
  const { root, tell, shownVersion: version, answer } = session;
  session.shown = FORGOTTEN[session.shown] || session.shown;
  lookForFields(session);
  tell({ type: "connect", component_id: root[ID], token: attributeOf(root, "data-live-token"), version, page: PAGE, mount: answer?.mount });
}

/** Queue an event; it is kept until the server says that it ran. Throws if JSON cannot express what is said. */
export function post(session, said, element, event) {
  const { pending } = session;
  if (pending.size >= MAX_PENDING) return fail(element, "busy", "Busy.");
  // as it is now, and before anything is noted; a server that cannot read it all looks for the first members
  const frame = JSON.parse(JSON.stringify({ type: "event", seq: 0, ...said }));
  const posted = { frame, element, over: hooks.sent?.(event) };
  pending.add(posted);
  markLoading(pending, element);
  if (session.line === JOINED) deliver(session, posted);
}

/** Send an event, with the next number if it has none. One that is too large ends without a number. */
function deliver(session, posted) {
  const { frame } = posted;
  if (!frame.seq && new Blob([JSON.stringify(frame)]).size > session.answer.max_bytes) {
    return end(session, posted, "too_large", "Too long.");
  }
  frame.seq ||= ++session.lastSeq;
  session.tell(frame);
}

/** A message about the component with this root: the session's own, or one nested in it. */
export function receive(session, component, message) {
  const { type, error, missed } = message;
  const element = nodeOf(component);
  if (missed) emit(session.root, "missed", { count: missed });
  const reactions = REACTIONS[type] || {};
  const react = reactions[session.line] || reactions[session.shown];
  react?.(session, component, message);
  const { code, message: text, fields } = error || message;
  if (code) fail(element, code, text, fields);
}

/**
 * The answer to `connect`: `again` says that the server has lost its state, has another one, or has taken the events
 * of a copy of this page.
 */
function join(session, _component, answer) {
  const { seq: done, again, version } = answer;
  const isLost = again && (session.lastSeq || done);
  if (isLost) giveUp(session, done);
  session.answer = answer;
  // also those that ran: the answer may have been that they failed
  for (const posted of session.pending) deliver(session, posted);
  show(session, "connected");
  if (isLost && !done) emit(session.root, "lost");
  compare(session, version);
}

/**
 * The outcome of events that were sent is unknown. Those that waited for a connection did not run, and are not sent, as
 * the server's state is another one now.
 */
function giveUp(session, done) {
  // without those that scripts post when they hear of it
  for (const posted of [...session.pending]) {
    if (posted.frame.seq) end(session, posted, "lost", "It may have been done.");
    else end(session, posted, "unsent", "It was not done.");
  }
  session.lastSeq = done;
}

/** The answer to events. */
function settleDone(session, component, message) {
  settle(session, component, message);
  compare(session, message.version);
}

/** End the events up to a number. */
function settle(session, _component, answer) {
  for (const posted of session.pending) if (posted.frame.seq <= answer.seq) end(session, posted, answer);
}

/** `answer` is the server's, or why there is none. */
function end({ pending }, posted, answer, text) {
  const { element, over } = posted;
  pending.delete(posted);
  over?.(answer);
  markLoading(pending, element);
  if (text) fail(element, answer, text);
}

function hand(_session, component, { event, detail }) {
  emit(nodeOf(component), event, detail);
}

/** Ask for a snapshot unless the page is at this version, the server's. */
function compare(session, version) {
  if (session.shownVersion !== version || session.shown === BROKEN) askSnapshot(session, "gap");
}

function applyNext(session, component, { version, patches }) {
  if (version <= session.shownVersion) return;
  if (version !== session.shownVersion + 1) return askSnapshot(session, "gap");
  try {
    applyBelow(component, patches);
    turnTo(session, component, version);
  } catch (error) {
    if (!(error instanceof PatchError)) session.shown = BROKEN;
    askSnapshot(session, String(error).slice(0, 200));
  }
}

/** Mirror everything on the page as the server's, whoever put it there: the snapshot then says what is. */
function rebuild(session, component, message) {
  mirrorBelow(nodeOf(component));
  showSnapshot(session, component, message);
}

function showSnapshot(session, component, { version, html }) {
  applyBelow(component, [{ path: "", html }]);
  session.shown = CURRENT;
  turnTo(session, component, version);
}

function askSnapshot(session, reason) {
  const asked = ASKED[session.shown];
  if (!asked) return;
  session.tell({ type: "resync", component_id: session.root[ID], reason });
  session.shown = asked;
}

/** Note that the page shows another version. */
function turnTo(session, component, version) {
  const { pending } = session;
  session.shownVersion = version;
  for (const { element } of pending) markLoading(pending, element);
  lookForFields(session);
  emit(nodeOf(component), "update", { version });
}

/** Load the file for form controls if the page has any, at first or by an update. */
function lookForFields({ root }) {
  if (call(root, "querySelector", FIELDS)) need("forms");
}
