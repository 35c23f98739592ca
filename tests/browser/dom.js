/** The DOM as JSON: what tests/vdom/dumps.py makes of our trees. */

const KINDS = { 3: "#text", 7: "#pi", 8: "#comment", 10: "#doctype" };

globalThis.dumpChildren = (parent) => [...contentOf(parent).childNodes].map(dump);

const contentOf = (node) => (node instanceof HTMLTemplateElement ? node.content : node);

function dump(node) {
  if (node.nodeType === 1) {
    const attributes = [...node.attributes].map(({ name, value }) => [name, value]);
    // The browser itself fills <selectedcontent>, from the option that is selected.
    const children = node.localName === "selectedcontent" ? [] : dumpChildren(node);
    return [node.localName, node.namespaceURI, attributes, children];
  }
  if (node.nodeType === 7) return ["#pi", `${node.target} ${node.data}?`];
  if (node.nodeType === 10) return ["#doctype", node.name, node.publicId, node.systemId];
  return [KINDS[node.nodeType], node.data];
}

/** What `html` gives an element of that name and namespace, or a document (without a window: scripting is off). */
globalThis.dumpSource = ([namespace, tag, html]) => {
  if (tag === "#document") return dumpChildren(writtenDocument(html));
  const context = document.createElementNS(namespace, tag);
  context.innerHTML = html;
  return dumpChildren(context);
};

/** `DOMParser` would go a short way where there are no tags, and keep white space that a page drops. */
function writtenDocument(html) {
  const written = document.implementation.createHTMLDocument();
  written.open();
  written.write(html);
  written.close();
  return written;
}
