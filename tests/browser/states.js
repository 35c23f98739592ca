/** What has to survive patches, checked without a driver's clicks, so that every engine can run it. */

import { applyPatches, createMirror } from "/_live/patcher.js";

let root;

function show(html) {
  document.body.innerHTML = `<div id="root">${html}</div>`;
  root = document.body.firstChild;
  createMirror(root);
}

const apply = (...patches) => applyPatches(root, patches);
const byId = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Each answers what it sees, and what it should see. */
const CHECKS = {
  "a selection stays"() {
    show("<p>Count: 4 of them</p>");
    const text = root.firstChild.firstChild;
    getSelection().setBaseAndExtent(text, 1, text, 5);
    apply({ path: "p/text", value: "Count: 5 of them" });
    return [String(getSelection()), "ount"];
  },
  "focus and caret stay when rows move"() {
    show(`<ul>${[0, 1, 2, 3].map((row) => `<li><input id="in${row}" value="abc"></li>`).join("")}</ul>`);
    byId("in2").focus();
    byId("in2").setSelectionRange(1, 2);
    apply({ path: "ul", order: [2, 3, 1, 0] });
    apply({ path: "ul", order: [[1, 3], 0] });
    const { id, selectionStart, selectionEnd } = document.activeElement;
    return [[id, selectionStart, selectionEnd], ["in2", 1, 2]];
  },
  async "a frame that moves is not loaded again"() {
    show('<p></p><iframe srcdoc="x"></iframe>');
    const frame = root.lastChild;
    await new Promise((done) => frame.addEventListener("load", done));
    frame.contentWindow.mark = 1;
    apply({ path: "", move: 1, to: 0 }, { path: "iframe/@title", value: "x" });
    await pause(100);
    return [frame.contentWindow.mark, 1];
  },
  "a modal dialog is closed whole"() {
    show("<dialog></dialog>");
    root.firstChild.showModal();
    apply({ path: "dialog/@class", value: "x" });
    const before = root.firstChild.matches(":modal");
    apply({ path: "dialog/@open", value: null });
    return [[before, root.firstChild.open, root.firstChild.matches(":modal")], [true, false, false]];
  },
  "typed, focused and clean fields"() {
    show('<input value="a"><input value="a"><input value="a"><input type="checkbox">');
    const [typed, focused, clean, box] = root.children;
    typed.value = "typed";
    box.click();
    focused.focus();
    focused.value = "typing";
    apply(...[1, 2, 3].map((number) => ({ path: `input[${number}]/@value`, value: "b" })), { path: "input[4]/@checked", value: null });
    return [[typed.value, focused.value, clean.value, box.checked], ["b", "typing", "b", false]];
  },
  "a caret at the end stays at the end"() {
    show('<input value="123">');
    root.firstChild.focus();
    root.firstChild.setSelectionRange(3, 3);
    apply({ path: "input/@value", value: "1-2-3" });
    return [[root.firstChild.value, root.firstChild.selectionStart], ["1-2-3", 5]];
  },
  "a textarea follows its text"() {
    show("<textarea>a</textarea>");
    root.firstChild.value = "typed";
    apply({ path: "textarea/text", value: "b" });
    return [root.firstChild.value, "b"];
  },
  "selects show their chosen options"() {
    show("<select><option>a<option selected>b</select><select multiple><option selected>a<option>b<option selected>c</select>");
    const [one, many] = root.children;
    one.value = "a";
    apply({ path: "select[1]/option[2]/@selected", value: "" }, { path: "select[2]/option[1]/@selected", value: null });
    return [[one.value, [...many.selectedOptions].map((option) => option.value)], ["b", ["c"]]];
  },
  "a scroll position stays beside what changes"() {
    show('<p></p><div style="height:50px;overflow:auto"><div style="height:500px"></div></div>');
    root.lastChild.scrollTop = 77;
    apply({ path: "p/@class", value: "x" }, { path: "", insert: 0, html: "<b></b>" });
    return [root.lastChild.scrollTop, 77];
  },
  "a scroll position moves along"() {
    show('<div style="height:50px;overflow:auto"><div style="height:500px"></div></div><p></p><p></p>');
    root.firstChild.scrollTop = 77;
    apply({ path: "", move: 0, to: 2 });
    return [root.lastChild.scrollTop, 77];
  },
  "details stay as the user left them"() {
    show("<details><summary>more</summary><p>a</p></details>");
    root.firstChild.firstChild.click();
    apply({ path: "details/p/text", value: "b" }, { path: "details/@class", value: "x" });
    const left = root.firstChild.open;
    apply({ path: "details/@open", value: "" }, { path: "details/@open", value: null });
    return [[left, root.firstChild.open], [true, false]];
  },
  "a popover that moves stays open"() {
    show('<p></p><div popover="manual">tip</div>');
    root.lastChild.showPopover();
    apply({ path: "", move: 1, to: 0 });
    return [root.firstChild.matches(":popover-open"), true];
  },
  "a radio group that changes in one batch"() {
    show('<form><input type="radio" name="r" checked><input type="radio" name="r"></form>');
    apply(
      { path: "form/input[2]/@checked", value: "" },
      { path: "form/input[1]/@checked", value: null },
      { path: "form", insert: 2, html: '<input type="radio" name="r">' },
    );
    return [[...root.firstChild.elements].map((radio) => radio.checked), [false, true, false]];
  },
  "a chosen option"() {
    show("<select><option>a</option><option>b</option></select>");
    const [list] = root.children;
    list.value = "b";
    apply({ path: "select/option[1]/@selected", value: "" }, { path: "select/option[1]/text", value: "A" });
    const chosen = list.value;
    apply({ path: "select", move: 0, to: 1 });
    return [[chosen, list.value], ["A", "A"]];
  },
  "muted and indeterminate are properties"() {
    show('<video></video><input type="checkbox">');
    const [clip, box] = root.children;
    apply({ path: "video/@muted", value: "" }, { path: "input/@indeterminate", value: "" });
    const on = [clip.muted, box.indeterminate];
    apply({ path: "video/@muted", value: null }, { path: "input/@indeterminate", value: null });
    return [[on, [clip.muted, box.indeterminate]], [[true, true], [false, false]]];
  },
  "what is ignored keeps its content"() {
    show('<div data-live-ignore class="a"><p>a</p></div><p>b</p>');
    root.firstChild.innerHTML = "<b>widget</b>";
    apply({ path: "div/@class", value: "b" }, { path: "", move: 0, to: 1 });
    return [root.lastChild.outerHTML, '<div data-live-ignore="" class="b"><b>widget</b></div>'];
  },
  "custom elements are made once"() {
    const made = [];
    const name = `x-made-${Date.now()}`;
    customElements.define(name, class extends HTMLElement {
      constructor() {
        super();
        made.push("made");
      }
    });
    show(`<${name}></${name}>`);
    apply({ path: name, insert: 0, html: "<b></b>" }, { path: "", insert: 0, html: `<${name}></${name}>` });
    return [made, ["made", "made"]];
  },
  "what was clicked last keeps the focus when all is sent again"() {
    show('<p>a</p><button id="b">x</button>');
    byId("b").focus();
    apply({ path: "", html: '<p>c</p><button id="b">y</button>' });
    return [[document.activeElement.id, root.textContent], ["b", "cy"]];
  },
  "namespaces of attributes and elements"() {
    show("<svg><use></use></svg>");
    apply({ path: "svg/use/@xlink:href", value: "#a" }, { path: "svg", insert: 1, html: "<circle></circle>" });
    const [use, circle] = root.firstChild.children;
    return [[use.attributes[0].namespaceURI, circle.namespaceURI], ["http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"]];
  },
  "odd attribute names"() {
    show("<p></p>");
    for (const name of ["@click", "[x]", "x.y"]) apply({ path: `p/@${name}`, value: "1" });
    return [root.firstChild.getAttributeNames(), ["@click", "[x]", "x.y"]];
  },
  "fields that hide their form's members"() {
    show('<form><input name="parentNode"><input name="childNodes"><input name="insertBefore"></form>');
    apply({ path: "form", insert: 0, html: "<b></b>" }, { path: "form", move: 3, to: 0 }, { path: "form/@class", value: "x" });
    return [root.innerHTML, '<form class="x"><input name="insertBefore"><b></b><input name="parentNode"><input name="childNodes"></form>'];
  },
  "scripts do not run"() {
    window.ran = 0;
    show("<p></p>");
    apply({ path: "p", insert: 0, html: "<script>ran = 1</script>" }, { path: "", insert: 0, html: "<script>ran = 1</script>" });
    return [window.ran, 0];
  },
  "a translated page"() {
    show("<p>one <b>two</b> three</p>");
    for (const text of [root.firstChild.childNodes[2], root.firstChild.childNodes[1].firstChild, root.firstChild.firstChild]) {
      const font = document.createElement("font");
      font.innerHTML = `<font>${text.data.toUpperCase()}</font>`;
      text.replaceWith(font);
    }
    apply({ path: "p/text[2]", value: " four" }, { path: "p/b", insert: 1, html: "<i>!</i>" });
    return [root.textContent, "ONE TWO! four"];
  },
};

/** Without it, as in WebKit, a node that moves is taken out for a moment, and its state is gone. */
const hasMoveBefore = () => "moveBefore" in Element.prototype;

/** Firefox moves frames as they are, but scrolls to the top. */
function keepsScroll() {
  show('<div style="height:50px;overflow:auto"><div style="height:500px"></div></div><p></p>');
  root.firstChild.scrollTop = 77;
  root.moveBefore?.(root.firstChild, null);
  return root.lastChild.scrollTop === 77;
}

/** What an engine must be able to do for a check to make sense. */
const NEEDS = {
  "a frame that moves is not loaded again": hasMoveBefore,
  "a popover that moves stays open": hasMoveBefore,
  "a scroll position moves along": keepsScroll,
};

/** `{what: [seen, expected]}` for all that is not as it should be. */
export async function failures() {
  const failed = {};
  for (const [what, check] of Object.entries(CHECKS)) {
    if (NEEDS[what]?.() === false) continue;
    const [seen, expected] = await check();
    if (JSON.stringify(seen) !== JSON.stringify(expected)) failed[what] = [seen, expected];
  }
  return failed;
}
