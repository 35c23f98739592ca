"""Trees that lxml's own parsers made, patched as they are: HTML and XML each by its own rules."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree as untyped_etree
from lxml import html as untyped_html

from hyper.diff import PatchError, diff_trees
from hyper.diff.lxml import apply_to_lxml, tree_from_lxml
from hyper.vdom import parse_html, parse_xml
from tests import lxml_pairs

etree: Any = untyped_etree
html: Any = untyped_html

MAIL = """
<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta name=Generator content="Microsoft Word 15"><!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]-->
<style><!-- p.MsoNormal {margin:0cm} @page WordSection1 {size:612pt} --></style></head>
<body lang=DE><div class=WordSection1><p class=MsoNormal>Hello,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal>see you in <st1:place w:st="on">Bonn</st1:place>.<o:p></o:p></p>
<table class=MsoTable><tr style='mso-yfti-irow:0'><td><p>1<o:p></o:p></p></td></tr></table>
<!--[if gte vml 1]><v:shape id="x"/><![endif]--><![if !vml]><img src=x><![endif]></div></body></html>
"""

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="feed.xsl"?><!-- made by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>News</title><link>http://a.example/</link><atom:link href="http://a.example/rss" rel="self"/>
<image><url>http://a.example/i.png</url><link>http://a.example/</link></image>
<item><title>One</title><link>http://a.example/1</link><pubDate>Mon, 01 Jan 2026 00:00:00 GMT</pubDate>
<dc:creator><![CDATA[A & B]]></dc:creator><guid isPermaLink="false">1</guid>
<content:encoded><![CDATA[<p>One<br>two</p>]]></content:encoded><media:content url="x.jpg" medium="image"/></item>
</channel></rss>
"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="http://a.example/">
<title type="text">News</title><link rel="self" href="http://a.example/atom"/><updated>2026-01-01T00:00:00Z</updated>
<entry><id>urn:1</id><title type="html">One &lt;b&gt;</title><link href="http://a.example/1"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One<br/>two</p><input/></div></content></entry></feed>
"""

SVG = """<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"><defs>
<linearGradient id="g"><stop offset="0"/></linearGradient></defs><style>text { fill: red }</style>
<text x="1" xml:space="preserve"> a <tspan>b</tspan></text><use xlink:href="#g"/><foreignObject width="9"/></svg>
"""

