from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree, html

from hyper.diff import PatchError, diff_trees
from hyper.diff.lxml import apply_to_lxml, tree_from_lxml
from hyper.testing.patches import managed
from hyper.vdom import Comment, Doctype, Element, ProcessingInstruction, Root, Text, parse_html, to_html
from tests.strategies import keyed_lists, tree_pairs

SVG = "{http://www.w3.org/2000/svg}"
XHTML = "{http://www.w3.org/1999/xhtml}"
XLINK = "{http://www.w3.org/1999/xlink}"


def lxml_tree(tree: Root, tag: str = "body") -> Any:
    """An lxml element whose content is ``tree``, made by a patch."""
    element = html.Element(tag)
    apply_to_lxml(element, [{"path": "", "insert": 0, "html": to_html(tree)}], "html")
    return element


def test_text_and_tail_are_nodes() -> None:
    page = html.fragment_fromstring('<div>a<b title="t">c</b>d<!--e-->f<br>g</div>')
    assert tree_from_lxml(page) == Root(
        (
            Text("a"),
            Element("b", {"title": "t"}, (Text("c"),)),
            Text("d"),
            Comment("e"),
            Text("f"),
            Element("br"),
            Text("g"),
        ),
        "div",
    )


def test_a_whole_document() -> None:
    page = html.document_fromstring("<!DOCTYPE html><!--a--><title>b</title>c<!--d-->").getroottree()
    tree = tree_from_lxml(page)
    assert tree.context == "#document"
    assert tree.children[:2] == (Doctype("html"), Comment("a"))
    new = tree_from_lxml(
        html.document_fromstring("<!DOCTYPE html><!--a--><title>B</title>c<p>d</p>").getroottree()
    )
    apply_to_lxml(page, diff_trees(tree, new, keep_state=True))
    assert tree_from_lxml(page) == new
    apply_to_lxml(page, [{"path": "", "remove": 1}])
    assert tree_from_lxml(page).children == (new.children[0], new.children[2])
    why = "make: the root element of a document cannot be replaced: put the new one into its place$"
    with pytest.raises(PatchError, match=why):
        apply_to_lxml(page, [{"path": "", "remove": 1}])


def test_what_stands_before_the_root_comes_in_order() -> None:
    page = etree.ElementTree(etree.fromstring("<!--a--><?b?><!--c--><p/>"))
    assert tree_from_lxml(page).children == (
        Comment("a"),
        ProcessingInstruction("b"),
        Comment("c"),
        Element("p", {}, (), "xml"),
    )


def test_namespaces_are_read_from_names_or_from_the_place() -> None:
    named = etree.fromstring(
        '<div xmlns="http://www.w3.org/1999/xhtml"><svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"><a xlink:href="#"/><foreignObject>'
        '<p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg></div>'
    )
    plain = html.fragment_fromstring(
        '<div><svg><a xlink:href="#"></a><foreignobject><p></p></foreignobject></svg></div>'
    )
    expected = parse_html(
        '<svg><a xlink:href="#"></a><foreignObject><p></p></foreignObject></svg>', context="div"
    )
    assert tree_from_lxml(named, "html") == expected
    assert to_html(tree_from_lxml(plain)) == to_html(expected).replace("foreignObject", "foreignobject")


MATHML = "{http://www.w3.org/1998/Math/MathML}"
HTML_TEXT = {"encoding": "text/html"}


@pytest.mark.parametrize(
    ("name", "attributes", "children"),
    [
        ("div", {}, ["html", "svg", "html"]),
        ("desc", {}, ["html", "svg", "html"]),
        ("svg", {}, ["svg", "svg", "svg"]),
        (f"{SVG}g", {}, ["svg", "svg", "svg"]),
        (f"{SVG}desc", {}, ["html", "svg", "html"]),
        (f"{MATHML}mrow", {}, ["math", "math", "math"]),
        (f"{MATHML}mi", {}, ["html", "svg", "math"]),
        (f"{MATHML}annotation-xml", {}, ["math", "svg", "math"]),
        (f"{MATHML}annotation-xml", HTML_TEXT, ["html", "svg", "html"]),
    ],
)
def test_what_a_bare_name_stands_for_is_told_by_its_place(
    name: str, attributes: dict[str, str], children: list[str]
) -> None:
    page = etree.Element(name, attributes)
    page.extend([etree.Element(bare) for bare in ("b", "svg", "mglyph")])
    found = tree_from_lxml(page, "html").children
    assert [child.namespace for child in found if isinstance(child, Element)] == children
    above = etree.Element("div")
    above.append(page)
    [element] = tree_from_lxml(above, "html").children
    assert isinstance(element, Element)
    assert element.children == found, "below the root it is the same"


