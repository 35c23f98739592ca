/**
 * Where the second file is, and what it takes from the first. In the sources it imports that; of the built files each
 * second one belongs to one first: `build.mjs` puts its digest here, and what has to be handed over, in order.
 */

const ADDRESS = "./forms.js";

export const second = {
  /** Another address for each attempt: browsers may remember that one has failed. */
  open: (attempt) => import(ADDRESS + (attempt ? `?${attempt}` : "")),
  shared: () => [],
};
