/** What every page of these tests has before its own scripts run: a line that can be held, and a log. */

const behaviour = (globalThis.behaviour = { held: null, version: 0, log: [] });

/** Events wait before they leave the browser: `behaviour.held = []`, then `behaviour.pass(2)`. */
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (data) {
  const message = JSON.parse(data);
  const go = () => send.call(this, data);
  if (behaviour.held && message.type === "event") behaviour.held.push({ message, go });
  else go();
};
behaviour.pass = (count) => {
  for (const { go } of behaviour.held.splice(0, count)) go();
};

/** The version that the page shows. */
document.addEventListener("live:update", ({ detail }) => (behaviour.version = detail.version));

/** `li#b`, `li`, or `#text` of its parent. */
const nameOf = (node) => (node.nodeType === 1 ? node.localName + (node.id && `#${node.id}`) : node.nodeName);

/** Every change of the page from now on: `ul +li#b`, `li#b @class`, `p #text`. */
behaviour.watch = () => {
  behaviour.log = [];
  behaviour.observer?.disconnect();
  behaviour.observer = new MutationObserver((records) => behaviour.log.push(...records.flatMap(linesOf)));
  behaviour.observer.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeOldValue: true,
  });
};

/** The notice that tells the user of an error is beside what the component shows. */
const isNotice = (node) => (node.nodeType === 1 ? node : node.parentNode)?.closest(".live-notice");

function linesOf({ type, target, attributeName, oldValue, addedNodes, removedNodes }) {
  if ([target, ...addedNodes, ...removedNodes].some(isNotice)) return [];
  if (type === "characterData") return [`${nameOf(target.parentNode)} #text`];
  if (type === "childList") {
    const sides = [["+", addedNodes], ["-", removedNodes]];
    return sides.flatMap(([sign, nodes]) => [...nodes].map((node) => `${nameOf(target)} ${sign}${nameOf(node)}`));
  }
  const value = target.getAttribute(attributeName);
  return isMark(attributeName, oldValue, value) ? [] : [`${nameOf(target)} @${attributeName}`];
}

/** Is it only a sign that an event is on its way, or that the connection is there? */
function isMark(name, old, value) {
  const bare = (text) => (text || "").replace(/\blive-[a-z]+\b/g, "").trim();
  return name === "aria-busy" || /disabled$/.test(name) || (name === "class" && bare(old) === bare(value));
}

/** What has changed since `watch`, each change once, in order. */
behaviour.changes = () => {
  behaviour.log.push(...behaviour.observer.takeRecords().flatMap(linesOf));
  return [...new Set(behaviour.log)];
};
