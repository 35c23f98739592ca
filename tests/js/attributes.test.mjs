/** Attributes, the properties that go with them, and what else an attribute means. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page, traced } from "./fake_dom.mjs";
import { hooks } from "../../runtime_js/hooks.js";
import { holdSubmit, leaveDisabled } from "../../runtime_js/holding.js";
import { found } from "../../runtime_js/mirror.js";
import { applyPatches } from "../../runtime_js/patcher.js";

const XLINK = "http://www.w3.org/1999/xlink";

/** The first element of a page after an attribute of it was set. */
function patched(html, name, value, prepare = () => {}) {
  const root = page(html);
  const [element] = root.children_;
  prepare(element);
  applyPatches(root, [{ path: `${element.tag}/@${name}`, value }]);
  return element;
}

for (const [html, trace] of [
  ["<svg></svg>", [`svg.setAttributeNode("xlink:href", "#a", "${XLINK}")`]],
  ["<math></math>", [`math.setAttributeNode("xlink:href", "#a", "${XLINK}")`]],
  ["<p></p>", ['p.setAttributeNode("xlink:href", "#a")']],
]) {
  test(`the namespace of an attribute in ${html}`, () => {
    assert.deepEqual(
      traced(() => patched(html, "xlink:href", "#a")),
      trace,
    );
  });
}

test("an attribute with a plain name is set by its name", () => {
  for (const name of ["a", "data-x_1"]) {
    assert.deepEqual(
      traced(() => patched("<p></p>", name, "1")),
      [`p.setAttribute("${name}", "1")`],
    );
  }
});

test("a state is on while its attribute is there", () => {
  const box = '<input type="checkbox">';
  assert.equal(patched(box, "checked", "").checked, true);
  assert.equal(patched(box, "checked", "", (input) => (input.checked = false)).checked, true);
  assert.equal(patched('<input type="checkbox" checked="">', "checked", null, (input) => (input.checked = true)).checked, false);
});

test("a property of another name is no state", () => {
  for (const name of ["unchecked", "checkedness"]) {
    const element = patched("<p></p>", name, "", (element) => (element[name] = "own"));
    assert.equal(element[name], "own");
  }
});

test("a property that is none of the states does not follow its attribute", () => {
  assert.equal(patched("<p></p>", "custom", "", (element) => (element.custom = "own")).custom, "own");
});

test("what a control shows follows the value of an input only", () => {
  assert.equal(patched('<input value="a">', "value", "b").value, "b");
  assert.equal(patched("<textarea>a</textarea>", "value", "b").value, "a");
  assert.equal(patched('<input value="a">', "title", "b", (input) => input.type_("typed")).value, "typed");
});

test("a button that waits for its event stays disabled where the server says so, and only there", (t) => {
  hooks.leaveDisabled = leaveDisabled;
  t.after(() => delete hooks.leaveDisabled);
  for (const [name, isDisabled] of [["disabled", true], ["class", false]]) {
    const root = page("<form><button>go</button></form>");
    const [form] = root.children_;
    const [button] = form.children_;
    const release = holdSubmit(form);
    assert.ok(button.disabled);
    applyPatches(root, [{ path: `form/button/@${name}`, value: "x" }]);
    release();
    assert.equal(button.disabled, isDisabled);
  }
});

test("who listens is told of attributes that come later, and of no others", (t) => {
  const told = [];
  found.attribute = () => {};
  t.mock.method(found, "attribute", (element, name) => told.push([element.tag, name]));
  patched("<p></p>", "@click", "go");
  patched("<p></p>", "class", "x");
  assert.deepEqual(told, [["p", "@click"]]);
});

test("a style is taken away like any attribute", () => {
  assert.deepEqual(
    traced(() => patched('<p style="color: red"></p>', "style", null)),
    ['p.removeAttribute("style")'],
  );
});

test("only what a dialog loses its open by is a close", () => {
  const names = (trace) => trace.map((line) => line.replace(/\(.*/, ""));
  assert.deepEqual(names(traced(() => patched('<details open=""></details>', "open", null))), ["details.removeAttribute"]);
  assert.deepEqual(names(traced(() => patched('<dialog open="" class="x"></dialog>', "class", null))), ["dialog.removeAttribute"]);
});
