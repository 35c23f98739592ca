/**
 * Where the files are that only some pages load, and what they take from the first. In the sources they import that; of
 * the built files each belongs to one first file: `build.mjs` puts their digests here, and what is to be handed over.
 */

const ADDRESSES = { forms: "./forms.js", modifiers: "./modifiers.js" };
const taken = () => [];

export const files = {
  /** Load one and let it install its hooks. */
  async load(name, query) {
    const { install } = await import(ADDRESSES[name] + query);
    install(...taken());
  },
};
