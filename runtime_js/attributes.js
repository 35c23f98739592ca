/** Writing attributes. */

import { call, isForeign, read } from "./dom.js";
import { parseFragment, trust } from "./fragment.js";
import { hooks } from "./hooks.js";
import { notice } from "./mirror.js";

/** Set an attribute, or remove it where `value` is `null`. Returns a function to call at the end, if there is one. */
export function setAttribute(element, name, value) {
  const show = hooks.beforeSet?.(element, name);
  if (value === null) removeAttribute(element, name);
  // a content security policy may forbid the attribute, but not this
  else if (name === "style") read(element, name).cssText = value;
  else writeAttribute(element, name, name === "srcdoc" ? trust(value) : value);
  notice(element, name);
  return show?.(value);
}

function removeAttribute(element, name) {
  if (name === "open" && element.nodeName === "DIALOG") element.close(); // leaves the top layer
  call(element, "removeAttribute", name);
}

/** The parser knows the namespaces of `xlink:href`, and names like `@click` that older browsers refuse. */
function writeAttribute(element, name, value) {
  if (/^[\w-]+$/.test(name)) return call(element, "setAttribute", name, value);
  const [holder] = parseFragment(read(document, "body"), `<${isForeign(element) ? "svg" : "i"} ${name}>`);
  const attribute = holder.attributes[0].cloneNode();
  attribute.value = value;
  call(element, "setAttributeNode", attribute);
}
