"""How patches become nodes: fragments in their place, names, scripts, and what others have put between."""

from __future__ import annotations

import pytest

from .live import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("before", "path", "html", "namespace"),
    [
        ("<table><tbody></tbody></table>", "table/tbody", "<tr><td>x</td></tr>", "xhtml"),
        ("<table><tbody><tr></tr></tbody></table>", "table/tbody/tr", "<td>x</td>", "xhtml"),
        ("<table></table>", "table", "<caption>x</caption>", "xhtml"),
        ("<select></select>", "select", "<option>x</option>", "xhtml"),
        ("<svg></svg>", "svg", "<circle></circle>", "svg"),
        ("<svg><foreignObject></foreignObject></svg>", "svg/foreignObject", "<p></p>", "xhtml"),
        ("<math></math>", "math", "<mi></mi>", "MathML"),
        ("<template></template>", "template", "<tr></tr>", "xhtml"),
        ("<form></form>", "form", "<form></form>", "xhtml"),
        ("<x-tag></x-tag>", "x-tag", "<p></p>", "xhtml"),
    ],
)
async def test_fragments_are_parsed_in_their_place(
    client: Client, before: str, path: str, html: str, namespace: str
) -> None:
    await client.show(before)
    await client.apply({"path": path, "insert": 0, "html": html})
    tag = html.partition(">")[0][1:]
    found = await client.get(
        f"""[...root.querySelectorAll("*")].flatMap(each => [each, ...(each.content?.children ?? [])])
            .filter(each => each.localName === "{tag}").at(-1).namespaceURI"""
    )
    assert found.endswith(namespace)


async def test_raw_text_is_text(client: Client) -> None:
    await client.show("<style>a{}</style><textarea></textarea><noscript>a</noscript><template></template>")
    await client.apply(
        {"path": "style", "html": "b>c{}"},
        {"path": "textarea", "insert": 0, "html": "&lt;b>"},
        {"path": "noscript", "html": "<b>"},
        {"path": "template", "insert": 0, "html": "<tr><td><noscript><b></noscript></td></tr>"},
    )
    texts = await client.get("[...root.children].map(each => [each.textContent, each.children.length])")
    assert texts[:3] == [["b>c{}", 0], ["<b>", 0], ["<b>", 0]]
    inside = "root.querySelector('template').content.firstChild.firstChild.firstChild"
    assert await client.get(f"[{inside}.textContent, {inside}.children.length]") == ["<b>", 0]


async def test_attributes_of_foreign_elements(client: Client) -> None:
    await client.show('<svg viewBox="0 0 1 1"><use></use></svg>')
    await client.apply(
        {"path": "svg/use/@xlink:href", "value": "#a"},
        {"path": "svg/use/@xml:lang", "value": "en"},
        {"path": "svg/@viewBox", "value": None},
    )
    use = "root.firstChild.firstChild"
    assert await client.get(f"{use}.getAttributeNS('http://www.w3.org/1999/xlink', 'href')") == "#a"
    assert await client.get(f"{use}.getAttributeNS('http://www.w3.org/XML/1998/namespace', 'lang')") == "en"
    assert await client.get("root.firstChild.hasAttribute('viewBox')") is False
    await client.apply({"path": "svg/use/@xlink:href", "value": None})
    assert await client.get(f"{use}.attributes.length") == 1


async def test_odd_attribute_names(client: Client) -> None:
    await client.show("<p></p>")
    names = ["@click.prevent", "x.y", "[z]", ":bound", 'a"b', "#c", "(d)"]
    await client.apply(*({"path": f"p/@{name}", "value": "1"} for name in names))
    assert await client.get("root.firstChild.getAttributeNames()") == names
    await client.apply(*({"path": f"p/@{name}", "value": None} for name in names))
    assert await client.get("root.firstChild.getAttributeNames()") == []


