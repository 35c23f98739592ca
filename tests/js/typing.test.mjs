/** Who is ahead in a control, the user or the server, and when a value that the server sets has to wait. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fire, page, traced } from "./fake_dom.mjs";
import { clock, connect } from "./fake_server.mjs";
import { saysSame } from "../../runtime_js/sameness.js";
import { hold, report } from "../../runtime_js/typing.js";

/** The first control of a page, with the focus. */
function typing(html, typed) {
  const [control] = page(html).querySelectorAll("input,textarea");
  control.focus();
  control.type_(typed);
  return control;
}

/** What a control shows after the server has set a value. */
function shows(control, value) {
  const show = hold(control);
  control.attributes_.set("value", value);
  show(() => (control.value = value));
  return control.value;
}

test("what somebody types stays until the server knows it", () => {
  const input = typing('<input value="a">', "ab");
  assert.equal(shows(input, "c"), "ab");
  report(input, "ab");
  assert.equal(shows(input, "c"), "c");
});

test("what the server has set, it knows", () => {
  const input = typing('<input value="a">', "a");
  assert.equal(shows(input, "b"), "b");
  assert.equal(shows(input, "c"), "c");
});

test("what somebody has typed and left is overwritten", () => {
  const input = typing('<input value="a">', "ab");
  document.activeElement = document.body;
  assert.equal(shows(input, "c"), "c");
});

test("whether somebody is typing is asked before the write", () => {
  const input = typing('<input value="a">', "a");
  const show = hold(input);
  input.type_("ab");
  show(() => (input.value = "c"));
  assert.equal(input.value, "c");
});

const { same: SAME, other: OTHER } = JSON.parse(
  readFileSync(new URL("../vectors/events/sameness.json", import.meta.url), "utf8"),
);

for (const [text, value] of SAME) test(`${text} says the same as ${value}`, () => assert.ok(saysSame(text, value)));
for (const [text, value] of OTHER) test(`${text} does not say the same as ${value}`, () => assert.ok(!saysSame(text, value)));

/** A live page, the first control of it, and what somebody types into it. */
async function live(html) {
  const server = await connect(html);
  const [control] = server.root.querySelectorAll("input,select,textarea");
  control.focus();
  const type = (text, kind = "input") => {
    control.type_(text);
    fire(control, kind);
  };
  return { server, control, type };
}

const FIELD = '<input value="a" @input="write(value)">';
const set = (value) => ({ path: "input/@value", value });

test("the answer to an older edit waits for the answer to the last", async () => {
  const { server, control, type } = await live(FIELD);
  type("ab");
  type("abc");
  server.update(1, set("AB"));
  server.ack(1, 1);
  assert.equal(control.value, "abc");
  server.update(2, set("ABC"));
  assert.equal(control.value, "abc");
  server.ack(2, 2);
  assert.equal(control.value, "ABC");
});

test("what is refused stays as it was typed, whatever comes before", async () => {
  const { server, control, type } = await live(FIELD);
  type("old");
  type("bad");
  server.update(1, set("OLD"));
  server.ack(1, 1);
  server.send({ type: "ack", seq: 2, version: 1, error: { code: "bad_argument", message: "no" } });
  assert.equal(control.value, "bad");
});

test("what is too long to be sent stays as it was typed, too", async () => {
  const { server, control, type } = await live(FIELD);
  server.reopen();
  server.send({ type: "ack", seq: 0, version: 0, max_bytes: 200 });
  type("old");
  type("x".repeat(300));
  server.update(1, set("OLD"));
  server.ack(1, 1);
  assert.equal(control.value, "x".repeat(300));
});

test("a value in other words waits until the field is left", async () => {
  const { server, control, type } = await live(FIELD);
  type("12");
  server.update(1, set("12.00"));
  server.ack(1, 1);
  assert.equal(control.value, "12");
  document.activeElement = document.body;
  fire(control, "focusout");
  clock.tick(1);
  assert.equal(control.value, "12.00");
});

test("nothing is written while an input method composes", async () => {
  const { server, control, type } = await live(FIELD);
  fire(control, "compositionstart");
  type("ni");
  server.update(1, set("NI"));
  server.ack(1, 1);
  assert.equal(control.value, "ni");
  fire(control, "compositionend");
  clock.tick(1);
  assert.equal(control.value, "NI");
});

test("a value that a handler leaves as it was is shown again when the edit is done", async () => {
  const { server, control, type } = await live('<input value="0" @change="limit(value)">');
  type("15", "change");
  server.update(1, set("10"));
  server.ack(1, 1);
  assert.equal(control.value, "10");
  type("25", "change");
  server.ack(2, 1);
  assert.equal(control.value, "10");
});

test("a value that the server never sets is the user's", async () => {
  const { server, control, type } = await live(FIELD);
  type("abc");
  server.ack(1, 0);
  assert.equal(control.value, "abc");
});

test("of many edits the first and the last are sent, the last when there is room, or before what comes next", async () => {
  const { server, type } = await live(FIELD + '<button @click="go">go</button>');
  const sent = () => server.sent.filter(({ type: kind }) => kind === "event").map(({ args = ["go"] }) => args[0]);
  for (let number = 1; number <= 30; number++) type(String(number));
  assert.deepEqual(sent(), ["1", "2", "3", "4", "5", "6", "7", "8"]);
  server.ack(1, 0);
  assert.deepEqual(sent().slice(8), ["30"]);
  type("31");
  fire(server.root.querySelectorAll("button")[0], "click");
  assert.deepEqual(sent().slice(9), ["31", "go"]);
});

test("the same value is not set again: the caret would move", async () => {
  const { server, control, type } = await live(FIELD);
  type("b");
  assert.deepEqual(traced(() => server.update(1, set("b"))).filter((line) => line.includes(".value")), []);
  server.ack(1, 1);
  assert.equal(control.value, "b");
});

for (const [marked, shown] of [["b", "c"], ["c", "c"]]) {
  test(`a checkbox and its like: an older answer ${marked} does not undo ${shown}`, async () => {
    const server = await connect('<input type="checkbox" @change="tick(checked)">');
    const [box] = server.root.querySelectorAll("input");
    box.checked = true;
    fire(box, "change");
    box.checked = false;
    fire(box, "change");
    server.update(1, { path: "input/@checked", value: "" });
    server.ack(1, 1);
    assert.equal(box.checked, false);
    server.update(2, { path: "input/@checked", value: marked === "b" ? null : "" });
    server.ack(2, 2);
    assert.equal(box.checked, marked !== "b");
  });
}
