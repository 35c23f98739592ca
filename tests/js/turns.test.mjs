/** The files that come later: what happens meanwhile waits for them, in its order, and says what it would have said. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { fire, print } from "./fake_dom.mjs";
import { clock, FakeSocket, loadFirst } from "./fake_server.mjs";

const { files } = await import("../../runtime_js/files.js");
const { hooks } = await import("../../runtime_js/hooks.js");
const { loads, need } = await import("../../runtime_js/turns.js");

// whatever needs the extras has them at once
await import("../../runtime_js/extras.js");
await import("../../runtime_js/editing.js");

const real = files.load;
const tick = () => new Promise(setImmediate);
/** Loads that wait to be answered: `{name, query, answer, fail}`. */
let asked;

beforeEach(() => {
  for (const name of Object.keys(hooks)) delete hooks[name];
  for (const name of Object.keys(loads)) delete loads[name];
  asked = [];
  // nothing is edited here that this file could lose: it is there at once
  files.load = async (name, query) =>
    name === "editing" ? real(name, query) : new Promise((done, fail) => {
      const answer = async () => {
        await real(name, query);
        done();
        await tick();
      };
      asked.push({ name, query, answer, fail: async () => (fail(Error("404")), await tick()) });
    });
});

/** A page whose files have been asked for; the socket is open, and the server has taken us. */
async function joined(html) {
  const server = await loadFirst(html);
  server.socket.open();
  server.ack(0);
  return server;
}

const find = (server, selector) => server.root.querySelectorAll(selector)[0];
const saidBy = (server) => server.sent.filter(({ type }) => type === "event").map(({ event, args, params }) => [event, args ?? params]);
const answerAll = async () => {
  for (const load of asked.splice(0)) await load.answer();
};

test("a page with buttons and text asks for no other file", async (t) => {
  const complaints = t.mock.method(console, "error", () => {});
  const server = await joined('<p>0</p><button @click="add">+</button><button @click="remove(5, &quot;a&quot;)" data-row-id="7">-</button>');
  for (const button of server.root.querySelectorAll("button")) fire(button, "click");
  server.update(1, { path: "p/text", value: "1" });
  assert.deepEqual(asked, []);
  assert.deepEqual(saidBy(server), [["add", {}], ["remove", [5, "a"]]]);
  assert.equal(server.root.textContent, "1+-");
  assert.equal(complaints.mock.callCount(), 0);
});

test("a page without the other files is patched, and keeps its focus", async () => {
  const server = await joined('<p>0</p><b>x</b><button id="a" @click="add">+</button>');
  find(server, "button").focus();
  server.update(
    1,
    { path: "p/@title", value: "t" },
    { path: "p/text", value: "1" },
    { path: "b", insert: 1, html: "<i>y</i>" },
    { path: "", remove: 0 },
    { path: "", remove: 1 },
    { path: "", insert: 1, html: '<button id="a" @click="add">-</button>' },
  );
  assert.deepEqual(server.sent, []);
  assert.deepEqual(asked, []);
  assert.equal(print(server.root), '<b>x<i>y</i></b><button @click="add" id="a">-</button>');
  assert.equal(document.activeElement, find(server, "button"));
});

test("a bare name sends the data of its element", async () => {
  const server = await joined('<a @click="show" data-row-id="7" data-x="y">x</a>');
  fire(find(server, "a"), "click");
  assert.deepEqual(saidBy(server), [["show", { row_id: "7", x: "y" }]]);
});

for (const html of ['<form></form>', "<input>", "<p><textarea></textarea></p>", "<select></select>", '<button value="1">a</button>', '<button form="f">a</button>']) {
  test(`a page with ${html} asks for the file for forms at once`, async () => {
    await loadFirst(html);
    assert.deepEqual(asked.map(({ name }) => name), ["forms"]);
  });
}

