/** Form controls of the small DOM: values that no longer follow their attribute, choices, groups, forms. */

import { createElement, define, descendants, dom, Element } from "./fake_nodes.mjs";

class Control extends Element {
  get name() {
    return this.attributes_.get("name") ?? "";
  }
  get disabled() {
    return this.attributes_.has("disabled");
  }
  set disabled(isOn) {
    if (isOn) this.attributes_.set("disabled", "");
    else this.attributes_.delete("disabled");
  }
  get multiple() {
    return this.attributes_.has("multiple");
  }
  get form() {
    return this.closest("form");
  }
}

class Typed extends Control {
  get hasSelection_() {
    return true;
  }
  selection_ = [0, 0];
  get selectionStart() {
    return this.hasSelection_ ? this.selection_[0] : null;
  }
  get selectionEnd() {
    return this.hasSelection_ ? this.selection_[1] : null;
  }
  get value() {
    return this.value_ ?? this.defaultValue;
  }
  set value(value) {
    dom.log.push(`${this.tag}.value = ${JSON.stringify(value)}`);
    this.type_(value);
  }
  /** What a user does. */
  type_(value) {
    this.value_ = value;
    this.selection_ = [value.length, value.length];
  }
  setSelectionRange(start, end) {
    if (!this.hasSelection_) throw new Error("InvalidStateError");
    this.selection_ = [start, end];
  }
  /** The caret is at the start then. */
  focus(options) {
    if (document.activeElement !== this) this.selection_ = [0, 0];
    super.focus(options);
  }
}

class Input extends Typed {
  get hasSelection_() {
    return /^(?:text|search|url|tel|password)$/.test(this.type);
  }
  get type() {
    return this.attributes_.get("type") ?? "text";
  }
  get defaultValue() {
    return this.attributes_.get("value") ?? (this.isChoice_ ? "on" : "");
  }
  get files() {
    return this.type === "file" ? [] : null;
  }
  get isChoice_() {
    return this.type === "checkbox" || this.type === "radio";
  }
  get defaultChecked() {
    return this.attributes_.has("checked");
  }
  get checked() {
    return this.checked_ ?? this.defaultChecked;
  }
  set checked(isOn) {
    dom.log.push(`input.checked = ${isOn}`);
    if (isOn && this.type === "radio" && this.form) {
      for (const other of this.form.elements) if (other.type === "radio" && other.name === this.name) other.checked_ = false;
    }
    this.checked_ = isOn;
  }
}

class TextArea extends Typed {
  get type() {
    return "textarea";
  }
  get defaultValue() {
    return this.textContent;
  }
}

class Option extends Element {
  get value() {
    return this.attributes_.get("value") ?? this.textContent;
  }
  get defaultSelected() {
    return this.attributes_.has("selected");
  }
  get selected() {
    return this.selected_ ?? this.defaultSelected;
  }
  set selected(isOn) {
    dom.log.push(`option.selected = ${isOn}`);
    this.selected_ = isOn;
  }
}

class Select extends Control {
  get type() {
    return this.multiple ? "select-multiple" : "select-one";
  }
  get options() {
    return [...descendants(this)].filter((node) => node instanceof Option);
  }
  get value() {
    return this.options.find((option) => option.selected)?.value ?? "";
  }
}

class Button extends Control {
  get type() {
    return this.attributes_.get("type") ?? "submit";
  }
  get value() {
    return this.attributes_.get("value") ?? "";
  }
}

class Form extends Element {
  get elements() {
    return [...descendants(this)].filter((node) => node instanceof Control);
  }
}

class Dialog extends Element {
  close() {
    dom.log.push("dialog.close()");
    this.attributes_.delete("open");
  }
}

/** What a form sends: the texts of its controls, and what is added to it. */
globalThis.FormData = class extends URLSearchParams {
  constructor(form, submitter) {
    super();
    for (const control of form.elements) {
      const { name, type } = control;
      if (!name || control.matches(":disabled") || type === "file") continue;
      if (/^(submit|button|reset|image)$/.test(type) && control !== submitter) continue;
      if (control.options) for (const option of control.options) option.selected && this.append(name, option.value);
      else if (!control.isChoice_ || control.checked) this.append(name, control.value);
    }
    form.formdata_?.(this);
  }
};

define("input", Input);
define("textarea", TextArea);
define("select", Select);
define("option", Option);
define("button", Button);
define("form", Form);
define("dialog", Dialog);

export const createInput = () => createElement("input");
