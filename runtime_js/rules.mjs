/** What `rules.js` is: the part of `vdom/browser_rules.json` that the client needs, as it needs it. */

import { readFileSync } from "node:fs";

const TABLE = new URL("../vdom/browser_rules.json", import.meta.url);

const anyOf = (words) => `/^(${words.join("|")})$/`;
const upper = (words) => words.map((word) => word.toUpperCase());

/** The text of `rules.js`. */
export function rulesModule() {
  const { modifiers, keys, events, controls, states } = JSON.parse(readFileSync(TABLE, "utf8"));
  const { listening, deciding, acting, timed, of_bind: ofBind, wait_units_ms: units } = modifiers;
  const words = new Set([...listening, ...deciding, ...acting, ...timed, ...ofBind]);
  const types = Object.entries(states.by_type);
  const constants = {
    MODIFIER: anyOf([...words, `\\d+(${Object.keys(units).join("|")})`]),
    SIMPLE: anyOf([...listening, ...acting, "lazy"]),
    DEFAULT_WAIT_MS: modifiers.default_wait_ms,
    KEY_PREFIX: `/^${keys.dropped_prefix}/`,
    KEYS: JSON.stringify(keys.aliases).replace("{", "{ __proto__: null, "),
    EDIT: anyOf(events.editing),
    FIELDS: JSON.stringify(["form", "option", "[form]", "button[value]", ...controls.tags.filter((tag) => tag !== "button")].join()),
    CONTROL: anyOf(upper(controls.tags)),
    CHOICE: anyOf(controls.choices),
    SILENT: anyOf(types.filter(([, state]) => !state).map(([type]) => type)),
    STATES: JSON.stringify(Object.fromEntries(types.filter(([, state]) => state).map(([type, { name }]) => [type, name]))),
    STATE: anyOf(states.properties),
  };
  const lines = Object.entries(constants).map(([name, value]) => `export const ${name} = ${value};\n`);
  return `/** Written by \`npm run build\` from \`vdom/browser_rules.json\`: change that one. */\n\n${lines.join("")}`;
}
