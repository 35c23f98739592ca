/**
 * Do two texts say the same? A server that converts what is typed writes it in its own way, and while somebody is typing
 * this is no reason to write it into the field:
 *
 *     12 and 12.00     1000 and 1,000     1,5 and 1.50     9:30 and 09:30:00     12 and 12 %     "a " and "a"
 */

/** `text` is what was typed, `value` what the server says. An empty value says something else than any text. */
export const saysSame = (text, value) =>
  text === value || (value !== "" && text !== "" && (isSpacedAlike(text, value) || isSameNumber(text, value) || isSameTime(text, value)));

const withoutSpace = (text) => text.replace(/\s/g, "");
const isSpacedAlike = (text, value) => withoutSpace(text) === withoutSpace(value);

/** Letters are units; those of a text may still be missing. */
const lettersOf = (text) => text.replace(/(\d)e(?=[+-]?\d)/gi, "$1").replace(/\P{L}/gu, "");
const isSameUnit = (text, value) => lettersOf(value).startsWith(lettersOf(text));
const isSameNumber = (text, value) =>
  isSameUnit(text, value) && numbersIn(text).some((number) => numbersIn(value).includes(number));

/** The numbers that a text may stand for: points and commas may be before decimals, or between thousands. */
function numbersIn(text) {
  const plain = text.replace(/[^\d.,+-]/g, "");
  const readings = [text.trim()];
  if (!/,(?!\d{3}\b)/.test(plain)) readings.push(plain.replace(/,/g, ""));
  if (!/\.(?!\d{3}\b)/.test(plain)) readings.push(plain.replace(/\./g, "").replace(",", "."));
  return readings.filter((reading) => /\d/.test(reading)).map(Number).filter(Number.isFinite);
}

/** Parts of a date or a time, without zeros at the end: seconds may be missing. */
const partsOf = (text) => (text.match(/\d+/g) || []).map(Number).join().replace(/(,0)+$/, "");
const isTime = (text) => /\d:\d|\d\D\d+\D\d/.test(text);
const isSameTime = (text, value) => isTime(value) && partsOf(text) === partsOf(value) && isSameUnit(bare(text), value);
/** Of `2026-01-05T10:30`, without the letter between date and time. */
const bare = (text) => text.replace(/(\d)T(?=\d)/i, "$1");
