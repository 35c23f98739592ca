/** Written by `npm run build` from `vdom/browser_rules.json`: change that one. */

export const MODIFIER = /^(window|document|outside|passive|capture|self|prevent|stop|debounce|throttle|once|lazy|\d+(ms|s))$/;
export const TIMED = ["debounce","throttle","once"];
export const DEFAULT_WAIT_MS = 250;
export const KEYS = new Map([["escape","esc"],["arrowup","up"],["arrowdown","down"],["arrowleft","left"],["arrowright","right"],[" ","space"],["/","slash"],["cmd","meta"]]);
export const EDIT = /^(input|change)$/;
export const CONTROL = /^(INPUT|SELECT|TEXTAREA|BUTTON)$/;
export const FILLED_IN = /^(INPUT|SELECT|TEXTAREA|FORM)$/;
export const CHOICE = /^(checkbox|radio)$/;
export const SILENT = /^(submit|button|reset|image|file)$/;
export const STATES = new Map([["checkbox","checked"],["radio","checked"],["select-one","selected"],["select-multiple","selected"]]);
export const STATE = /^(checked|selected|muted|indeterminate)$/;
