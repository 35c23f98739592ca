/** After an event that fails, for whatever reason, the next two are sent with the numbers that the server expects. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fire } from "./fake_dom.mjs";
import { FakeSocket, load } from "./fake_server.mjs";

const { failures } = JSON.parse(readFileSync(new URL("../vectors/events/failures.json", import.meta.url), "utf8"));
const MAX_BYTES = 65_521;

/** A value that JSON cannot hold, or that would be too long to write down. */
function made([kind, ...rest]) {
  const circle = [];
  circle.push(circle);
  const makers = {
    repeat: (text, times) => text.repeat(times),
    many: (count) => Array.from({ length: count }, (_, at) => at),
    integer: Number,
    nest: (depth) => Array.from({ length: depth }).reduce((value) => [value], []),
    circle: () => circle,
    "no JSON": () => 2n ** 70n,
  };
  return makers[kind](...rest);
}

/** A page with the event and a button that counts; the server has said how much it takes. */
async function pageFor(call) {
  const server = await load(`<i @pick="${call}"></i><button @click="add">+</button>`);
  server.socket.open();
  server.send({ type: "ack", seq: 0, version: 0, mount: 1, max_bytes: MAX_BYTES });
  return server;
}

const find = (server, name) => server.root.querySelectorAll(name)[0];
const pick = (server, given) => fire(find(server, "i"), "pick", given === undefined ? {} : { detail: { given } });
const press = (server) => fire(find(server, "button"), "click");
const isBusy = (server) => find(server, "i").getAttribute("aria-busy") === "true";
const told = (server) => server.heard.filter(([name]) => name === "error").map(([, detail]) => detail);
const numbers = (server) => server.sent.filter(({ type }) => type === "event").map(({ seq, event }) => [event, seq]);

/** Both clicks are sent, with the next numbers, and end when they are answered. */
function bothClicksCount(server, last) {
  for (const seq of [last + 1, last + 2]) {
    press(server);
    assert.deepEqual(numbers(server).at(-1), ["add", seq]);
    assert.equal(find(server, "button").getAttribute("aria-busy"), "true");
    server.ack(seq);
    assert.equal(find(server, "button").getAttribute("aria-busy"), null);
  }
}

for (const { name, call, given, make, by, code } of failures) {
  test(`after ${name} two clicks count`, async () => {
    const server = await pageFor(call);
    pick(server, make ? made(make) : given);
    if (by === "client") {
      assert.deepEqual(numbers(server), []);
    } else {
      assert.equal(numbers(server).length, 1);
      assert.ok(isBusy(server));
      const error = { code, message: "It was not done." };
      if (by === "view") server.send({ type: "error", ...error });
      server.send({ type: "ack", seq: 1, version: 0, ...(by === "server" && { error }) });
    }
    assert.deepEqual(told(server).map((detail) => detail.code), [code]);
    assert.ok(told(server)[0].message);
    assert.ok(!isBusy(server));
    bothClicksCount(server, by === "client" ? 0 : 1);
    assert.equal(FakeSocket.all.length, 1);
  });
}

for (const make of [["repeat", "x", 70_000], ["repeat", "é", 40_000]]) {
  test(`offline: ${make[1].repeat(3)}… that is too long is told when the limit is known, and not sent`, async () => {
    const server = await pageFor("take(given)");
    server.reopen(() => {
      press(server);
      pick(server, made(make));
      press(server);
    });
    server.send({ type: "ack", seq: 0, version: 0, mount: 1, max_bytes: MAX_BYTES });
    assert.deepEqual(told(server).map(({ code }) => code), ["too_large"]);
    assert.deepEqual(numbers(server), [["add", 1], ["add", 2]]);
    server.ack(2);
    bothClicksCount(server, 2);
    server.reopen();
    server.send({ type: "ack", seq: 4, version: 0, mount: 1, max_bytes: MAX_BYTES });
    assert.deepEqual(numbers(server), []);
    assert.equal(told(server).length, 1);
  });
}

