/**
 * What is chosen in a select stays when options come, go or move: browsers then choose one, as does the parser among those
 * that it makes. An option that the server adds as selected is chosen.
 */

import { call } from "./dom.js";

/** Call it before a select, or an option or a group in it, changes. Returns a function to call afterwards. */
export function keepChoice(element) {
  const select = call(element, "closest", "select");
  if (!select) return;
  const old = [...select.options];
  const chosen = old.filter((option) => option.selected);
  return () => {
    const options = [...select.options];
    const added = options.filter((option) => option.defaultSelected && !old.includes(option));
    const wanted = [...options.filter((option) => chosen.includes(option)), ...added];
    choose(options, select.multiple ? wanted : [wanted.at(-1) || (chosen.length || !old.length ? firstOf(select) : null)]);
    if (!select.multiple && !wanted.length && !chosen.length && old.length) select.selectedIndex = -1;
  };
}

/** What the browser chooses where nobody does. */
function firstOf(select) {
  const marked = [...select.options].filter((option) => option.defaultSelected);
  return marked.at(-1) || (select.size < 2 && select.querySelector("option:not(:disabled)"));
}

function choose(options, wanted) {
  for (const option of options) if (option.selected && !wanted.includes(option)) option.selected = false;
  for (const option of options) if (!option.selected && wanted.includes(option)) option.selected = true;
}
