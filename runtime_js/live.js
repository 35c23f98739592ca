/**
 * The page: its components, and their one connection, which is restored when lost. A peer that answers nothing is dead:
 * browsers cannot ping, so a `ping` message is sent when it has been quiet for a while.
 */

import { attributeOf, read, select } from "./dom.js";
import { listen } from "./events.js";
import { extras, hooks } from "./hooks.js";
import { createMirror, found, ID, isManaged, PARENT, topOf } from "./mirror.js";
import { createSession, receive, SESSION, show } from "./session.js";
import { fail, guarded } from "./tell.js";
import { inTurn } from "./turns.js";

const IDLE_MS = 25_000;
const ANSWER_MS = 10_000;
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;

/** @type {object[]} the roots of page-level components */
let tops = [];
let socket;
let isRefused = false;
let attempts = 0;
let drainMs = 0;
let retry;
let watch;

found.attribute = listen;
found.component = (root) => {
  if (!root[PARENT]) root[SESSION] = createSession(root, send);
};

/** Take up the components that came into the page since the last call, and connect. */
export function start() {
  tops = present();
  for (const element of select("[data-live-component]")) {
    if (isManaged(element)) continue;
    const top = createMirror(element);
    tops.push(top);
    show(top[SESSION], "connecting");
  }
  if (!tops.length) return;
  addEventListener("online", wake);
  addEventListener("visibilitychange", wake);
  // sockets would say nothing of it for a long time
  addEventListener("offline", drop);
  // a page that is put aside may come back, and then it is time to retry
  addEventListener("pagehide", drop);
  connect();
}

function connect() {
  clearTimeout(retry);
  if (socket || isRefused) return;
  const url = new URL(attributeOf(read(document, "documentElement"), "data-live-url") || new URL("ws", import.meta.url), location);
  url.protocol = url.protocol.replace("http", "ws");
  // which of several processes has the page
  url.search = tops[0]?.[ID];
  socket = new WebSocket(url);
  socket.onclose = drop;
  socket.onopen = () => showAll("connecting");
  socket.onmessage = ({ data, target }) => {
    expect(IDLE_MS, ping);
    // a message of a lost connection is sent again
    inTurn(() => socket === target && received(data));
  };
  expect(IDLE_MS, ping);
}

/** The network or the user is back: connect, or make sure that the connection is alive. What hung without it is given up. */
function wake() {
  if (socket?.readyState) ping();
  else {
    drop(0);
    connect();
  }
}

function ping() {
  send({ type: "ping" });
  expect(ANSWER_MS, drop);
}

/** Call `react`, unless a message comes in before. */
function expect(waitMs, react) {
  clearTimeout(watch);
  watch = setTimeout(react, waitMs, 0);
}

/** The connection is gone, or is to go. From code 4500 on, the server does not want this page again, and says why. */
function drop({ code, reason }) {
  if (!socket) return;
  // what waits for a pause: a page that is left does nothing later
  hooks.flush?.();
  clearTimeout(watch);
  socket.onopen = socket.onclose = null;
  socket.close();
  socket = null;
  isRefused = code >= 4500;
  // a newer socket shows this page, in a copy of this tab: come back when the user does
  const isTaken = code === 4409;
  // doubled each time, and all of it random, so that a crowd does not come at once
  const longestMs = drainMs || Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** attempts++);
  drainMs = 0;
  if (!isTaken) retry = setTimeout(connect, Math.random() * longestMs);
  showAll("disconnected", reason);
}

/** The components that are still on the page; the server is sent a `leave` for the others, which have no session more. */
const present = () =>
  tops.filter((top) => top.isConnected || (top[SESSION] = send({ type: "leave", component_id: top[ID] })));

function showAll(state, reason) {
  tops = present();
  for (const top of tops) {
    show(top[SESSION], state);
    if (isRefused) fail(top, "refused", reason);
  }
}

function send(message) {
  if (socket?.readyState === 1) socket.send(JSON.stringify(message));
}

/** Dispatch a frame: one message, or a list of those that go together. One that fails does not affect the others. */
function received(text) {
  for (const message of [].concat(JSON.parse(text))) guarded(() => dispatch(message));
}

function dispatch(message) {
  const { type, code, component_id: id, retry_ms: retryMs } = message;
  if (type === "ack") attempts = 0;
  if (retryMs) drainMs = retryMs;
  if (code === "expired") extras().then((file) => file.reload(message));
  // asked of the page, so that nothing is kept of what has left it
  const root = select(`[data-live-component="${id}"]`).find((element) => topOf(element)[SESSION]);
  if (root) receive(topOf(root)[SESSION], createMirror(root), message);
}
