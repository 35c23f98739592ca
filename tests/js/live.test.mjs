import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page, parse, print } from "./fake_dom.mjs";
import { clock, connect, FakeSocket, load } from "./fake_server.mjs";

const { extras } = await import("../../runtime_js/hooks.js");

const BUTTON = '<p>0</p><button @click="add">+</button>';
const event = (seq, more = {}) => ({ type: "event", component_id: "c1", seq, event: "add", params: {}, fields: [], ...more });
const press = (server) => fire(server.root.querySelectorAll("button")[0], "click");
const stateOf = (server) => server.root.getAttribute("class");

// Connection -------------------------------------------------------------------------------------------------

test("a page connects and joins", async () => {
  const server = await load(BUTTON);
  assert.match(server.socket.url, /runtime_js\/ws\?c1$/);
  assert.equal(stateOf(server), "live-connecting");
  server.socket.open();
  const [{ page: drawn, ...others }] = server.socket.sent;
  assert.deepEqual(others, { type: "connect", component_id: "c1", token: "t1", version: 0 });
  assert.ok(drawn >= 0 && Number.isInteger(drawn));
  server.ack(0);
  assert.equal(stateOf(server), "live-connected");
  assert.deepEqual(server.heard.map(([name]) => name), ["connecting", "connecting", "connected"]);
});

test("the address of the socket can be said by the page", async () => {
  document.documentElement.attributes_.set("data-live-url", "/elsewhere");
  try {
    assert.equal((await load("")).socket.url, "ws://test/elsewhere?c1");
  } finally {
    document.documentElement.attributes_.delete("data-live-url");
  }
});

test("a page without components connects nothing", async () => {
  await load("");
  page("");
  FakeSocket.all = [];
  const { start } = await import("../../runtime_js/live.js?none");
  start();
  assert.equal(FakeSocket.all.length, 0);
});

