/**
 * Frames that no server of ours sends: each is applied, ignored, or answered with a request for a snapshot.
 * Nothing is thrown, no prototype changes, and a sound snapshot always puts the page right.
 *
 * HYPER_FUZZ is the number of frames (default 10,000).
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { print } from "./fake_dom.mjs";
import { clock, connect } from "./fake_server.mjs";
import { places, Random, randomBatch, SEED, toHtml } from "./random.mjs";

const FRAMES = Number(process.env.HYPER_FUZZ ?? 10_000);
const FRAMES_PER_PAGE = 500;
const POLLUTED = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');

const NAMES = [
  "type", "component_id", "version", "patches", "seq", "error", "event", "detail", "html", "code", "fields", "retry_ms",
  "__proto__", "constructor", "toString", "missed", "",
]; // prettier-ignore
const TYPES = ["ack", "update", "resync", "push", "error", "drain", "pong", "connect", "__proto__", "constructor", "", 0, null];
const VALUES = [
  null, true, 0, -1, 1, 1.5, 1e308, 2 ** 53, "", "c1", "c1.1", "text", "x".repeat(3000), [], {}, [[]], [null], POLLUTED,
  [POLLUTED], { path: "p" }, [{ path: "p/text", value: "x" }], "<script>polluted = 1</script>", "<p __proto__=1>", "\0",
  "\ud800", "<table><tr><td>", { code: "expired" }, { code: {}, message: [], fields: 1 }, "__proto__", "constructor",
]; // prettier-ignore
const PATHS = [
  "", "/", "p", "p/text", "p/@__proto__", "p/@constructor", "@value", "p/@onclick", "__proto__", "constructor/prototype",
  "p[0]", "p[-1]", "p[1e9]", "p[99999999999]", "*[1]", "text", "text[2]", "comment", "#", "#root", "#__proto__", "div//p",
  "../p", "p/@a b", "p/@<", 'p/@"', "div/".repeat(400),
]; // prettier-ignore
const PATCH_KEYS = ["path", "value", "at", "insert", "delete", "html", "remove", "count", "move", "to", "order", "__proto__"];
const SCRAPS = ['"', "{", "}", "[", "]", ",", ":", "\\", "\\ud800", "1e999", "-", "\0", "é", "null", "[".repeat(2000)];

class Fuzz extends Random {
  constructor(seed) {
    super(seed);
    this.begin();
  }
  /** A page of its own: the tree that the server believes it shows. */
  begin() {
    this.root = { children: this.children(3) };
    this.version = 0;
  }
  frame() {
    const chance = this.next();
    if (chance < 0.2) return JSON.stringify(this.sound());
    if (chance < 0.4) return JSON.stringify({ ...this.update(), patches: this.patches() });
    if (chance < 0.8) return JSON.stringify(this.spoiled(this.message()));
    return this.hit(JSON.stringify(this.message()));
  }
  /** The next update, as it has to be. */
  sound() {
    this.version++;
    return this.update();
  }
  update() {
    const tree = structuredClone(this.root);
    return { type: "update", component_id: "c1", version: this.version, patches: randomBatch(this, tree) };
  }
  message() {
    return this.pick([
      () => this.update(),
      () => ({ type: "ack", component_id: "c1", seq: this.below(3), version: this.below(3) }),
      () => ({ type: "resync", component_id: "c1", version: this.below(9), html: this.pick(VALUES) }),
      () => ({ type: "push", component_id: "c1", event: this.pick(NAMES), detail: this.pick(VALUES) }),
      () => ({ type: "error", component_id: "c1", code: this.pick(VALUES), message: "", fields: this.pick(VALUES) }),
      () => ({ type: "drain", retry_ms: this.pick(VALUES) }),
      () => structuredClone(this.pick(VALUES)),
    ])();
  }
  spoiled(message) {
    if (!(message instanceof Object)) return message;
    for (let count = 1 + this.below(3); count-- > 0; ) {
      const name = this.pick(NAMES);
      const value = this.pick(name === "type" ? TYPES : VALUES);
      if (this.next() < 0.2) delete message[name];
      else Object.defineProperty(message, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return message;
  }
  patches() {
    return Array.from({ length: 1 + this.below(3) }, () => {
      const known = places(this.root).map(([, path]) => path);
      const patch = { path: this.pick(this.next() < 0.5 && known.length ? known : PATHS) };
      for (let count = this.below(4); count-- > 0; ) {
        const value = this.pick([...VALUES, "<b>x</b>", 0, 1, 2, [0], [[0, 1]], [1, 0], [[5, 1]], [["0", "1"]]]);
        Object.defineProperty(patch, this.pick(PATCH_KEYS), { value, enumerable: true, configurable: true });
      }
      return patch;
    });
  }
  hit(text) {
    for (let count = 1 + this.below(3); count-- > 0; ) {
      const at = this.below(text.length + 1);
      text = text.slice(0, at) + this.pick(SCRAPS) + text.slice(at + this.below(8));
    }
    return text;
  }
}

/** Everything that all objects inherit from. */
const PROTOTYPES = [Object, Array, Function, String, Number, Map, Set, WeakMap, RegExp, Error, Promise, Symbol].flatMap(
  (known) => [known, known.prototype],
);
/** Their members, one after another: `[Object, "keys", {value, writable, …}]` flat, to be compared by identity. */
const inherited = () =>
  PROTOTYPES.flatMap((item) =>
    Reflect.ownKeys(item).flatMap((name) => [item, name, ...Object.values(Object.getOwnPropertyDescriptor(item, name))]),
  );

test(`${FRAMES} frames that no server sends (seed ${SEED})`, async (t) => {
  const before = inherited();
  const fuzz = new Fuzz(SEED);
  const said = t.mock.method(console, "error", () => {});
  const asked = { applied: 0, resync: 0 };
  for (let sent = 0; sent < FRAMES; sent += FRAMES_PER_PAGE) {
    fuzz.begin();
    const server = await connect(toHtml(fuzz.root.children));
    server.root.addEventListener("live:update", () => asked.applied++);
    for (let count = 0; count < FRAMES_PER_PAGE; count++) {
      server.socket.receive(fuzz.frame());
      if (count % 10) continue;
      assert.equal(document.body.childNodes.length, 1);
      const html = `<p>${count}</p>`;
      server.send({ type: "resync", version: count, html });
      assert.equal(print(server.root), html);
      fuzz.root = { children: [{ tag: "p", attributes: {}, children: [{ text: String(count) }] }] };
      fuzz.version = count;
    }
    asked.resync += server.sent.filter(({ type }) => type === "resync").length;
    for (const { type } of server.sent) assert.match(type, /^(?:resync|ping)$/);
    server.socket.drop();
    clock.tick(100);
  }
  const after = inherited();
  assert.equal(after.length, before.length);
  assert.ok(after.every((part, at) => Object.is(part, before[at])), "a prototype has changed");
  assert.equal({}.polluted ?? globalThis.polluted, undefined);
  assert.ok(asked.applied > FRAMES / 50 && asked.resync > FRAMES / 500, JSON.stringify(asked));
  console.log(`${JSON.stringify(asked)}, ${said.mock.callCount()} errors told to the console, none thrown`);
});
