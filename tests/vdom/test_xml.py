from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyper.diff import PatchError, apply_patches, diff_trees, patches_from_json, patches_to_json
from hyper.vdom import (
    Comment,
    Doctype,
    Element,
    HtmlError,
    ProcessingInstruction,
    Root,
    Text,
    XmlError,
    parse_html,
    parse_xml,
    to_html,
    to_xml,
)
from hyper.vdom.syntax import XML
from hyper.vdom.xml import parse_xml_nodes
from tests import lxml_pairs


def test_names_and_texts_are_as_they_are_written() -> None:
    tree = parse_xml(
        '\ufeff<?xml version="1.0"?>\n<!DOCTYPE a:Rss SYSTEM "x">\n<!--c--><?p a?b?><a:Rss xmlns:a="urn:a" Id="1">'
        "<Link>x&amp;<![CDATA[<y>]]>z</Link><br/> </a:Rss>\n"
    )
    assert tree.children == (
        Doctype('a:Rss SYSTEM "x"'),
        Comment("c"),
        ProcessingInstruction("p a?b"),
        Element(
            "a:Rss",
            {"xmlns:a": "urn:a", "Id": "1"},
            (Element("Link", {}, (Text("x&<y>z"),), "xml"), Element("br", {}, (), "xml"), Text(" ")),
            "xml",
        ),
    )
    assert tree.syntax is XML
    assert (tree.children[3].name, tree.children[3].kind) == ("a:Rss", "xml:a:Rss")
    assert parse_xml(to_xml(tree)) == tree
    assert to_html(tree) == to_xml(tree)
    assert pickle.loads(pickle.dumps(tree)).syntax == XML


@pytest.mark.parametrize(
    ("doctype", "data"),
    [
        ("<!DOCTYPE a>", "a"),
        ("<!DOCTYPE a SYSTEM 'b\"c'>", "a SYSTEM 'b\"c'"),
        ('<!DOCTYPE a PUBLIC "b" "c">', 'a PUBLIC "b" "c"'),
    ],
)
def test_doctypes(doctype: str, data: str) -> None:
    assert parse_xml(f"{doctype}<a/>").children[0] == Doctype(data)
    assert parse_xml_nodes(f"<!--b--> {doctype} <?c?>", "#document") == (
        Comment("b"),
        Doctype(data),
        ProcessingInstruction("c"),
    )


@pytest.mark.parametrize(
    ("source", "xml"),
    [
        ('<a b="&#9;&#10;&#13;&quot;\'&lt;>&amp;"/>', '<a b="&#9;&#10;&#13;&quot;\'&lt;&gt;&amp;"/>'),
        ("<a>&#13;\n]]&gt;\t\xa0</a>", "<a>&#13;\n]]&gt;\t\xa0</a>"),
        ("<a></a>", "<a/>"),
        ("<script>a &lt; b</script>", "<script>a &lt; b</script>"),
    ],
)
def test_what_is_printed_is_read_again(source: str, xml: str) -> None:
    assert to_xml(parse_xml(source)) == xml
    assert parse_xml(xml) == parse_xml(source)
    assert to_xml(parse_xml(source).children[0]) == xml


BILLION_LAUGHS = '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;">]><a>&m;</a>'


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<a>", "XML, line 1, column 4: no element found"),
        ("<a>\n<b></a>", "XML, line 2, column 6: mismatched tag"),
        ("<a/><b/>", "junk after document element"),
        (BILLION_LAUGHS, "leave out what is between"),
        ('<!DOCTYPE a SYSTEM "http://x"><a>&nbsp;</a>', "the entity &nbsp; is not known: write the character itself"),
        ("<a>&nbsp;</a>", "undefined entity"),
        ("<a>\x01</a>", "not well-formed"),
        ("<a>\ud800</a>", r"XML cannot hold '\\ud800'"),
        ("<a>" * 501 + "</a>" * 501, "nested deeper than 500 elements, at a"),
    ],
)  # fmt: skip
def test_what_is_not_read(source: str, why: str) -> None:
    with pytest.raises(XmlError, match=why):
        parse_xml(source)
    assert issubclass(XmlError, HtmlError)


def test_only_text_is_parsed() -> None:
    with pytest.raises(TypeError, match="XML to parse must be str, not bytes: decode bytes first"):
        parse_xml(b"<a/>")  # type: ignore[arg-type]


def test_patches_hold_xml() -> None:
    old, new = (
        parse_xml("<r><link>a, a long text</link></r>"),
        parse_xml("<r><link>a, a long text</link><Br>b</Br></r>"),
    )
    patches = diff_trees(old, new)
    assert patches == [{"path": "r", "insert": 1, "html": "<Br>b</Br>"}]
    assert apply_patches(old, patches_from_json(patches_to_json(patches))) == new
    assert apply_patches(old, patches).syntax is XML
    for markup in ("<br>", "</r><r>", "<x:y", "&e;", "<!DOCTYPE a>"):
        with pytest.raises(PatchError, match="XML"):
            apply_patches(old, [{"path": "r", "insert": 0, "html": markup}])
    with pytest.raises(PatchError, match="text beside the root element: 'x'"):
        apply_patches(old, [{"path": "", "insert": 0, "html": " x"}])


def test_nothing_of_a_browser_is_in_xml() -> None:
    old, new = (
        parse_xml(f"<r><input type='{text}'/><selectedcontent>{text}</selectedcontent><a data-live-ignore=''>{text}</a></r>")
        for text in ("checkbox", "radio")
    )  # fmt: skip
    patches = diff_trees(old, new, keep_state=True)
    assert [patch["path"] for patch in patches] == ["r/input/@type", "r/selectedcontent/text", "r/a/text"]
    assert apply_patches(old, patches) == new


def test_what_is_shorter_is_sent() -> None:
    old, new = (parse_xml("<r>" + f"<a>{text}</a>" * 40 + "</r>") for text in "xy")
    assert diff_trees(old, new) == [{"path": "", "html": to_xml(new)}]
    old, new = parse_xml("<r><a/><a/><a/></r>"), parse_xml("<r>" + "<b/>" * 9 + "</r>")
    assert diff_trees(old, new) == [{"path": "r", "html": "<b/>" * 9}]


def test_a_document_has_one_root_element() -> None:
    old, new = parse_xml("<!--a--><r id='1'>x</r>"), parse_xml("<r id='2'>x, and more of it</r><!--a-->")
    patches = diff_trees(old, new, keep_state=True)
    assert not any("html" in patch and "<r" in patch["html"] for patch in patches)
    assert apply_patches(old, patches) == new


def test_xml_is_not_compared_with_html() -> None:
    tree = Root(parse_html("<p>a</p>").children, "#document")
    with pytest.raises(ValueError, match="an XML tree cannot be compared with an HTML tree"):
        diff_trees(parse_xml("<p>a</p>"), tree)
    with pytest.raises(ValueError, match="an XML tree cannot be compared with an HTML tree"):
        diff_trees(tree, parse_xml("<p>a</p>"))


def test_what_xml_cannot_hold_is_told() -> None:
    new = Root((Element("r", {}, (Comment("a--b"),), "xml"),), "#document", XML)
    with pytest.raises(ValueError, match="the new tree holds what no XML says"):
        diff_trees(parse_xml("<r/>"), new)


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=True))
def test_random_documents(rng: random.Random) -> None:
    lxml_pairs.check_xml_in_python(*lxml_pairs.xml_sources(rng))
