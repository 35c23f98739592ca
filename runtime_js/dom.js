/**
 * The DOM's own members, whatever a form's controls are called: `<form><input name=parentNode>` hides
 * `form.parentNode`, but not what the form's prototype says.
 */

/** The value of a node's property. */
export const read = (node, name) => Reflect.get(Object.getPrototypeOf(node), name, node);

/** The result of a node's method. */
export const call = (node, name, ...args) => read(node, name).apply(node, args);

/** An attribute's value, or `null`. */
export const attributeOf = (element, name) => call(element, "getAttribute", name);

export const attributeNames = (element) => call(element, "getAttributeNames");

export const parentOf = (node) => read(node, "parentNode");

/** Where a node's children live: those of a `<template>` in its content. */
export const contentOf = (node) => (node.nodeName === "TEMPLATE" ? node.content : node);

/** Does an element belong to SVG or MathML? Only their names are lower case in the DOM. */
export const isForeign = (element) => /[a-z]/.test(element.nodeName);

/** The child nodes at this moment, as an array. */
export const childrenOf = (node) => [...read(contentOf(node), "childNodes")];
