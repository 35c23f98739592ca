/** Where the focus can go, and Tab that goes round. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fire, page } from "./fake_dom.mjs";
import { focusIn } from "../../runtime_js/focus_wrap.js";

const find = (root, id) => root.querySelectorAll(`#${id}`)[0];
const press = (target, more = {}) => fire(target, "keydown", { key: "Tab", ...more }).defaultPrevented;
const focusedId = () => document.activeElement.id;

const MENU = `<div live-focus-wrap>
  <button id="off" disabled="">x</button><a id="nowhere">x</a><a id="first" href="/">x</a>
  <input id="middle"><button id="skipped" tabindex="-1">x</button><i id="last" tabindex="0">x</i><p id="text">x</p>
  <button id="left_out" tabindex="-1">x</button>
</div><button id="outside">x</button>`;

/** Where Tab leads the client, or that it is left to the browser. */
const TABS = [
  ["last", {}, "first"],
  ["first", {}, null],
  ["middle", {}, null],
  ["first", { shiftKey: true }, "last"],
  ["last", { shiftKey: true }, null],
  ["last", { key: "Enter" }, null],
  ["outside", {}, null],
];

for (const [at, keys, to] of TABS) {
  test(`${JSON.stringify(keys)} at ${at}: ${to ?? "as the browser does"}`, () => {
    const root = page(MENU);
    find(root, at).focus();
    assert.equal(press(find(root, at), keys), to !== null);
    assert.equal(focusedId(), to ?? at);
  });
}

for (const html of [
  '<a href="/" id="x">x</a>', '<button id="x">x</button>', '<input id="x">', '<select id="x"></select>',
  '<textarea id="x"></textarea>', '<summary id="x">x</summary>', '<iframe id="x"></iframe>', '<b tabindex="0" id="x">x</b>',
  '<b contenteditable="" id="x">x</b>',
]) {
  test(`${html} can have the focus, itself or as the first in something`, () => {
    const root = page(`<p>${html}<button>y</button></p>`);
    for (const element of [find(root, "x"), root.children_[0]]) {
      document.activeElement = document.body;
      focusIn(element);
      assert.equal(focusedId(), "x");
    }
  });
}

test("what cannot be seen has no focus", () => {
  const root = page('<p><button id="unseen">x</button><button id="seen">x</button></p>');
  find(root, "unseen").checkVisibility = () => false;
  focusIn(root.children_[0]);
  assert.equal(focusedId(), "seen");
});

test("where there is nothing the focus stays", () => {
  const root = page('<button id="x">x</button><p></p>');
  find(root, "x").focus();
  focusIn(undefined);
  focusIn(root.children_[1]);
  assert.equal(focusedId(), "x");
});