test("a page that gets a form by a patch asks for the file then, once", async () => {
  const server = await joined("<p>0</p>");
  assert.deepEqual(asked, []);
  server.update(1, { path: "", insert: 1, html: "<form><input></form>" });
  assert.deepEqual(asked.map(({ name, query }) => [name, query]), [["forms", ""]]);
  await answerAll();
  server.update(2, { path: "", insert: 1, html: "<input>" });
  assert.deepEqual(asked, []);
});

for (const [attribute, type] of [["@keydown.enter", "keydown"], ["@scroll.outside", "scroll"], ["@input.debounce", "input"], ["@click.once", "click"], ["@click.self", "click"]]) {
  test(`a page with ${attribute} asks for both files at once`, async () => {
    const server = await loadFirst(`<p ${attribute}="go">a</p>`);
    assert.deepEqual(asked.map(({ name }) => name), ["modifiers", "forms"]);
    assert.ok(server.root, type);
  });
}

for (const expression of ["add(name)", "add('x')", "add(5", "$toggle('#x')"]) {
  test(`a click on ${expression} asks for the file, and is done when it is there`, async () => {
    const server = await joined(`<button @click="${expression}" data-name="a">x</button>`);
    assert.deepEqual(asked, []);
    fire(find(server, "button"), "click");
    assert.deepEqual(asked.map(({ name }) => name), ["forms"]);
    assert.deepEqual(saidBy(server), []);
  });
}

/** Nothing of a test waits for ever. */
afterEach(() => answerAll());

const FORM = `<form @submit="save"><input name="text" @keydown="key(key, value)" @input="typed"><input type="checkbox" name="on">
  <select name="pick"><option selected="">a</option><option>b</option></select><button>go</button></form><p>0</p><b @click="add(1)">+</b>`;

test("what happens meanwhile says what it would have said, in its order, and what the server says keeps its place", async () => {
  const server = await loadFirst(FORM);
  const [form] = server.root.children_;
  const [text, box] = server.root.querySelectorAll("input");
  const [first, second] = server.root.querySelectorAll("option");
  server.socket.open();
  server.ack(0);
  fire(text, "keydown", { key: "a" });
  text.type_("a");
  fire(text, "input");
  server.update(1, { path: "p/text", value: "1" });
  text.type_("ab");
  box.checked = true;
  [first.selected, second.selected] = [false, true];
  fire(find(server, "b"), "click");
  const submit = fire(form, "submit");
  assert.ok(submit.defaultPrevented, "at once");
  fire(form, "submit");
  text.type_("later");
  box.checked = false;
  assert.deepEqual(server.sent, []);
  assert.equal(find(server, "p").textContent, "0");
  await answerAll();
  assert.deepEqual(saidBy(server), [
    ["key", ["a", ""]],
    ["typed", { text: "a", on: false, pick: "a", value: "a", _target: "text" }],
    ["add", [1]],
    ["save", { text: "ab", on: true, pick: "b" }],
    // no event has said this, as none does of what a browser fills in
    ["typed", { text: "later", on: false, pick: "b", value: "later", _target: "text" }],
  ]);
  assert.deepEqual(server.sent.find(({ event }) => event === "save").fields.map(({ path, value }) => [path, value]), [
    ["form/input[1]/@value", "ab"],
    ["form/input[2]/@checked", ""],
    ["form/select/option[1]/@selected", null],
    ["form/select/option[2]/@selected", ""],
  ]);
  assert.equal(find(server, "p").textContent, "1");
  assert.equal(text.value, "later");
  assert.ok(find(server, "button").disabled, "no second submit");
});

test("keys that came before anybody knew them are taken for what they were", async () => {
  const server = await joined('<input @keydown.enter.prevent="add(value)" @keydown.esc="close">');
  await asked.splice(1)[0].answer();
  const [input] = server.root.children_;
  input.type_("a");
  for (const key of ["Escape", "x", "Enter"]) fire(input, "keydown", { key });
  input.type_("b");
  assert.deepEqual(server.sent, []);
  await answerAll();
  assert.deepEqual(saidBy(server).map(([name]) => name), ["close", "add"]);
  assert.deepEqual(saidBy(server)[1][1], ["a"]);
  assert.ok(fire(input, "keydown", { key: "Enter" }).defaultPrevented);
});

