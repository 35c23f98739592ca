/**
 * Who is ahead in a control, the user or the server? What the server sets is shown, but not
 *
 * - while an input method composes in it, or an edit of it is on its way: the answer to the last one counts;
 * - while it has the focus, and shows what the server has not been told yet, or the same in other words.
 *
 * Then it is `late`: it is shown as soon as that is over, at the latest when the control is left.
 */

import { sendLeft } from "./backlog.js";
import { attributeNames, call, read, select } from "./dom.js";
import { holdersOf, stateName } from "./groups.js";
import { hooks } from "./hooks.js";
import { isButton, isChoice, isControl } from "./kinds.js";
import { topOf } from "./mirror.js";
import { EDIT } from "./rules.js";
import { saysSame } from "./sameness.js";
import { SESSION } from "./session.js";
import { waiting } from "./waiting.js";

/** The server does not know the state of a control, and there is no use in telling it. */
export const TOO_LONG = Symbol();
/** @type {WeakMap<Element, string | symbol | null>} the state of each control that the server knows; `null` is none */
const reported = new WeakMap();
/** Controls that the server has set: where a handler accepts an edit of one, it shows what the server says. */
const given = new WeakSet();
/** @type {Map<Element, boolean>} is it to be shown before the control is left? */
const late = new Map();
/** @type {Map<Element, {isAhead: boolean, putBack: () => void}>} what was so of a control before the first write of a batch */
const before = new Map();
/** @type {Element | null} */
let composing = null;

/** Of a session's `shown`. */
const CURRENT = 2;

const isText = (control) => !control.options && !isChoice(control);
const isFocused = (control) => control === read(document, "activeElement");

/** The state of a control as a text. */
export const shown = (control) => holdersOf(control).map((node) => node[stateName(control)]).join();

/** Note the state of a control that the server is told. */
export function report(control, state) {
  reported.set(control, state);
  before.delete(control);
}

/** The state that the server has been told; `null` if that did not arrive, `undefined` if it was told nothing. */
export const reportOf = (control) => reported.get(control);

function isUntold(control) {
  const known = reported.has(control) || !isText(control) ? reportOf(control) : control.defaultValue;
  return known !== undefined && known !== shown(control);
}

/** Is an edit of the control on its way, or of another radio button of its group? */
const isOnItsWay = (control) =>
  waiting.some((other) => other === control || (control.type === "radio" && isSameGroup(control, other)));

const isSameGroup = (control, { type, name, form }) => type === "radio" && name === control.name && form === control.form;

/** A control, with the others of its group if it is a radio button. */
const groupOf = (control) =>
  [control, ...(control.type === "radio" ? select("input").filter((other) => other !== control && isSameGroup(control, other)) : [])];

/** Does the user read the server's value in their own words? */
const isInOtherWords = (control) =>
  isFocused(control) && isText(control) && saysSame(control.value, control.defaultValue);

/** Call it before a control or an option is set. Returns a function that sets it by the one it is given, now or later. */
export function hold(element) {
  const control = element.nodeName === "OPTION" ? call(element, "closest", "select") : element;
  if (!control || !isControl(control)) return;
  if (!before.has(control)) {
    const group = groupOf(control); // its first write may take the choice of all others
    const putBack = keepChosen(control, group);
    for (const one of group) before.set(one, { isAhead: isFocused(one) && isUntold(one), putBack });
    queueMicrotask(() => group.forEach((one) => before.delete(one)));
  }
  const { isAhead, putBack } = before.get(control);
  return (write) => {
    given.add(control);
    const isLate = control === composing || isOnItsWay(control) || isInOtherWords(control);
    if (isLate) late.set(control, true);
    if (isLate || isAhead) return putBack();
    write();
    report(control, shown(control));
  };
}

/** Browsers themselves choose a radio button or an option that gets its attribute, unless it was chosen by hand before. */
function keepChosen(control, group) {
  if (isText(control)) return () => {};
  const parts = group.flatMap(holdersOf);
  const name = stateName(control);
  const states = parts.map((part) => part[name]);
  return () => {
    parts.forEach((part, at) => {
      if (part[name] !== states[at]) part[name] = states[at];
    });
  };
}

/** An event is on its way. If it is an edit, returns a function to call when it is over. */
export function sent({ type, target, isComposing }) {
  const isEdit = EDIT.test(type) || (type === "click" && isChoice(target));
  if (!isEdit || !isControl(target) || isButton(target)) return;
  if (isComposing) composing = target; // it may have begun before this file was there
  waiting.push(target);
  return (answer) => {
    waiting.splice(waiting.indexOf(target), 1);
    if (answer.type === "ack" && !answer.error) accepted(target, type);
    else refused(target, answer);
    sendLeft(target);
    for (const control of [...late.keys()]) settle(control);
  };
}

/** What was refused stays as it was typed. Only if it was acknowledged the server knows it. */
function refused(control, answer) {
  late.delete(control);
  if (answer.type !== "ack") report(control, answer === "too_large" ? TOO_LONG : null);
}

/** A handler that leaves the value as it was makes no patch, although the control shows another one. */
function accepted(control, type) {
  const isServers = isText(control) && (given.has(control) || isBound(control));
  if (isServers && !late.has(control)) late.set(control, type !== "input" || isCleared(control));
}

export const isBound = (control) => attributeNames(control).some((name) => /^@bind\b/.test(name));
/** What is typed comes back converted: only a value that is empty means something else. */
const isConverted = (control) => isBound(control) && isText(control) && control.defaultValue !== "";
const isCleared = (control) => isBound(control) && control.defaultValue === "";
/** While a copy of the whole page is awaited, this one is old. */
const isCurrent = (control) => topOf(control)[SESSION]?.shown === CURRENT;

/** Show what is late, if it may be shown. */
function settle(control) {
  if (!control.isConnected) late.delete(control);
  if (!late.has(control) || control === composing || isOnItsWay(control) || isUntold(control)) return;
  if (!isCurrent(control)) return;
  const isKept = !late.get(control) || isInOtherWords(control) || isConverted(control);
  if (isFocused(control) && isKept) return;
  late.delete(control);
  showGiven(control);
}

/** Make a control show what the server wrote. */
function showGiven(control) {
  if (isText(control)) showText(control);
  else if (isChoice(control)) control.checked = control.defaultChecked;
  else showMarked([...control.options], control);
  report(control, shown(control));
}

function showText(control) {
  const keep = isFocused(control) && hooks.keepCaret?.(control);
  if (control.value !== control.defaultValue) control.value = control.defaultValue;
  if (keep) keep(false);
}

function showMarked(options, { multiple }) {
  if (!multiple && !options.some((option) => option.defaultSelected)) return;
  for (const option of options) if (option.selected !== option.defaultSelected) option.selected = option.defaultSelected;
}

/** An input method begins or ends in a control. */
export function compose({ type, target }) {
  composing = type === "compositionstart" ? target : null;
  later(target);
}

/** A control is left. */
export function leave({ target }) {
  if (composing === target) composing = null;
  later(target);
}

/** After the events that come with it. */
function later(control) {
  if (late.has(control)) setTimeout(settle, 0, control);
}