test("the largest event that is allowed is sent, and sent again with its number", async () => {
  const server = await pageFor("take(given)");
  pick(server, "");
  const length = JSON.stringify(server.sent[0]).length;
  server.ack(1);
  pick(server, "x".repeat(MAX_BYTES - length));
  pick(server, "x".repeat(MAX_BYTES - length + 1));
  assert.deepEqual(numbers(server), [["take", 1], ["take", 2]]);
  assert.ok(JSON.stringify(server.sent[1]).length <= MAX_BYTES + 15);
  server.reopen();
  server.send({ type: "ack", seq: 1, version: 0, mount: 1, max_bytes: MAX_BYTES });
  assert.deepEqual(numbers(server), [["take", 2]]);
  assert.deepEqual(told(server).map(({ code }) => code), ["too_large"]);
});

test("an event has what it had when it happened, though a script changes that while it waits", async () => {
  const server = await pageFor("take(given)");
  const given = { text: "before" };
  server.reopen(() => pick(server, given));
  given.text = "after";
  given.given = given;
  server.send({ type: "ack", seq: 0, version: 0, mount: 1, max_bytes: MAX_BYTES });
  assert.deepEqual(server.sent[0].args, [{ text: "before" }]);
});

test("what a script does when it hears of a refusal is sent after it", async () => {
  const server = await pageFor("take(given)");
  server.root.addEventListener("live:error", () => press(server));
  pick(server, "x".repeat(70_000));
  pick(server, 1);
  assert.deepEqual(numbers(server), [["add", 1], ["take", 2]]);
});

test("what a script does when it hears that an event is lost is sent to the new server", async () => {
  const server = await pageFor("take(given)");
  pick(server, 1);
  server.root.addEventListener("live:error", () => press(server));
  server.reopen(() => pick(server, 2));
  server.send({ type: "ack", seq: 0, version: 0, mount: 2, max_bytes: MAX_BYTES, again: true });
  assert.deepEqual(told(server).map(({ code }) => code), ["lost", "unsent"]);
  assert.deepEqual(numbers(server), [["add", 1], ["add", 2]]);
});

test("what a script does when the page is connected is sent after what waited", async () => {
  const server = await pageFor("take(given)");
  server.root.addEventListener("live:connected", () => press(server));
  server.reopen(() => pick(server, 1));
  server.send({ type: "ack", seq: 0, version: 0, mount: 1, max_bytes: MAX_BYTES });
  assert.deepEqual(numbers(server), [["take", 1], ["add", 2]]);
});

test("an event names its kind, its number and its component first", async () => {
  const server = await pageFor("take(given)");
  pick(server, 1);
  assert.match(JSON.stringify(server.sent[0]), /^\{"type":"event","seq":1,"component_id":"c1",/);
});

test("a patch that does not fit is told in few words, however long it is", async () => {
  const server = await pageFor("take(given)");
  server.update(1, { path: "nowhere", html: "x".repeat(100_000) });
  assert.equal(server.sent[0].type, "resync");
  assert.ok(server.sent[0].reason.length <= 200);
});

test("the submit buttons of a form whose event is too large are let go", async () => {
  const server = await load('<form @submit="save"><textarea name="text"></textarea><button>Save</button></form>');
  server.socket.open();
  server.send({ type: "ack", seq: 0, version: 0, mount: 1, max_bytes: MAX_BYTES });
  const [form] = server.root.querySelectorAll("form");
  const [area] = server.root.querySelectorAll("textarea");
  for (const [value, seq] of [["x".repeat(70_000), 0], ["short", 1], ["shorter", 2]]) {
    area.value = value;
    fire(form, "submit");
    assert.equal(numbers(server).length, seq);
    if (seq) server.ack(seq);
    assert.equal(find(server, "button").disabled, false);
  }
});