XHTML = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>A</title><script>//<![CDATA[
if (1 < 2 && 3) {}
//]]></script></head><body><table><tr><td>1</td></tr></table><p>a<br/>b</p>
<svg xmlns="http://www.w3.org/2000/svg"><a/></svg></body></html>
"""


def patched(old: Any, new: Any) -> Any:
    apply_to_lxml(old, diff_trees(tree_from_lxml(old), tree_from_lxml(new)))
    return old


# HTML -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>a</p>", "<p>a</p><table><tr><td>1</td></tr></table>"),
        ("<p>a</p><table><tr><td>1</td></tr></table>", "<p>a</p><table><tr><td>1</td></tr><tr><td>2</td></tr></table>"),
        ("<p>a</p>", "<p>a</p><noscript><p>b</p></noscript>"),
        ("<p>a</p>", "<p>a<o:p></o:p></p><st1:place w:st=on>b</st1:place>"),
        ("<p>a</p>", "<p>a</p><wbr>b<source>c"),
        ("<p>a</p>", '<p>a</p><x"y z"w=1>b</x"y>'),
        ("<p>a</p>", "<p>a</p><a href=x>b<a href=y>c</a></a><li>d<li>e"),
        ("<p>a</p>", "<p>a</p><svg viewBox='0'><foreignObject><P>b</P></foreignObject></svg>"),
        ("<p>a</p>", "<p>a</p><script>if (a < b && c) '</p>'</script><style>a > b</style><textarea>\n\n</textarea>"),
        ("<p>a</p>", "<p>a</p><select><selectedcontent>a</selectedcontent></select>"),
        ("<p>a</p>", "<p>a</p><!--[if mso]><b><![endif]--><![if !x]>b<![endif]><?c d?>"),
        ("<p>a</p><select><selectedcontent>a</select>", "<p>a</p><select><selectedcontent>b</select>"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", lxml_pairs.HTML_WAYS)
def test_html_is_patched_as_the_parser_made_it(old: str, new: str, way: str) -> None:
    page, wanted = lxml_pairs.read_html(old, way), lxml_pairs.read_html(new, way)
    kept = page.find(".//p")
    assert etree.tostring(patched(page, wanted)) == etree.tostring(wanted)
    assert page.find(".//p") is kept


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see you in", "see you soon in"),
        ("<td>", "<td><p>0</p></td><td>"),
        ("</div>", "<p class=MsoNormal>Bye<o:p></o:p></p><table><tr><td>2<o:p></o:p></td></tr></table></div>"),
        ("<o:p>&nbsp;</o:p>", "<o:p><b>x</b></o:p>"),
    ],
)  # fmt: skip
def test_mail_of_an_office_program(before: str, after: str) -> None:
    for way in lxml_pairs.HTML_WAYS[1:]:
        page = lxml_pairs.read_html(MAIL, way)
        kept = page.findall(".//p")
        patched(page, wanted := lxml_pairs.read_html(MAIL.replace(before, after, 1), way))
        assert etree.tostring(page) == etree.tostring(wanted)
        assert {*kept} <= {*page.findall(".//p")}


def test_patches_of_browser_trees_still_apply() -> None:
    page = html.fragment_fromstring("<div><p>a</p></div>")
    new = parse_html("<p>a</p><table><tr><td>1</table>", context="div")
    apply_to_lxml(page, diff_trees(tree_from_lxml(page), new))
    assert tree_from_lxml(page) == new
    apply_to_lxml(page, [{"path": "", "html": "<p>not ended<p>but read"}])
    assert [child.tag for child in page] == ["p", "p"]


def test_the_root_element_of_a_document_stays_whatever_its_key_is() -> None:
    page = html.document_fromstring("<html id=a><p>x").getroottree()
    root = page.getroot()
    wanted = html.document_fromstring("<!--c--><html id=b><p>x<!--d-->").getroottree()
    assert etree.tostring(patched(page, wanted)) == etree.tostring(wanted)
    assert page.getroot() is root


# XML --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        (RSS, "<item>", "<item><title>Zero</title><link>http://a.example/0</link><pubDate>Mon</pubDate></item><item>"),
        (RSS, "<item>", "<item><dc:creator>C</dc:creator><media:content url='y'/></item><item>"),
        (RSS, "<title>One", "<title>1"),
        (RSS, "<dc:creator><![CDATA[A & B]]>", "<dc:creator><![CDATA[B & <A>]]>"),
        (RSS, "</item>", "<x:y xmlns:x='urn:x' x:z='1'>a</x:y></item>"),
        (RSS, "<!-- made by hand -->", "<?pi a?b?><!-- made -->"),
        (RSS, 'medium="image"', 'medium="video" dc:of="x"'),
        (ATOM, "<entry>", "<entry><id>urn:0</id><link href='http://a.example/0'/></entry><entry>"),
        (ATOM, "<p>One<br/>two</p>", "<p>One</p><table><tr><td>1</td></tr></table><br/>"),
        (ATOM, "<id>urn:1</id>", "<id>urn:1</id><bare xmlns=''><a/></bare>"),
        (ATOM, 'xml:lang="en"', 'xml:lang="de"'),
        (SVG, "<use", '<text x="2" xml:space="preserve"> c </text><use xlink:href="#h"/><use'),
        (SVG, "<stop", "<stop offset='1'/><stop"),
        (SVG, "<!DOCTYPE svg PUBLIC", "<!--a--><!DOCTYPE svg PUBLIC"),
        (XHTML, "<tr>", "<tr><td>0</td></tr><tr>"),
        (XHTML, "<a/>", "<a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='#'/><a/>"),
        (XHTML, "1 < 2", "1 <= 2"),
    ],
)  # fmt: skip
def test_xml_is_patched_by_rules_of_xml(source: str, before: str, after: str) -> None:
    assert before in source
    changed = source.replace(before, after, 1)
    for way in lxml_pairs.XML_WAYS:
        page, wanted = (
            lxml_pairs.read_xml(text.replace('encoding="UTF-8"', ""), way) for text in (source, changed)
        )
        kept = [*page.iter(etree.Element)]
        content = lxml_pairs.xml_content(wanted)
        assert lxml_pairs.xml_content(patched(page, wanted)) == content
        assert len({*kept} - {*page.iter(etree.Element)}) <= 2
    lxml_pairs.check_xml_in_python(source, changed)


def test_xml_can_be_compared_with_a_text() -> None:
    page = etree.ElementTree(etree.fromstring("<rss><link>a</link><br>b</br></rss>"))
    apply_to_lxml(
        page, diff_trees(tree_from_lxml(page), parse_xml("<rss><link>c</link><br>b</br><Link/></rss>"))
    )
    assert etree.tostring(page) == b"<rss><link>c</link><br>b</br><Link/></rss>"


def test_an_instruction_has_no_question_mark_too_many() -> None:
    page = etree.fromstring("<div><p>x</p></div>")
    assert (
        etree.tostring(patched(page, etree.fromstring("<div><p>x</p><?a b?></div>")))
        == b"<div><p>x</p><?a b?></div>"
    )


def test_a_doctype_is_added_changed_and_removed() -> None:
    page = etree.ElementTree(etree.fromstring("<!--a--><svg/>"))
    for doctype in ("<!DOCTYPE svg>", '<!DOCTYPE svg SYSTEM "a">', '<!DOCTYPE svg PUBLIC "b" "c">', ""):
        wanted = etree.ElementTree(etree.fromstring(f"{doctype}<!--a--><svg/>"))
        patched(page, wanted)
        assert page.docinfo.doctype == wanted.docinfo.doctype == doctype
        assert etree.tostring(page) == etree.tostring(wanted)


OLD = '<r xmlns:a="urn:a" xmlns:b="urn:a"><a:k>1</a:k><m xmlns="urn:m"/></r>'


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ('<r xmlns:a="urn:x" xmlns:b="urn:a"><m xmlns="urn:m"/></r>', "another xmlns:a on an element that stays"),
        ('<r xmlns:a="urn:a" xmlns:b="urn:a"><a:k>2</a:k><b:k/></r>', "two prefixes stand for the same namespace"),
        ("<other/>", "the root element of a document cannot be replaced"),
        ('<!DOCTYPE s><r xmlns:a="urn:a" xmlns:b="urn:a"><a:k>1</a:k></r>', "a doctype named 's'"),
    ],
)  # fmt: skip
def test_what_lxml_cannot_do_is_refused_before_anything_changes(new: str, why: str) -> None:
    page = etree.ElementTree(etree.fromstring(OLD))
    with pytest.raises(PatchError, match=why):
        patched(page, etree.ElementTree(etree.fromstring(new)))
    assert etree.tostring(page) == OLD.encode()


def test_a_prefix_that_means_something_else_in_the_new_tree_is_refused() -> None:
    old, new = (etree.fromstring(f'<r xmlns:a="urn:{uri}"><a:k/></r>') for uri in "xy")
    with pytest.raises(
        ValueError, match="'a' stands for 'urn:x' in the old tree and for 'urn:y' in the new one"
    ):
        diff_trees(tree_from_lxml(old), tree_from_lxml(new))
    with pytest.raises(PatchError, match="the prefix of 'b:k', which is not declared there"):
        apply_to_lxml(old, [{"path": "", "insert": 0, "html": "<b:k/>"}])


def test_xml_and_html_are_not_compared_and_not_mixed() -> None:
    page = etree.fromstring("<p><b/></p>")
    with pytest.raises(ValueError, match="an XML tree cannot be compared with an HTML tree"):
        diff_trees(tree_from_lxml(page), parse_html("<b></b>", context="p"))
    with pytest.raises(PatchError, match="XML, line 1"):
        apply_to_lxml(page, [{"path": "", "insert": 0, "html": "<br>"}])


def test_what_no_markup_says_cannot_be_compared() -> None:
    old, new = html.fragment_fromstring("<div></div>"), html.fragment_fromstring("<div></div>")
    comment = etree.Comment("")
    comment.text = "a-->b"
    new.append(comment)
    with pytest.raises(ValueError, match="the new tree holds what no HTML says: look for '-->' in a comment"):
        diff_trees(tree_from_lxml(old), tree_from_lxml(new))


def test_declarations_of_a_doctype_are_seen_and_not_written() -> None:
    old, new = (
        etree.ElementTree(etree.fromstring(f'<!DOCTYPE p [<!ENTITY e "{text}">]><p/>')) for text in ("x", "y")
    )
    assert diff_trees(tree_from_lxml(old), tree_from_lxml(old)) == []
    with pytest.raises(ValueError, match="no XML says"):
        diff_trees(tree_from_lxml(old), tree_from_lxml(new))


def test_a_cdata_section_that_stays_is_one() -> None:
    parser = etree.XMLParser(strip_cdata=False)
    page, wanted = (
        etree.fromstring(f"<r>{more}<a><![CDATA[x<y]]></a><b/><![CDATA[t]]></r>", parser)
        for more in ("", "<n/>")
    )
    assert etree.tostring(patched(page, wanted)) == etree.tostring(wanted)


# Random -----------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=True), st.sampled_from(lxml_pairs.HTML_WAYS))
def test_random_html(rng: random.Random, way: str) -> None:
    old, new = lxml_pairs.html_sources(rng)
    lxml_pairs.check_html(old, new, way)


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=True), st.sampled_from(lxml_pairs.XML_WAYS))
def test_random_xml(rng: random.Random, way: str) -> None:
    old, new = lxml_pairs.xml_sources(rng)
    lxml_pairs.check_xml(old, new, way)


def test_nearly_all_random_pairs_can_be_patched() -> None:
    rng = random.Random(1)
    done = [lxml_pairs.check_html(*lxml_pairs.html_sources(rng), "document") for _ in range(100)]
    assert done.count(True) >= 80
    done = [lxml_pairs.check_xml(*lxml_pairs.xml_sources(rng), "document") for _ in range(100)]
    assert done.count(True) >= 95
