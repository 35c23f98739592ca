/** Events that wait, and events that are followed by a rest, by the time at which they happened. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { catchUp, debounce, flush, throttle } from "../../runtime_js/timers.js";

let A, B, fired;

beforeEach(() => {
  flush(); // what a test before this one has left
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [A, B, fired] = [{}, {}, []];
});

const wait = (name, atMs, { element = A, attribute = "@input", target = element } = {}) =>
  debounce(element, attribute, target, 200, atMs, () => fired.push(name));
const rest = (name, atMs, element = A) => throttle(element, "@scroll", 100, atMs, () => fired.push(name));

test("what waits is called once, when it has been quiet", () => {
  wait("a", 0);
  mock.timers.tick(199);
  wait("b", 199);
  mock.timers.tick(199);
  assert.deepEqual(fired, []);
  mock.timers.tick(1);
  assert.deepEqual(fired, ["b"]);
});

test("who goes on to another field is done with the one before", () => {
  wait("a", 0);
  wait("b", 10, { target: B });
  assert.deepEqual(fired, ["a"]);
  wait("c", 20, { element: B });
  assert.deepEqual(fired, ["a", "b"]);
  mock.timers.tick(200);
  assert.deepEqual(fired, ["a", "b", "c"]);
});

test("what waits is called before what comes after it, once", () => {
  wait("a", 0);
  flush();
  flush();
  mock.timers.tick(200);
  assert.deepEqual(fired, ["a"]);
});

test("by a moment all is called that would have been due", () => {
  wait("a", 0);
  catchUp(199);
  assert.deepEqual(fired, []);
  catchUp(200);
  assert.deepEqual(fired, ["a"]);
  catchUp(500);
  assert.deepEqual(fired, ["a"]);
});

test("a rest follows, for each element and attribute", () => {
  for (const [name, atMs] of [["a", 0], ["b", 99], ["c", 100], ["d", 150]]) rest(name, atMs);
  rest("e", 0, B);
  mock.timers.tick(99);
  rest("f", 199);
  assert.deepEqual(fired, ["a", "c", "e"]);
  rest("f", 200);
  assert.deepEqual(fired, ["a", "c", "e", "f"]);
});

test("two attributes of one element wait and rest each for itself", () => {
  wait("a", 0, { attribute: "@input" });
  wait("b", 10, { attribute: "@change", target: A });
  assert.deepEqual(fired, ["a"], "as for another field: what came first is first");
  for (const attribute of ["@scroll", "@wheel"]) throttle(A, attribute, 100, 0, () => fired.push(attribute));
  assert.deepEqual(fired, ["a", "@scroll", "@wheel"]);
});

test("a rest is nothing that waits", () => {
  rest("a", 0);
  flush();
  catchUp(1000);
  rest("b", 50);
  assert.deepEqual(fired, ["a"]);
});
