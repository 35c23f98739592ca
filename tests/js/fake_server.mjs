/**
 * A server for the client, on a clock that only moves when told to.
 *
 *     const server = await connect("<p>0</p>");          // a page with component c1, its socket open and joined
 *     server.send({type: "update", …}); server.sent      // what the client said, without what is said at first
 */

import { mock } from "node:test";
import { page } from "./fake_dom.mjs";

const { need } = await import("../../runtime_js/turns.js");

mock.timers.enable({ apis: ["setTimeout"] });
mock.method(Math, "random", () => 1); // full jitter at its longest

const STEP_MS = 50;

/** Timers set by timers run in the same tick. */
export const clock = {
  tick(ms) {
    for (; ms > 0; ms -= STEP_MS) mock.timers.tick(Math.min(ms, STEP_MS));
  },
};

export class FakeSocket {
  static all = [];
  /** What the next sockets do: open at once, or never. */
  static opens = true;
  readyState = 0;
  sent = [];
  constructor(url) {
    this.url = String(url);
    FakeSocket.all.push(this);
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  send(text) {
    if (this.readyState !== 1) throw new Error("InvalidStateError");
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  /** The server's side closes. */
  drop(code = 1006, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  receive(message) {
    this.onmessage?.({ target: this, data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

globalThis.WebSocket = FakeSocket;
globalThis.sessionStorage = {};
globalThis.location = { toString: () => "http://test/", reloads: 0, reload: () => location.reloads++ };

let copies = 0;

export class Server {
  constructor(root) {
    this.root = root;
    this.heard = [];
    for (const name of ["connecting", "connected", "disconnected", "error", "update", "missed", "saved"]) {
      root.addEventListener(`live:${name}`, (event) => {
        event.preventDefault();
        this.heard.push([name, event.detail]);
      });
    }
  }
  get socket() {
    return FakeSocket.all.at(-1);
  }
  /** What came over the present socket, but for what all begin with. */
  get sent() {
    return this.socket.sent.filter(({ type }) => type !== "connect");
  }
  send(message) {
    this.socket.receive({ component_id: "c1", ...message });
  }
  ack(seq, version = 0) {
    this.send({ type: "ack", seq, version });
  }
  update(version, ...patches) {
    this.send({ type: "update", version, patches });
  }
  /** The present socket is lost, and the next one opens, on which the server has said nothing yet. */
  reopen(meanwhile = () => {}) {
    this.socket.drop();
    meanwhile();
    clock.tick(250);
    this.socket.open();
  }
  /** The present socket opens, and the server takes the client where it was. */
  join(seq = 0, version = 0) {
    this.socket.open();
    this.ack(seq, version);
  }
}

/** The client anew on a page with one component around `html`, with all its files; its socket waits to be opened. */
export async function load(html, attributes = "") {
  for (const name of ["forms", "editing", "modifiers"]) await need(name);
  return loadFirst(html, attributes);
}

/** The same with the first file alone, and those that it has loaded before. */
export async function loadFirst(html, attributes = "") {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  FakeSocket.all = [];
  const root = page(html, ' id="root" data-live-component="c1" data-live-token="t1"' + attributes);
  const server = new Server(root);
  const { start } = await import(`../../runtime_js/live.js?${++copies}`);
  start();
  server.start = start;
  return server;
}

export async function connect(html) {
  const server = await load(html);
  server.join();
  return server;
}