def test_names_of_other_vocabularies_are_kept_whole() -> None:
    page = etree.fromstring('<div><p xmlns:x="urn:x" x:a="1"><x:b/></p></div>')
    [paragraph] = tree_from_lxml(page, "html").children
    assert paragraph == Element("p", {"{urn:x}a": "1"}, (Element("{urn:x}b"),))
    apply_to_lxml(page, [{"path": "p", "remove": 0}], "html")
    assert len(page[0]) == 0


def test_new_elements_get_the_names_of_the_tree_they_come_into() -> None:
    page = etree.fromstring('<div xmlns="http://www.w3.org/1999/xhtml"><p/></div>')
    patch: Any = {"path": "", "insert": 1, "html": '<svg viewBox="0"><a xlink:href="#"></a></svg>'}
    apply_to_lxml(page, [patch], "html")
    svg = page[1]
    assert svg.tag == f"{SVG}svg"
    assert dict(svg[0].attrib) == {f"{XLINK}href": "#"}
    patches: list[Any] = [{"path": "svg/a/@xlink:href", "value": "#x"}, {"path": "p/@title", "value": "t"}]
    apply_to_lxml(page, patches, "html")
    assert dict(svg[0].attrib) == {f"{XLINK}href": "#x"}
    apply_to_lxml(page, [{"path": "svg/a/@xlink:href", "value": None}], "html")
    assert dict(svg[0].attrib) == {}
    with pytest.raises(PatchError, match="Invalid attribute name 'a:b'"):
        apply_to_lxml(page, [{"path": "svg/a/@xlink:a:b", "value": ""}], "html")


def test_in_a_tree_without_namespaces_names_are_as_they_are_written() -> None:
    page = html.fragment_fromstring("<div><svg></svg></div>")
    apply_to_lxml(page, [{"path": "svg", "insert": 0, "html": '<a xlink:href="#" v-on:click="x"></a>'}])
    assert page[0][0].tag == "a"
    assert dict(page[0][0].attrib) == {"xlink:href": "#", "v-on:click": "x"}


@pytest.mark.parametrize(
    ("old", "patch", "new"),
    [
        ("<p>a</p>b", {"path": "text", "value": "c"}, "<p>a</p>c"),
        ("<p>a</p>b", {"path": "p/text", "at": 1, "insert": "c"}, "<p>ac</p>b"),
        ("<p>a</p>b", {"path": "", "remove": 0}, "b"),
        ("<p>a</p>b", {"path": "", "remove": 1}, "<p>a</p>"),
        ("<p>a</p>b<i></i>", {"path": "", "order": [2, 0, 1]}, "<i></i><p>a</p>b"),
        ("a<p></p>b", {"path": "", "insert": 1, "html": "<i></i>"}, "a<i></i><p></p>b"),
        ("a<p></p>", {"path": "p", "html": "x<b>y</b>z"}, "a<p>x<b>y</b>z</p>"),
        ("<!--a-->", {"path": "comment", "value": "b--c"}, "<!--b--c-->"),
        ("<p class=a>", {"path": "p/@class", "value": "b"}, '<p class="b"></p>'),
        ("<p class=a>", {"path": "p/@class", "value": None}, "<p></p>"),
        ("<p>", {"path": "p/@@click", "value": "b"}, '<p @click="b"></p>'),
        ("<ul></ul>", {"path": "ul", "insert": 0, "html": "<li @x.y=1>a<!--a--b--></li>"},
         '<ul><li @x.y="1">a<!--a--b--></li></ul>'),
    ],
)  # fmt: skip
def test_each_patch(old: str, patch: Any, new: str) -> None:
    page = lxml_tree(parse_html(old))
    apply_to_lxml(page, [patch])
    assert to_html(tree_from_lxml(page)) == new


def test_processing_instructions_keep_their_name() -> None:
    page = etree.fromstring("<p><?a b?></p>")
    assert tree_from_lxml(page).children == (ProcessingInstruction("a b"),)
    apply_to_lxml(page, [{"path": "pi", "value": "a c"}])
    assert etree.tostring(page) == b"<p><?a c?></p>"
    apply_to_lxml(page, [{"path": "", "html": "<?d e > f?>"}])
    assert (page[0].target, page[0].text) == ("d", "e > f")
    with pytest.raises(PatchError, match="another target of the instruction 'd'"):
        apply_to_lxml(page, [{"path": "pi", "value": "e f"}])
    apply_to_lxml(page, [{"path": "", "html": "<?d e f?>"}], "html")
    assert (page[0].target, page[0].text) == ("d", "e f?"), "HTML ends it at the first >"