test("waits double up to 30 s, and start anew after success", async () => {
  const server = await connect("");
  const waits = [];
  for (let count = 0; count < 9; count++) {
    server.socket.drop();
    assert.equal(stateOf(server), "live-disconnected");
    const sockets = FakeSocket.all.length;
    let waited = 0;
    for (; FakeSocket.all.length === sockets; waited += 50) clock.tick(50);
    waits.push(waited);
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  server.join();
  server.socket.drop();
  const sockets = FakeSocket.all.length;
  clock.tick(250);
  assert.equal(FakeSocket.all.length, sockets + 1);
});

test("the network or the user is back: no wait", async () => {
  for (const [target, type] of [[globalThis, "online"], [document, "visibilitychange"]]) {
    const server = await connect("");
    const lost = server.socket;
    lost.drop();
    fire(target, type);
    assert.notEqual(server.socket, lost);
    server.join();
    const { socket } = server;
    clock.tick(60_000 - 35_001);
    fire(target, type);
    assert.deepEqual(socket.sent.at(-1), { type: "ping" });
  }
});

test("an attempt that hangs when the network or the user is back is given up, and another one made at once", async () => {
  for (const [target, type] of [[globalThis, "online"], [document, "visibilitychange"]]) {
    const server = await load("");
    const hangs = server.socket;
    fire(target, type);
    assert.deepEqual([hangs.readyState, server.socket === hangs], [3, false]);
    server.join();
    assert.equal(stateOf(server), "live-connected");
  }
});

test("an attempt that was given up and opens after all is not heard: the page stays joined by the next one", async () => {
  const server = await load("");
  const hangs = server.socket;
  fire(globalThis, "online");
  server.join();
  hangs.open();
  assert.equal(stateOf(server), "live-connected");
  assert.equal(server.sent.filter(({ type }) => type === "connect").length, 0);
});

test("a quiet peer is asked, and dropped when it does not answer", async () => {
  const server = await connect("");
  clock.tick(24_999);
  assert.deepEqual(server.sent, []);
  clock.tick(1);
  assert.deepEqual(server.sent, [{ type: "ping" }]);
  server.send({ type: "pong" });
  clock.tick(25_000);
  assert.equal(server.sent.length, 2);
  clock.tick(9_999);
  assert.equal(stateOf(server), "live-connected");
  clock.tick(1);
  assert.equal(stateOf(server), "live-disconnected");
  clock.tick(250);
  assert.equal(FakeSocket.all.length, 2);
});

test("a connection that never opens is given up", async () => {
  await load("");
  clock.tick(35_250);
  assert.equal(FakeSocket.all.length, 2);
});

test("what a socket says after it was given up is not heard", async () => {
  const server = await connect("<p>0</p>");
  const old = server.socket;
  clock.tick(35_000);
  old.receive({ type: "update", component_id: "c1", version: 1, patches: [{ path: "p/text", value: "ghost" }] });
  assert.equal(server.root.textContent, "0");
});

test("a server that drains says when to come back", async () => {
  const server = await connect("");
  server.socket.receive({ type: "drain", retry_ms: 7000 });
  server.socket.drop(1012);
  clock.tick(6999);
  assert.equal(FakeSocket.all.length, 1);
  clock.tick(1);
  assert.equal(FakeSocket.all.length, 2);
  server.socket.drop();
  clock.tick(500);
  assert.equal(FakeSocket.all.length, 3);
});

for (const [code, comesBack] of [[1000, true], [1006, true], [1012, true], [4000, true], [4409, false], [4499, true], [4500, false], [4501, false]]) {
  test(`close code ${code} ${comesBack ? "allows" : "forbids"} to come back`, async () => {
    const server = await connect("");
    server.socket.drop(code);
    clock.tick(60_000);
    assert.equal(FakeSocket.all.length > 1, comesBack);
  });
}

test("who is refused reads what the server says of it", async () => {
  const server = await connect("");
  server.socket.drop(4501, "You are not let in.");
  assert.deepEqual(server.heard.at(-1), ["error", { code: "refused", message: "You are not let in.", fields: undefined }]);
});

test("a page that goes away leaves, and comes back with its state", async () => {
  const server = await connect(BUTTON);
  fire(globalThis, "pagehide");
  assert.equal(server.socket.readyState, 3);
  clock.tick(250);
  assert.equal(FakeSocket.all.length, 2);
});

test("components that have left the page are not connected again", async () => {
  const server = await connect("");
  page("");
  server.reopen();
  assert.deepEqual(server.socket.sent, []);
});

test("the server is told of components that have left the page", async () => {
  const server = await connect("");
  page("", ' data-live-component="c2" data-live-token="t2"');
  server.start();
  const sent = [
    { type: "leave", component_id: "c1" },
    { type: "connect", component_id: "c2", token: "t2", version: 0, page: server.socket.sent[0].page },
  ];
  assert.deepEqual(server.socket.sent.slice(1), sent);
  server.start();
  assert.deepEqual(server.socket.sent.slice(1), sent);
});

test("a page that was served of a later version goes on from there", async () => {
  const server = await connect("");
  page("", ' data-live-component="c2" data-live-token="t2" data-live-version="7"');
  server.start();
  const { page: drawn, ...others } = server.socket.sent.at(-1);
  assert.deepEqual(others, { type: "connect", component_id: "c2", token: "t2", version: 7 });
});

test("a page that has expired is loaded again, but not if that was just done", async (t) => {
  const server = await connect("");
  const { reloads } = location;
  let now = 1_000_000;
  t.mock.method(Date, "now", () => now);
  const expire = async () => {
    server.send({ type: "error", code: "expired", message: "" });
    await extras();
    await new Promise(setImmediate);
  };
  await expire();
  clock.tick(4999);
  assert.equal(location.reloads, reloads);
  clock.tick(1);
  assert.equal(location.reloads, reloads + 1);
  now += 9_999;
  await expire();
  clock.tick(10_000);
  assert.equal(location.reloads, reloads + 1);
  now += 1;
  await expire();
  clock.tick(5000);
  assert.equal(location.reloads, reloads + 2);
});

for (const [what, storage, isLoaded] of [
  ["a clock that was set back loads an expired page again", { "http://test/": Date.now() + 3_600_000 }, true],
  ["where storage is denied an expired page stays", null, false],
  ["where storage is full an expired page stays", Object.freeze({}), false],
]) {
  test(what, async (t) => {
    const server = await connect("");
    const { reloads } = location;
    const old = sessionStorage;
    const get = () => {
      if (!storage) throw new Error("SecurityError");
      return storage;
    };
    Object.defineProperty(globalThis, "sessionStorage", { get, configurable: true });
    t.after(() => Object.defineProperty(globalThis, "sessionStorage", { value: old, configurable: true, writable: true }));
    server.send({ type: "error", code: "expired", message: "Too old." });
    await extras();
    await new Promise(setImmediate);
    try {
      clock.tick(5000);
    } catch (error) {
      assert.ok(!isLoaded, error);
    }
    assert.equal(location.reloads, reloads + isLoaded);
    assert.deepEqual(server.heard.at(-1), ["error", { code: "expired", message: "Too old.", fields: undefined }]);
  });
}

test("a page that leads to another one goes there at once, however often", async (t) => {
  const server = await connect("");
  const here = location;
  t.after(() => { globalThis.location = here; });
  const { reloads } = here;
  for (const to of ["/log_in?next=1", "?page=2"]) {
    server.socket.receive({ type: "error", code: "expired", message: "", location: to });
    await extras();
    await new Promise(setImmediate);
    assert.equal(globalThis.location, to);
  }
  clock.tick(10_000);
  assert.equal(here.reloads, reloads);
  assert.deepEqual(server.heard.filter(([name]) => name === "error"), []);
});

// Versions ---------------------------------------------------------------------------------------------------

test("updates are applied in order, each once", async () => {
  const server = await connect("<p>0</p>");
  server.update(1, { path: "p/text", value: "1" });
  server.update(1, { path: "p/text", value: "again" });
  server.update(0, { path: "p/text", value: "old" });
  server.update(2, { path: "p/text", value: "2" });
  assert.equal(server.root.textContent, "2");
  assert.deepEqual(server.sent, []);
  assert.deepEqual(server.heard.slice(-2), [["update", { version: 1 }], ["update", { version: 2 }]]);
});

test("messages that go together are one frame, and one that fails does not stop the others", async (t) => {
  const errors = t.mock.method(console, "error", () => {});
  const server = await connect("<p>0</p>");
  const update = (version) => ({ type: "update", component_id: "c1", version, patches: [{ path: "p/text", value: `${version}` }] });
  server.socket.receive([update(1), null, update(2), { type: "ack", component_id: "c1", seq: 0, version: 2 }]);
  assert.equal(server.root.textContent, "2");
  assert.deepEqual(server.sent, []);
  assert.equal(errors.mock.callCount(), 1);
});

test("a gap: one snapshot is asked for, and what comes meanwhile is not applied", async () => {
  const server = await connect("<p>0</p>");
  server.update(2, { path: "p/text", value: "2" });
  server.update(3, { path: "p/text", value: "3" });
  server.update(1, { path: "p/text", value: "1" });
  assert.equal(server.root.textContent, "0");
  assert.deepEqual(server.sent, [{ type: "resync", component_id: "c1", reason: "gap" }]);
  server.send({ type: "resync", version: 3, html: "<p>3</p>" });
  server.update(4, { path: "p/text", value: "4" });
  assert.equal(server.root.textContent, "4");
});

test("a patch that does not fit: the page stays as it was until the snapshot", async () => {
  const server = await connect("<p>0</p><i></i>");
  server.update(1, { path: "p/text", value: "1" }, { path: "q/text", value: "?" });
  assert.equal(server.root.textContent, "0");
  assert.equal(server.sent[0].type, "resync");
  assert.match(server.sent[0].reason, /does not fit: \{"path":"q\/text"/);
  server.send({ type: "resync", version: 1, html: "<p>1</p><i></i>" });
  assert.equal(print(server.root), "<p>1</p><i></i>");
});

test("a write that fails half-way is put right by the snapshot", async () => {
  const server = await connect("<p>0</p><i></i>");
  const [p, i] = server.root.children_;
  i.setAttribute = () => assert.fail();
  Object.setPrototypeOf(i, { __proto__: Object.getPrototypeOf(i), setAttribute: () => assert.fail("broken") });
  server.update(1, { path: "", insert: 2, html: "<b></b>" }, { path: "i/@class", value: "x" }, { path: "p/@class", value: "y" });
  assert.equal(server.sent[0].type, "resync");
  Object.setPrototypeOf(i, Object.getPrototypeOf(p));
  server.send({ type: "resync", version: 1, html: '<p class="y">0</p><i class="x"></i><b></b>' });
  assert.equal(print(server.root), '<p class="y">0</p><i class="x"></i><b></b>');
});

test("an ack of a version we do not have asks for a snapshot", async () => {
  const server = await connect("<p>0</p>");
  server.ack(0, 1);
  assert.equal(server.sent[0].type, "resync");
});

test("a page that has other elements than the server wrote asks for a snapshot before it applies anything", async () => {
  const server = await load("<x-bar></x-bar><p>0</p>", ' data-live-elements="1"');
  server.join();
  server.update(1, { path: "p/text", value: "1" });
  assert.deepEqual(server.sent.map(({ type }) => type), ["resync"]);
  server.send({ type: "resync", version: 1, html: "<p>1</p>" });
  assert.equal(print(server.root), "<p>1</p>");
  server.update(2, { path: "p/text", value: "2" });
  assert.equal(print(server.root), "<p>2</p>");
  server.socket.drop();
  assert.equal(server.sent.length, 1);
});

test("a page that has the elements that the server wrote asks for nothing", async () => {
  const filled = "<p data-live-ignore><b></b></p><selectedcontent><b><i></i></b></selectedcontent>"; // by others
  const server = await load(`<p>0</p><hr>${filled}`, ' data-live-elements="4"');
  server.join();
  assert.deepEqual(server.sent, []);
});

test("after a lost connection missed updates come before the ack, and nothing is asked for", async () => {
  const server = await connect("<p>0</p>");
  server.update(1, { path: "p/text", value: "1" });
  server.reopen();
  assert.equal(server.socket.sent[0].version, 1);
  server.update(2, { path: "p/text", value: "2" });
  server.ack(0, 2);
  assert.equal(server.root.textContent, "2");
  assert.deepEqual(server.sent, []);
});

test("a snapshot that was asked for and lost with the connection is asked for again", async () => {
  const server = await connect("<p>0</p>");
  server.update(2);
  server.socket.drop();
  clock.tick(250);
  server.join(0, 2);
  assert.equal(server.sent[0].type, "resync");
});

test("an update of a component that is gone is a gap", async () => {
  const server = await connect('<div data-live-component="c1.1"><p>a</p></div>');
  server.update(1, { path: "", remove: 0 });
  server.send({ type: "update", component_id: "c1.1", version: 2, patches: [] });
  server.update(3);
  assert.equal(server.sent[0].type, "resync");
});

// Events -----------------------------------------------------------------------------------------------------

test("events are numbered, and busy until acknowledged", async () => {
  const server = await connect(BUTTON);
  const [button] = server.root.querySelectorAll("button");
  press(server);
  press(server);
  assert.deepEqual(server.sent, [event(1), event(2)]);
  assert.equal(button.getAttribute("class"), "live-loading");
  assert.equal(button.getAttribute("aria-busy"), "true");
  server.ack(1);
  assert.equal(button.getAttribute("class"), "live-loading");
  server.ack(2);
  assert.equal(button.getAttribute("class"), "");
  assert.equal(button.getAttribute("aria-busy"), null);
});

test("a class that the server sets meanwhile does not end what is shown", async () => {
  const server = await connect(BUTTON);
  press(server);
  server.update(1, { path: "button/@class", value: "on" });
  assert.equal(server.root.children_[1].getAttribute("class"), "on live-loading");
});

test("events wait until the server has taken us, 64 of them", async () => {
  const server = await load(BUTTON);
  for (let count = 0; count < 70; count++) press(server);
  const told = server.heard.filter(([name]) => name === "error").map(([, { code, message }]) => [code, message]);
  assert.deepEqual(told, Array(6).fill(["busy", "Busy."]));
  server.socket.open();
  assert.deepEqual(server.sent, []);
  server.ack(0);
  assert.deepEqual(server.sent.map(({ seq }) => seq), Array.from({ length: 64 }, (_, at) => at + 1));
});

test("what was not acknowledged is sent again with its number, also what ran: it may have failed", async () => {
  const server = await connect(BUTTON);
  for (let count = 0; count < 3; count++) press(server);
  server.ack(1);
  server.socket.drop();
  press(server);
  clock.tick(250);
  server.join(2);
  assert.deepEqual(server.sent.map(({ seq }) => seq), [2, 3, 4]);
  server.send({ type: "ack", seq: 2, version: 0, error: { code: "handler_failed" } });
  assert.equal(server.heard.at(-1)[1].code, "handler_failed");
  server.ack(4);
  press(server);
  assert.equal(server.sent.at(-1).seq, 5);
});

test("a server that lost its state: no event is run twice, and the page is told", async () => {
  const server = await connect(BUTTON);
  press(server);
  server.ack(1);
  press(server);
  server.reopen();
  server.send({ type: "resync", version: 1, html: BUTTON });
  server.send({ type: "ack", seq: 0, version: 1, again: true });
  assert.deepEqual(server.sent, []);
  assert.equal(server.heard.find(([name]) => name === "error")[1].code, "lost");
  assert.equal(server.root.children_[1].getAttribute("class"), "");
  press(server);
  assert.equal(server.sent.at(-1).seq, 1);
});

test("a server that mounted anew is not sent what was sent before any answer, nor what waited for it", async () => {
  const server = await connect(BUTTON);
  press(server);
  server.reopen(() => press(server));
  server.send({ type: "ack", seq: 0, version: 0, again: true });
  assert.deepEqual(server.sent, []);
  assert.deepEqual(server.heard.filter(([name]) => name === "error").map(([, { code, message }]) => [code, message]), [
    ["lost", "It may have been done."],
    ["unsent", "It was not done."],
  ]);
  press(server);
  assert.equal(server.sent.at(-1).seq, 1);
  server.ack(1);
  server.socket.drop();
  press(server);
  clock.tick(250);
  server.join(1);
  assert.equal(server.sent.at(-1).seq, 2);
});

test("the server is told which mount the page comes from, and another one's numbers are not taken for ours", async () => {
  const server = await load(BUTTON);
  const come = (answer) => {
    clock.tick(250);
    server.socket.open();
    server.send({ type: "ack", version: 0, ...answer });
    return server.socket.sent[0].mount;
  };
  assert.equal(come({ seq: 0, mount: 11 }), undefined);
  server.socket.drop();
  assert.equal(come({ seq: 0, mount: 22, again: true }), 11);
  server.socket.drop();
  press(server);
  assert.equal(come({ seq: 3, mount: 33, again: true }), 22);
  assert.deepEqual(server.sent, []);
  assert.equal(server.heard.find(([name]) => name === "error")[1].code, "unsent");
  press(server);
  assert.equal(server.sent.at(-1).seq, 4);
});

test("a copy of the page has sent events: none of ours is taken for one of them", async () => {
  const server = await connect(BUTTON);
  press(server);
  server.ack(1);
  press(server);
  server.reopen();
  server.send({ type: "ack", seq: 2, version: 0, again: true });
  assert.deepEqual(server.sent, []);
  assert.deepEqual(server.heard.filter(([name]) => name === "error").map(([, detail]) => detail.code), ["lost"]);
  assert.ok(!server.heard.some(([name]) => name === "lost"), "the server's state is not");
  press(server);
  assert.equal(server.sent.at(-1).seq, 3);
});

test("what waits for the first connection is sent, also to a server that had to mount anew", async () => {
  const server = await load(BUTTON);
  press(server);
  server.socket.open();
  server.send({ type: "ack", seq: 0, version: 0, again: true });
  assert.deepEqual(server.sent.map(({ seq }) => seq), [1]);
});

test("an error ends its event and is told to the page", async () => {
  const server = await connect(BUTTON);
  press(server);
  server.send({ type: "error", seq: 1, code: "throttled", message: "slow down", fields: { a: "b" } });
  assert.deepEqual(server.heard.at(-1), ["error", { code: "throttled", message: "slow down", fields: { a: "b" } }]);
  assert.equal(server.root.children_[1].getAttribute("class"), "");
  press(server);
  server.send({ type: "ack", seq: 2, version: 0, error: { code: "bad_argument", message: "no" } });
  assert.equal(server.heard.at(-1)[1].code, "bad_argument");
});

test("server events are dispatched on their component", async () => {
  const server = await connect("");
  server.send({ type: "push", event: "saved", detail: [1] });
  assert.deepEqual(server.heard.at(-1), ["saved", [1]]);
});

test("how many server events were dropped is told before the one that came through", async () => {
  const server = await connect("");
  server.send({ type: "push", event: "saved", detail: 4, missed: 3 });
  server.send({ type: "push", event: "saved", detail: 5 });
  assert.deepEqual(server.heard.slice(-3), [["missed", { count: 3 }], ["saved", 4], ["saved", 5]]);
});

test("a submit holds the buttons of its form", async () => {
  const server = await connect('<form @submit="save"><button></button><button type="button"></button><button disabled=""></button></form>');
  const [form] = server.root.children_;
  const sent = fire(form, "submit");
  assert.ok(sent.defaultPrevented);
  assert.deepEqual(form.children_.map((button) => button.disabled), [true, false, true]);
  server.ack(1);
  assert.deepEqual(form.children_.map((button) => button.disabled), [false, false, true]);
});

test("the submit button that has the focus keeps it, and says that it is disabled", async () => {
  const server = await connect('<form @submit="save"><button></button><button></button></form>');
  const [form] = server.root.children_;
  const [first, second] = form.children_;
  first.focus();
  fire(form, "submit");
  assert.deepEqual([first.disabled, first.ariaDisabled, second.disabled], [false, "true", true]);
  assert.ok(fire(first, "click").defaultPrevented);
  server.ack(1);
  assert.deepEqual([first.disabled, first.ariaDisabled, second.disabled], [false, null, false]);
  assert.ok(!fire(first, "click").defaultPrevented);
});

test("one listener for each type, however many elements", async () => {
  const server = await load("");
  const calls = [];
  server.root.addEventListener = undefined;
  const { addEventListener } = Object.getPrototypeOf(Node.prototype);
  Object.getPrototypeOf(Node.prototype).addEventListener = function (type, ...rest) {
    if (this === server.root) calls.push(type);
    return addEventListener.call(this, type, ...rest);
  };
  try {
    server.join();
    const rows = Array.from({ length: 100 }, () => '<i @click="a" @focus="b"></i>').join("");
    server.update(1, { path: "", insert: 0, html: rows });
    server.update(2, { path: "", insert: 0, html: rows });
  } finally {
    Object.getPrototypeOf(Node.prototype).addEventListener = addEventListener;
  }
  assert.deepEqual(calls.sort(), ["click", "click", "focus", "focus"]);
});

// Malformed frames -------------------------------------------------------------------------------------------

const FRAMES = Number(process.env.HYPER_FRAMES ?? 5000);

test(`${FRAMES} malformed frames throw nothing, and leave Object.prototype alone`, async () => {
  const { Random, SEED } = await import("./random.mjs");
  const random = new Random(SEED);
  const server = await connect("<p>0</p><ul><li>a</li></ul>");
  const members = Object.keys(Object.prototype).length;
  const error = console.error;
  console.error = () => {};
  try {
    for (let count = 0; count < FRAMES; count++) {
      if (!server.socket.onmessage) server.socket.drop(), clock.tick(60_000);
      server.socket.receive(malformed(random));
    }
  } finally {
    console.error = error;
  }
  assert.equal(Object.keys(Object.prototype).length, members);
  assert.equal({}.polluted, undefined);
  server.send({ type: "resync", version: 9e9, html: "<p>well</p>" });
  assert.equal(print(server.root), "<p>well</p>");
});

const VALUES = [null, true, 0, -1, 1.5, 2 ** 53, "", "c1", "p/text", "<b></b>", [], {}, [0, 1], "__proto__", { length: -1 }];
const KEYS = ["type", "component_id", "version", "seq", "patches", "html", "code", "error", "event", "detail", "__proto__", "constructor", "retry_ms", "fields", "message"];
const TYPES = ["ack", "update", "resync", "error", "push", "drain", "pong", "nothing", "constructor", "__proto__"];
const PATCH_KEYS = ["path", "value", "at", "insert", "delete", "html", "remove", "count", "move", "to", "order", "__proto__"];

function malformed(random) {
  const frame = { type: random.pick(TYPES), component_id: "c1", version: random.below(4) };
  for (let count = random.below(4); count--; ) frame[random.pick(KEYS)] = random.pick(VALUES);
  if (random.next() < 0.5) frame.patches = Array.from({ length: random.below(3) }, () => badPatch(random));
  const said = random.next() < 0.2 ? [random.pick(VALUES), frame, frame] : frame;
  const text = JSON.stringify(said).replace(/"__proto__":null/g, '"__proto__":{"polluted":1}');
  return random.next() < 0.1 ? text.slice(0, random.below(text.length)) : text;
}

function badPatch(random) {
  if (random.next() < 0.2) return random.pick(VALUES);
  const patch = { path: random.pick(["p/text", "p", "ul", "", "ul/li/@class", "#x", "__proto__/text"]) };
  for (let count = random.below(4); count--; ) patch[random.pick(PATCH_KEYS)] = random.pick(VALUES);
  return patch;
}
