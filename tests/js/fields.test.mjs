/** What a page reports of its controls: all that they show and their attributes do not say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./fake_dom.mjs";
import { changedFields } from "../../runtime_js/fields.js";
import { hooks } from "../../runtime_js/hooks.js";
import { stateOf } from "../../runtime_js/moment.js";
import { createMirror } from "../../runtime_js/mirror.js";
import { applyPatches } from "../../runtime_js/patcher.js";
import { report } from "../../runtime_js/typing.js";

/** The only component of a page, mirrored. */
const component = (html) => createMirror(page(html));

const find = (root, selector) => root.querySelectorAll(selector)[0];

/** What is reported when something happens to the first of `selector`, heard by the first of `at`. */
function reported(root, type, selector, at = selector, more = {}) {
  return changedFields({ type, target: find(root, selector), ...more }, find(root, at), root, stateOf);
}

const FORM = `<form><input value="same"><input value="a"><input><textarea>t</textarea><input type="checkbox" checked="">
  <input type="checkbox"><select><option selected="">a</option><option>b</option></select><button>go</button>
  <input type="submit" value="go"><input type="button"><input type="reset"><input type="image"><input type="file">
  <x-input></x-input></form>`;

test("a submit reports every control that shows something else than its attributes say, but no button", () => {
  const root = component(FORM);
  const [, emptied, typed] = root.querySelectorAll("input");
  emptied.type_("");
  typed.type_("milk");
  find(root, "textarea").type_("T");
  const [off, on] = root.querySelectorAll("input").filter(({ type }) => type === "checkbox");
  [off.checked, on.checked] = [false, true];
  const [first, second] = root.querySelectorAll("option");
  [first.selected, second.selected] = [false, true];
  for (const button of root.querySelectorAll("input").slice(5)) button.type_("changed");
  find(root, "button").attributes_.set("value", "changed");
  assert.deepEqual(reported(root, "submit", "form"), [
    { path: "form/input[2]/@value", value: null },
    { path: "form/input[3]/@value", value: "milk" },
    { path: "form/textarea/@value", value: "T" },
    { path: "form/input[4]/@checked", value: null },
    { path: "form/input[5]/@checked", value: "" },
    { path: "form/select/option[1]/@selected", value: null },
    { path: "form/select/option[2]/@selected", value: "" },
  ]);
});

test("a page that shows what it says reports nothing", () => assert.deepEqual(reported(component(FORM), "submit", "form"), []));

const CHOICES = `<form><input type="radio" name="r" checked=""><input type="radio" name="r" id="x"><input type="radio" name="q">
  <input name="r"></form>`;

function chosen() {
  const root = component(CHOICES);
  const [, , other] = root.querySelectorAll("input");
  find(root, "#x").checked = true;
  other.checked = true;
  return root;
}

const GROUP = [
  { path: "form/input[1]/@checked", value: null },
  { path: "form/input[2]/@checked", value: "" },
];

test("a choice is reported with all of its name", () => {
  assert.deepEqual(reported(chosen(), "change", "#x"), GROUP);
  assert.deepEqual(reported(chosen(), "click", "#x", "#x", { defaultPrevented: false }), GROUP);
  assert.deepEqual(reported(chosen(), "change", "#x", "#x", { defaultPrevented: true }), GROUP);
});

test("a choice is not reported to a form that only listens, nor where it was prevented", () => {
  assert.deepEqual(reported(chosen(), "change", "#x", "form"), []);
  assert.deepEqual(reported(chosen(), "click", "#x", "#x", { defaultPrevented: true }), []);
});

test("what was chosen in a list is reported, what is typed is not", () => {
  const root = component('<select id="s"><option>a</option></select><input id="i"><button id="b">x</button>');
  find(root, "option").selected = true;
  assert.deepEqual(reported(root, "change", "#s"), [{ path: "select/option/@selected", value: "" }]);
  find(root, "#i").type_("a");
  assert.deepEqual(reported(root, "input", "#i"), []);
  assert.deepEqual(reported(root, "click", "#b"), []);
});

test("a control that the server has not written is not reported", () => {
  const root = component('<form><b data-live-component="c2"><input></b><input></form>');
  const [foreign, ours] = root.querySelectorAll("input");
  foreign.type_("a");
  ours.type_("b");
  assert.deepEqual(reported(root, "submit", "form"), [{ path: "form/input/@value", value: "b" }]);
});

test("what was reported is known to the server, and may be overwritten where somebody goes on typing there", () => {
  const root = component("<form><input></form>");
  const input = find(root, "input");
  input.focus();
  input.type_("milk");
  hooks.report = report;
  reported(root, "submit", "form");
  delete hooks.report;
  applyPatches(root, [{ path: "form/input/@value", value: "tea" }]);
  assert.equal(input.value, "tea");
});
