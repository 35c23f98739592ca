/**
 * Checks the laws on pairs of pages that come as JSON lines, in the small DOM. Answers with one line of JSON:
 *
 *     {"checked": 981, "unreadable": 19, "broken": [[pair, "law 7: …"]]}
 *
 * What the small DOM cannot parse as a browser would is unreadable, and not checked.
 */

import { createInterface } from "node:readline";
import { brokenLaw } from "./laws.mjs";
import { isReadable, TOOLS } from "./pairs.mjs";

const found = { checked: 0, unreadable: 0, broken: [] };
for await (const line of createInterface({ input: process.stdin })) {
  const pair = JSON.parse(line);
  if (!isReadable(pair)) {
    found.unreadable++;
    continue;
  }
  found.checked++;
  const why = brokenLaw(pair, TOOLS);
  if (why) found.broken.push([pair, why]);
}
console.log(JSON.stringify(found));
