/** What two lists have in common. */

/** `[start, oldEnd, newEnd]`: before `start` and from the ends on, the items of both lists are the same. */
export function commonEnds(old, fresh, isSame) {
  let start = 0;
  let oldEnd = old.length;
  let newEnd = fresh.length;
  while (start < oldEnd && start < newEnd && isSame(old[start], fresh[start])) start++;
  while (oldEnd > start && newEnd > start && isSame(old[oldEnd - 1], fresh[newEnd - 1])) {
    oldEnd--;
    newEnd--;
  }
  return [start, oldEnd, newEnd];
}

/** The numbers of a longest increasing subsequence: of `[3, 0, 1, 4, 2]` the set `{0, 1, 2}`. */
export function longestIncreasing(numbers) {
  const tails = []; // tails[k]: where the run of length k + 1 with the smallest end ends
  const before = numbers.map((number, at) => {
    let low = 0;
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (numbers[tails[middle]] < number) low = middle + 1;
      else high = middle;
    }
    tails[low] = at;
    return tails[low - 1];
  });
  const run = new Set();
  for (let at = tails.at(-1); at !== undefined; at = before[at]) run.add(numbers[at]);
  return run;
}
