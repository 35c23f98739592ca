// What a test of injections asks a page: what it consists of, where its links lead, what its styles load.

/** Elements with the names of their attributes, and comments, in document order, templates' content included. */
function skeleton(node) {
  return [...(node.content ?? node).childNodes].flatMap((child) =>
    child.nodeType === 1 ? [`${child.namespaceURI.slice(-4)} ${child.localName} ${child.getAttributeNames().sort()}`, ...skeleton(child)]
    : child.nodeType === 3 ? []
    : [`node ${child.nodeType}`],
  );
}

const LINKS = "[href], [action], [formaction], [cite], [ping], [src], [poster], [data]";

/** Links that would run something. */
function dangers(root) {
  const found = [];
  for (const element of root.querySelectorAll(LINKS)) {
    for (const { name, value } of element.attributes) {
      if (!/href|action|cite|ping|src|poster|^data$/.test(name)) continue;
      const link = document.createElement("a");
      link.href = value;
      const isImage = /^data:image\/(?!svg)/.test(link.href);
      if (!/^(?:https?|about|mailto|tel|sms|ftp|blob):$/.test(link.protocol) && link.protocol !== ":" && !isImage) found.push(`${name}=${value}`);
    }
  }
  for (const element of root.querySelectorAll("[style]")) {
    if (/url|image|expression|import|binding/i.test(element.style.cssText)) found.push(element.style.cssText);
  }
  return found;
}

/** `html` as the browser that parses it would build it. */
function built(html) {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  return holder;
}

Object.assign(globalThis, { skeleton, dangers, built });
