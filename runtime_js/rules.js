/** Written by `npm run build` from `vdom/browser_rules.json`: change that one. */

export const MODIFIER = /^(window|document|passive|capture|self|outside|prevent|stop|debounce|throttle|once|lazy|\d+(ms|s))$/;
export const SIMPLE = /^(window|document|passive|capture|prevent|stop|lazy)$/;
export const DEFAULT_WAIT_MS = 250;
export const KEY_PREFIX = /^arrow/;
export const KEYS = { __proto__: null, "escape":"esc"," ":"space","/":"slash","cmd":"meta"};
export const EDIT = /^(input|change)$/;
export const FIELDS = "form,option,[form],button[value],input,select,textarea";
export const CONTROL = /^(INPUT|SELECT|TEXTAREA|BUTTON)$/;
export const CHOICE = /^(checkbox|radio)$/;
export const SILENT = /^(submit|button|reset|image|file)$/;
export const STATES = {"checkbox":"checked","radio":"checked","select-one":"selected","select-multiple":"selected"};
export const STATE = /^(checked|selected|muted|indeterminate)$/;