def test_what_says_nothing_is_empty() -> None:
    page = etree.fromstring("<p><?a?><!----></p>")
    assert tree_from_lxml(page).children == (ProcessingInstruction("a"), Comment(""))


def test_texts_that_are_gone_are_none() -> None:
    page = html.fragment_fromstring("<p>a<b></b>c</p>")
    apply_to_lxml(page, [{"path": "", "remove": 2}, {"path": "", "remove": 0}])
    assert (page.text, page[0].tail) == (None, None)
    page = html.fragment_fromstring("<p>a<b></b>c</p>")
    apply_to_lxml(page, [{"path": "text[2]", "value": ""}])
    assert tree_from_lxml(page).children == (Text("a"), Element("b"))


def test_elements_that_stay_are_the_same_objects() -> None:
    page = html.fragment_fromstring("<ul><li>a</li><li>b</li><li>c</li></ul>")
    a, b, c = page
    apply_to_lxml(
        page,
        [{"path": "li[1]/text", "value": "A"}, {"path": "", "remove": 1}, {"path": "", "move": 1, "to": 0}],
    )
    assert list(page) == [c, a]
    assert a.text == "A"
    assert b.getparent() is None


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ({"path": "p/b", "html": ""}, "no single 'b'"),
        ({"path": "", "insert": 1, "html": "x"}, "make: two texts side by side$"),
        ({"path": "", "insert": 0, "html": "<b>\x0c</b>"}, r"the character '\\x0c'"),
        ({"path": "text", "value": "\ud800"}, r"the character '\\ud800'"),
        ({"path": "p/@class", "value": "\x01"}, r"the character '\\x01'"),
        ({"path": "", "insert": 0, "html": "<a\ud800></a\ud800>"}, "Invalid tag name"),
        ({"path": "", "insert": 0, "html": "<p>", "x": 1}, "unknown member"),
    ],
)
def test_nothing_is_changed_by_patches_that_do_not_fit(patch: Any, why: str) -> None:
    page = html.fragment_fromstring('<div><p class="c">a</p>b</div>')
    before = html.tostring(page)
    with pytest.raises(PatchError, match=why):
        apply_to_lxml(page, [{"path": "p/text", "value": "changed"}, {"path": "p/@id", "value": "x"}, patch])
    assert html.tostring(page) == before


def test_unresolved_entities_are_refused() -> None:
    parser = etree.XMLParser(resolve_entities=False)
    page = etree.fromstring('<!DOCTYPE p [<!ENTITY e "x">]><p>&e;</p>', parser)
    with pytest.raises(ValueError, match="resolve_entities=True"):
        tree_from_lxml(page)


def test_depth_is_no_danger() -> None:
    page = inner = html.Element("div")
    for _ in range(2_000):
        inner = etree.SubElement(inner, "b")
    tree = tree_from_lxml(page)
    path = "/".join(["b"] * 2_000)
    apply_to_lxml(
        page, [{"path": f"{path}/@class", "value": "x"}, {"path": path, "insert": 0, "html": "<i></i>"}]
    )
    assert inner.get("class") == "x"
    assert inner[0].tag == "i"
    assert tree_from_lxml(page) != tree


@settings(max_examples=300, deadline=None)
@given(tree_pairs())
def test_patches_mean_the_same_as_on_trees(pair: tuple[Root, Root]) -> None:
    check_pair(*pair)


@settings(max_examples=100, deadline=None)
@given(keyed_lists())
def test_lists_mean_the_same_as_on_trees(pair: tuple[Root, Root]) -> None:
    check_pair(*pair)


def check_pair(old: Root, new: Root) -> None:
    """``new`` on lxml too; what lxml cannot hold is refused whole."""
    try:
        page = lxml_tree(old)
    except PatchError:
        return
    assert tree_from_lxml(page, "html") == old
    nodes = list(page.iter())
    try:
        apply_to_lxml(page, diff_trees(old, new), "html")
    except PatchError:
        assert list(page.iter()) == nodes
        assert tree_from_lxml(page, "html") == old
    else:
        assert managed(tree_from_lxml(page, "html")) == managed(new)


def test_only_this_file_needs_lxml() -> None:
    code = (
        "import sys, hyper.diff; print(*sorted({'lxml', 'aiohttp', 'pydantic', 'redis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
