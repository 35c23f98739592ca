/**
 * What a page may do without its server: actions in `@event` attributes, and hooks for the page's own scripts.
 * The client loads this file when it meets the first of either; other pages never do.
 *
 *     <button @click="$toggle('#menu')">         <button @click="$confirm('Sure?'); remove(5)">
 *     <canvas live-hook="Chart">                 hook("Chart", { mounted(element) { … } })
 *     <div live-focus-wrap>                      Tab goes round in it
 *     <input live-autofocus>                     gets the focus each time it is shown
 *     <li live-leave="fade">                     gets that class, and goes when it has faded
 *
 * What an action has set on an element is set again after every patch, for as long as the element lives.
 */

import { attributeOf, call, read, select } from "./dom.js";
import { parseExpression } from "./expression.js";

import { focusIn, focusShown } from "./focus_wrap.js";
import { isLeaving, leave as leaveSlowly } from "./leave.js";

export { reload } from "./reload.js";

const PIECE = /\s*((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;"'])+)(?:;|$)/y;

/**
 * Do what the actions of an expression say, one after the other. The last piece may be a handler: `post` is
 * called with it, unless an action before it answered `false`. One that fails is reported, and the rest goes on.
 * Throws where there is no such action, or a question cannot be asked. Then `keys` are pressed that came before this file.
 */
export function act(keys, ...what) {
  try {
    actAll(...what);
  } finally {
    focusShown();
    const focused = read(document, "activeElement");
    for (const key of keys) if (key.target !== focused) focused.dispatchEvent(new KeyboardEvent("keydown", key));
  }
}

function actAll(text, element, post, report) {
  for (const piece of piecesOf(text)) {
    if (piece[0] !== "$") return post(piece);
    const [name, list = []] = parseExpression(piece.slice(1));
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action) throw new ReferenceError(`no action $${name}: there are $${Object.keys(ACTIONS).join(", $")}`);
    try {
      const done = action(element, ...list.map(plain));
      if (done === false) return;
      done?.catch?.(report);
    } catch (error) {
      if (name === "confirm") throw error;
      report(error);
    }
  }
}

function piecesOf(text) {
  const pieces = [];
  PIECE.lastIndex = 0;
  for (let found; PIECE.lastIndex < text.length && (found = PIECE.exec(text)); ) pieces.push(found[1].trim());
  return pieces.filter(Boolean);
}

/** A name is its own value: `$hide(this)`. */
const plain = (value) => (value && typeof value === "object" ? value[""] : value);

/** @type {Map<Element, Map<string, string | null>>} attributes that actions set; a class is `.name` */
export const kept = new Map();

function targets(element, selector) {
  if (!selector || selector === "this") return [element];
  return select(selector).filter((target) => !isLeaving(target));
}

function keep(element, name, value) {
  if (!kept.has(element)) kept.set(element, new Map());
  kept.get(element).set(name, value);
  apply(element, name, value);
}

function apply(element, name, value) {
  if (name[0] === ".") read(element, "classList").toggle(name.slice(1), value !== null);
  else if (value === null) call(element, "removeAttribute", name);
  else if (attributeOf(element, name) !== value) call(element, "setAttribute", name, value);
}

const has = (element, name) =>
  name[0] === "." ? read(element, "classList").contains(name.slice(1)) : attributeOf(element, name) !== null;

/** An action that sets one attribute or class of each target to what `valueOf` says. */
const setting = (nameOf, valueOf) => (element, selector, ...rest) => {
  for (const target of targets(element, selector)) keep(target, nameOf(...rest), valueOf(target, ...rest));
};

const classOf = (name) => `.${name}`;
const attribute = (name) => {
  if (/^on|^(?:srcdoc|style|href|src|action|formaction)$/i.test(name)) throw new TypeError(`${name} cannot be set`);
  return name;
};
const hidden = () => "hidden";
const on = () => "";
const off = () => null;

const ACTIONS = {
  show: setting(hidden, off),
  hide: setting(hidden, on),
  toggle: setting(hidden, (target) => (has(target, "hidden") ? null : "")),
  add_class: setting(classOf, on),
  remove_class: setting(classOf, off),
  toggle_class: setting(classOf, (target, name) => (has(target, `.${name}`) ? null : "")),
  set_attribute: setting(attribute, (_target, _name, value = "") => String(value)),
  remove_attribute: setting(attribute, off),
  toggle_attribute: setting(attribute, (target, name, one = "", other = null) =>
    attributeOf(target, name) === String(one) ? other : String(one),
  ),
  focus: (element, selector) => focusIn(targets(element, selector)[0]),
  show_modal: (element, selector) => targets(element, selector)[0]?.showModal(),
  /** Without a selector, the dialog around the element. */
  close(element, selector) {
    for (const dialog of targets(call(element, "closest", "dialog") || element, selector)) dialog.close();
  },
  /** A class for some milliseconds, for CSS to animate. */
  transition(element, selector, name, durationMs = 300) {
    for (const target of targets(element, selector)) {
      keep(target, classOf(name), "");
      setTimeout(() => keep(target, classOf(name), null), durationMs);
    }
  },
  /** The rest only if the user agrees. */
  confirm: (_element, question) => confirm(question),
  /** The text of an element, or of a control. */
  copy(element, selector) {
    const [target] = targets(element, selector);
    if (!navigator.clipboard) throw Error("$copy needs https");
    return navigator.clipboard.writeText("value" in target ? target.value : target.textContent);
  },
  dispatch: (element, name) => void call(element, "dispatchEvent", new CustomEvent(name, { bubbles: true })),
};

/** @type {Map<string, object>} */
const hooks = new Map();
/** @type {Map<Element, object>} */
const hooked = new Map();

/**
 * Have `hook.mounted(element)` called for each element with `live-hook="name"` that comes into a component,
 * `updated(element)` after each update of its component, `removed(element)` when it is gone.
 */
export function hook(name, callbacks) {
  hooks.set(name, callbacks);
  tell(document);
}

/** @see leave.js */
export const leave = (node, isOut) => leaveSlowly(node, isOut, tellGone);

function tellGone() {
  for (const [element, callbacks] of hooked) {
    if (read(element, "isConnected")) continue;
    hooked.delete(element);
    callbacks.removed?.(element);
  }
}

function tell(root) {
  tellGone();
  for (const element of select("[live-hook]", root)) {
    if (isLeaving(element)) continue;
    const known = hooked.get(element);
    const callbacks = known || hooks.get(attributeOf(element, "live-hook"));
    if (!callbacks) continue;
    hooked.set(element, callbacks);
    if (known) known.updated?.(element);
    else callbacks.mounted?.(element);
  }
}

addEventListener("live:update", ({ target }) => {
  for (const [element, names] of kept) {
    if (!read(element, "isConnected")) kept.delete(element);
    else for (const [name, value] of names) apply(element, name, value);
  }
  tell(target);
  focusShown();
});
tell(document);
focusShown();
