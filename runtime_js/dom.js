/**
 * The DOM's own members, whatever names a page has: `<form><input name=parentNode>` hides `form.parentNode`, and
 * `<img name=activeElement>` hides `document.activeElement`, but neither hides what the prototype says.
 */

/** The value of a node's property. */
export const read = (node, name) => Reflect.get(Object.getPrototypeOf(node), name, node);

/** The result of a node's method. */
export const call = (node, name, ...args) => read(node, name).apply(node, args);

/** An attribute's value, or `null`. */
export const attributeOf = (element, name) => call(element, "getAttribute", name);

export const attributeNames = (element) => call(element, "getAttributeNames");

/** The elements that match, in the document or below a node. */
export const select = (selectors, node = document) => [...call(node, "querySelectorAll", selectors)];

export const parentOf = (node) => read(node, "parentNode");

/** Where a node's children live: those of a `<template>` in its content. */
export const contentOf = (node) => (node.nodeName === "TEMPLATE" ? node.content : node);

/** Does an element belong to SVG or MathML? Only their names are lower case in the DOM. */
export const isForeign = (element) => /[a-z]/.test(element.nodeName);

/** The child nodes at this moment, as an array. */
export const childrenOf = (node) => [...read(contentOf(node), "childNodes")];
