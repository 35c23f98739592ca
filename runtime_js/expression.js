/**
 * The value of an `@event` attribute: `add`, or `add(text, 5, 'x', dataset.id)`. Nothing is evaluated as code:
 * arguments are JSON (strings may also be in single quotes), or names of values of the page.
 */

const CALL = /^\s*([^\s()'"]+)\s*(?:\(([^]*)\))?\s*$/;
const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,'"]+/g;
const JSON_TOKEN = /^[-\d"[\]{}:]|^(true|false|null)$/;

/**
 * `"add(text, 5)"` gives `["add", [{"": "text"}, 5]]`, a name being wrapped; without parentheses there is no
 * list. Throws `SyntaxError` or `TypeError`.
 */
export function parseExpression(text) {
  const [, name, list] = CALL.exec(text);
  return [name, list === undefined ? list : JSON.parse(`[${list.replace(TOKEN, toJson)}]`)];
}

function toJson(token) {
  if (token[0] === "'") return `"${token.slice(1, -1).replace(/\\.|"/g, toDoubleQuoted)}"`;
  return JSON_TOKEN.test(token) ? token : JSON.stringify({ "": token });
}

const toDoubleQuoted = (found) => (found === "\\'" ? "'" : found === '"' ? '\\"' : found);