async def test_custom_elements_are_made_once(client: Client) -> None:
    await client.get("""() => { window.made = []; customElements.define("x-made", class extends HTMLElement {
        constructor() { super(); made.push("made") }
        connectedCallback() { made.push(this.getAttribute("a")) }
        connectedMoveCallback() {} }) }""")
    await client.show('<x-made a="1"></x-made><p></p>')
    await client.apply(
        {"path": "x-made", "insert": 0, "html": "<b></b>"},
        {"path": "", "move": 0, "to": 1},
        {"path": "", "insert": 0, "html": '<x-made a="2"></x-made>'},
    )
    assert await client.get("made") == ["made", "1", "made", "2"]


async def test_scripts_never_run(client: Client) -> None:
    await client.show("<div></div><svg></svg>")
    await client.get("window.ran = 0")
    script = "<script>ran = 1</script>"
    await client.apply(
        {"path": "div", "insert": 0, "html": script},
        {"path": "svg", "insert": 0, "html": script},
        {"path": "", "insert": 0, "html": f"<p>{script}</p><template>{script}</template>"},
    )
    assert await client.get("ran") == 0


async def test_forms_whose_fields_hide_their_members(client: Client) -> None:
    names = (
        "parentNode childNodes firstChild nextSibling nodeName nodeType localName attributes getAttribute "
        "getAttributeNames setAttribute removeAttribute insertBefore removeChild matches closest elements id "
        "classList dataset contains isConnected content node namespaceURI children querySelectorAll data"
    )
    fields = "".join(f'<input name="{name}">' for name in names.split())
    await client.show(f"<form>{fields}</form><p></p>")
    count = len(names.split())
    await client.apply(
        {"path": "form/@class", "value": "x"},
        {"path": f"form/input[{count}]/@title", "value": "last"},
        {"path": "form", "insert": 0, "html": "<b></b>"},
        {"path": "form", "move": 0, "to": 1},
        {"path": "form", "remove": 2},
        {"path": "", "move": 0, "to": 1},
        {"path": "form/@class", "value": None},
    )
    html = await client.get("root.innerHTML")
    assert html.startswith('<p></p><form><input name="parentNode"><b></b><input name="firstChild">')
    assert html.endswith('<input name="data" title="last"></form>')


async def test_what_the_browser_fills_itself_is_not_ours(client: Client) -> None:
    await client.show(
        "<select><button><selectedcontent></selectedcontent></button><option>a</option></select>"
    )
    await client.apply({"path": "select/option/text", "value": "b"})
    with pytest.raises(Exception, match="does not fit"):
        await client.apply({"path": "select/button/selectedcontent", "html": "x"})


async def test_ignored_elements_keep_their_content(client: Client) -> None:
    await client.show('<div data-live-ignore class="a"><p>a</p></div><p>b</p>')
    await client.get("root.firstChild.innerHTML = '<b>widget</b>'")
    await client.apply({"path": "div/@class", "value": "b"}, {"path": "", "move": 0, "to": 1})
    assert await client.get("root.lastChild.outerHTML") == (
        '<div data-live-ignore="" class="b"><b>widget</b></div>'
    )
    with pytest.raises(Exception, match="does not fit"):
        await client.apply({"path": "div/p/text", "value": "x"})


async def test_a_translated_page(client: Client) -> None:
    """What Chromium's translation does: texts leave, ``<font>`` comes in their place."""
    await client.show("<p>one <b>two</b> three</p>")
    await client.get("""() => {
        const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walk.nextNode()) texts.push(walk.currentNode);
        for (const text of texts) {
            const font = document.createElement("font");
            font.innerHTML = `<font>${text.data.toUpperCase()}</font>`;
            text.replaceWith(font);
        } }""")
    assert await client.get("root.textContent") == "ONE TWO THREE"
    await client.apply(
        {"path": "p/text[2]", "value": " four"}, {"path": "p/b", "insert": 1, "html": "<i>!</i>"}
    )
    assert await client.get("root.textContent") == "ONE TWO! four"
    await client.apply({"path": "p", "remove": 0}, {"path": "p/b/text", "value": "2"})
    assert await client.get("root.textContent") == "2! four"
