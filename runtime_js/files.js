/**
 * Where the files are that only some pages load, and what they take from the first. In the sources they import that; of
 * the built files each belongs to one first file: `build.mjs` puts their digests here, and what is to be handed over.
 */

const taken = () => [];

/** Their addresses by name, and a function. The file for forms adds one that it has loaded. */
export const files = {
  forms: "./forms.js",
  modifiers: "./modifiers.js",
  /** Load one and let it install its hooks. */
  async load(name, query) {
    (await import(files[name] + query)).install(...taken());
  },
};
