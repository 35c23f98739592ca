/** The table of a session: what each message does in each state of the line and of the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";

const { createMirror } = await import("../../runtime_js/mirror.js");
const { createSession, post, receive, show } = await import("../../runtime_js/session.js");
const { hooks } = await import("../../runtime_js/hooks.js");
const { patching } = await import("../../runtime_js/patching.js");
Object.assign(hooks, patching, { perform() {} });

const text = (value) => [{ path: "p/text", value }];
const MESSAGES = {
  "the next update": { type: "update", version: 1, patches: text("next") },
  "an old update": { type: "update", version: 0, patches: text("old") },
  "an update after a gap": { type: "update", version: 3, patches: text("gap") },
  "an update that does not fit": { type: "update", version: 1, patches: [{ path: "q/text", value: "?" }] },
  "a snapshot": { type: "resync", version: 4, html: "<p>snapshot</p>" },
  "an answer": { type: "ack", seq: 0, version: 0, mount: 1 },
  "an answer with another version": { type: "ack", seq: 0, version: 9, mount: 1 },
};

/** A session of one paragraph, in a state; what it says from then on is in `told`. */
function sessionIn(state) {
  const isBroken = state.includes("broken");
  const root = page(`<p>0</p>${isBroken ? "<x-other></x-other>" : ""}`, ' data-live-component="c1" data-live-token="t1" data-live-elements="1"');
  const heard = [];
  for (const name of ["update", "saved", "missed", "error"]) {
    root.addEventListener(`live:${name}`, (event) => {
      event.preventDefault();
      heard.push([name, event.detail]);
    });
  }
  createMirror(root);
  const told = [];
  const session = createSession(root, (message) => told.push(message.type));
  show(session, "connecting");
  const say = (message) => receive(session, root, message);
  if (state.includes("joined")) say(MESSAGES["an answer"]);
  if (state.includes("awaited")) say(MESSAGES["an update after a gap"]);
  told.length = 0;
  return { session, root, told, say, heard };
}

/** State, message, what the page shows then, and what the server is told. */
const TABLE = [
  ["apart, current", "the next update", "next", []],
  ["apart, current", "an old update", "0", []],
  ["apart, current", "an update after a gap", "0", ["resync"]],
  ["apart, current", "an update that does not fit", "0", ["resync"]],
  ["apart, current", "a snapshot", "snapshot", []],
  ["apart, current", "an answer", "0", []],
  ["apart, current", "an answer with another version", "0", ["resync"]],
  ["apart, broken", "the next update", "0", []],
  ["apart, broken", "an update after a gap", "0", []],
  ["apart, broken", "a snapshot", "snapshot", []],
  ["apart, broken", "an answer", "0", ["resync"]],
  ["apart, awaited", "the next update", "0", []],
  ["apart, awaited", "a snapshot", "snapshot", []],
  ["apart, awaited", "an answer with another version", "0", []],
  ["joined, current", "the next update", "next", []],
  ["joined, current", "an old update", "0", []],
  ["joined, current", "an update after a gap", "0", ["resync"]],
  ["joined, current", "an update that does not fit", "0", ["resync"]],
  ["joined, current", "a snapshot", "snapshot", []],
  ["joined, current", "an answer", "0", []],
  ["joined, current", "an answer with another version", "0", ["resync"]],
  ["joined, awaited", "the next update", "0", []],
  ["joined, awaited", "an update after a gap", "0", []],
  ["joined, awaited", "a snapshot", "snapshot", []],
  ["joined, awaited", "an answer with another version", "0", []],
  ["joined, broken and asked for", "the next update", "0", []],
  ["joined, broken and asked for", "an answer with another version", "0", []],
  ["joined, broken and asked for", "a snapshot", "snapshot", []],
];

for (const [state, message, shown, told] of TABLE) {
  test(`${state}: ${message}`, () => {
    const session = sessionIn(state);
    session.say(MESSAGES[message]);
    assert.deepEqual([session.root.textContent, session.told], [shown, told]);
  });
}

test("after a snapshot the page goes on from its version, also where it was broken", () => {
  for (const state of ["joined, current", "joined, awaited", "joined, broken and asked for"]) {
    const { root, say, told } = sessionIn(state);
    say(MESSAGES["a snapshot"]);
    say({ type: "update", version: 5, patches: text("5") });
    assert.deepEqual([root.textContent, told], ["5", []], state);
  }
});

test("a new connection forgets that a snapshot was asked for, not that the page is broken", () => {
  for (const [state, told] of [["joined, awaited", ["connect", "resync"]], ["joined, broken and asked for", ["connect", "resync"]], ["joined, current", ["connect"]]]) {
    const session = sessionIn(state);
    show(session.session, "disconnected");
    show(session.session, "connecting");
    session.say(state === "joined, current" ? MESSAGES["an answer"] : { ...MESSAGES["an answer"], version: state.includes("broken") ? 0 : 9 });
    assert.deepEqual(session.told, told, state);
  }
});

for (const state of ["apart, current", "joined, current", "joined, awaited"]) {
  test(`${state}: what is pushed is handed on, and what was missed is told before`, () => {
    const { say, heard } = sessionIn(state);
    say({ type: "push", event: "saved", detail: 7, missed: 2 });
    assert.deepEqual(heard, [["missed", { count: 2 }], ["saved", 7]]);
  });

  test(`${state}: an error ends its event`, () => {
    const { session, root, say, heard } = sessionIn(state);
    post(session, { event: "add" }, root, {});
    say({ type: "error", seq: 1, code: "throttled", message: "slow down" });
    // one that was not sent has no number yet
    assert.equal(root.getAttribute("aria-busy"), state.includes("apart") ? "true" : null);
    assert.deepEqual(heard.at(-1), ["error", { code: "throttled", message: "slow down", fields: undefined }]);
  });

  test(`${state}: an error that is not an event's ends none`, () => {
    const { session, root, say, heard } = sessionIn(state);
    post(session, { event: "add" }, root, {});
    say({ type: "error", code: "handler_failed", message: "a timer" });
    assert.deepEqual([root.getAttribute("aria-busy"), session.pending.size], ["true", 1]);
    assert.equal(heard.at(-1)[1].message, "a timer");
  });
}

for (const type of ["pong", "constructor", "__proto__", "toString", null, undefined]) {
  test(`a message of type ${type} does nothing`, () => {
    const { say, told, root } = sessionIn("joined, current");
    say({ type, version: 1, patches: text("?") });
    assert.deepEqual([root.textContent, told], ["0", []]);
  });
}