test("events that wait, and a rest after events, count from when they happened", async () => {
  const server = await loadFirst('<input @input.debounce.200ms="typed(value)"><b @scroll.throttle.100ms="moved(event.y)">x</b>');
  server.socket.open();
  server.ack(0);
  const [input, b] = server.root.children_;
  for (const [atMs, text] of [[0, "a"], [100, "ab"], [500, "abc"]]) {
    input.type_(text);
    fire(input, "input", { timeStamp: atMs });
  }
  for (const atMs of [600, 650, 720]) fire(b, "scroll", { timeStamp: atMs, y: atMs });
  await answerAll();
  clock.tick(200);
  assert.deepEqual(saidBy(server), [["typed", ["ab"]], ["moved", [600]], ["typed", ["abc"]], ["moved", [720]]]);
});

test("what a socket said before it was lost is not heard after it", async () => {
  const server = await loadFirst("<form></form><p>0</p>");
  server.socket.open();
  server.ack(0);
  server.update(1, { path: "p/text", value: "ghost" });
  server.socket.drop();
  await answerAll();
  assert.equal(find(server, "p").textContent, "0");
  assert.equal(server.root.getAttribute("class"), "live-disconnected");
});

test("a load that fails is tried again, elsewhere", async () => {
  const server = await joined(FORM);
  const [first] = asked.splice(0);
  await first.fail();
  clock.tick(1999);
  assert.deepEqual(asked, []);
  clock.tick(1);
  await tick();
  assert.equal(asked.length, 1);
  assert.notEqual(asked[0].query, "");
  fire(find(server, "form"), "submit");
  await answerAll();
  assert.deepEqual(saidBy(server).map(([name]) => name), ["save"]);
});

async function failing(html) {
  const server = await joined(html);
  const told = [];
  document.addEventListener("live:error", (event) => {
    event.preventDefault();
    told.push([event.detail.code, event.detail.message]);
  });
  const failAll = async () => {
    for (let round = 0; round < 2; round++) {
      for (const load of asked.splice(0)) await load.fail();
      clock.tick(2000);
      await tick();
    }
  };
  return { server, told, failAll };
}

test("a file that cannot be had is told: what needs it was not done, the rest goes on, and it is asked for again", async () => {
  const { server, told, failAll } = await failing(FORM);
  const submit = fire(find(server, "form"), "submit");
  fire(find(server, "b"), "click");
  server.update(1, { path: "p/text", value: "1" });
  await failAll();
  assert.ok(submit.defaultPrevented);
  assert.deepEqual(told, [["unloaded", "forms: 404"], ["unsent", "It was not done."]]);
  assert.deepEqual(saidBy(server), [["add", [1]]]);
  assert.equal(find(server, "p").textContent, "1");
  server.ack(1, 1);
  fire(find(server, "form"), "submit");
  assert.equal(asked.length, 1);
  await answerAll();
  assert.deepEqual(saidBy(server).map(([name]) => name), ["add", "save"]);
});

test("without the file a snapshot is shown all the same", async () => {
  const { server, failAll } = await failing("<form></form><p>0</p>");
  await failAll();
  server.update(1, { path: "", html: "<p>1</p><i></i>" });
  assert.equal(server.root.textContent, "1");
  server.update(2, { path: "p/text", value: "2" });
  assert.equal(server.root.textContent, "2");
});

test("who asks for a file is told whether it is there", async () => {
  await loadFirst("");
  const first = need("forms");
  assert.equal(need("forms"), first);
  for (let round = 0; round < 2; round++) {
    await asked.splice(0)[0].fail();
    clock.tick(2000);
    await tick();
  }
  assert.equal(await first, false);
  const second = need("forms");
  await answerAll();
  assert.equal(await second, true);
  assert.equal(asked.length, 0);
});
