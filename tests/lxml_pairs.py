"""Pairs of trees that lxml's own parsers made, of random HTML and XML, and what has to hold for them.

The second tree of a pair is that of the first one's source after some edits.
"""

from __future__ import annotations

import copy
import random
from typing import Any

from lxml import etree as untyped_etree
from lxml import html as untyped_html

from hyper.diff import Patch, PatchError, apply_patches, diff_trees
from hyper.diff.lxml import apply_to_lxml, tree_from_lxml
from hyper.vdom import parse_xml, to_html, to_xml

etree: Any = untyped_etree
html: Any = untyped_html

PLAUSIBLE_REFUSALS = (
    "the character",
    "two prefixes",
    "which is not declared there",
    "on an element that stays",
    "a doctype named",
)
"""What lxml cannot hold, or cannot change in an element that stays."""


# HTML -------------------------------------------------------------------------------------------------------

_TAGS = (
    "p div table tr td tbody li ul a b i form select option svg foreignObject math mi template noscript script style "
    "textarea title pre br img wbr source input o:p st1:place h1 iframe plaintext head body html frameset frame "
    "selectedcontent button dd dt span image keygen xmp param"
).split()
_ATTRIBUTES = (
    "", "", "", " class=x", " id=i1", ' id="i2"', ' @c="a&amp;b"', " o:x=1", ' a"b=1', ' viewBox="0 0"', " xml:lang=en",
    ' xmlns:o="urn:o"', ' xlink:href="#"', " key=k", " t='\"\n'", " data-x='<>'",
)  # fmt: skip
_TEXTS = (
    "a", "b c", " ", "\n", "&amp;", "&lt;p&gt;", "é", "&nbsp;", "x<y", "<!--c-->", "<!--a--b-->", "<!---->", "<?pi d?>",
    "<![CDATA[x]]>", "<!doctype html>", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://x">',
    "<!--[if mso]><b><![endif]-->", "<![if !x]>", "\x0c", "&#13;", "<a<b>", "</p>", "<é>", "&notit;", "\n\nx", "-->",
    "</script>",
)  # fmt: skip


def _soup(rng: random.Random, count: int) -> list[str]:
    parts: list[str] = []
    opened: list[str] = []
    for _ in range(count):
        chance = rng.random()
        if chance < 0.4:
            opened.append(rng.choice(_TAGS))
            parts.append(f"<{opened[-1]}{rng.choice(_ATTRIBUTES)}{rng.choice(_ATTRIBUTES)}>")
        elif chance < 0.6 and opened:
            tag = opened.pop()
            parts.append(f"</{tag if rng.random() < 0.8 else rng.choice(_TAGS)}>")
        else:
            parts.append(rng.choice(_TEXTS))
    return parts


def _edited(rng: random.Random, parts: list[str]) -> list[str]:
    parts = list(parts)
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(parts))
        chance = rng.random()
        if chance < 0.4:
            parts[at:at] = _soup(rng, rng.randint(1, 4))
        elif chance < 0.7 and at < len(parts):
            del parts[at]
        elif parts:
            moved = parts.pop(rng.randrange(len(parts)))
            parts.insert(at, moved)
    return parts


def html_sources(rng: random.Random) -> tuple[str, str]:
    """Two pages as nobody should write them."""
    parts = _soup(rng, rng.randint(1, 30))
    return "<p>" + "".join(parts), "<p>" + "".join(_edited(rng, parts))


def read_html(source: str, way: str) -> Any:
    """What one of lxml's ways to read HTML makes of ``source``."""
    if way == "fragment":
        return html.fragment_fromstring(source, create_parent="div")
    if way == "document":
        return html.document_fromstring(source).getroottree()
    return etree.HTML(source).getroottree()


HTML_WAYS = ("fragment", "document", "etree")


def html_content(source: Any) -> list[tuple[Any, ...]]:
    """All that lxml has of an HTML tree, in order."""
    if isinstance(source, etree._ElementTree):
        root = source.getroot()
        items = [*list(root.itersiblings(preceding=True))[::-1], root, *root.itersiblings()]
        return [(source.docinfo.doctype,), *[line for item in items for line in html_content(item)]]
    return [
        (
            item.tag,
            sorted(item.attrib.items()),
            item.text or "",
            item.tail or "",
            len(list(item.iterancestors())),
        )
        for item in source.iter()
    ]


def check_html(old_source: str, new_source: str, way: str) -> bool:
    """Is the old tree the new one after patching? Else it was refused and is as before; anything else raises."""
    try:
        old, new = read_html(old_source, way), read_html(new_source, way)
    except AssertionError:  # lxml reads no page with two bodies as a fragment
        return False
    return _check(old, new, html_content)


# XML --------------------------------------------------------------------------------------------------------

_XML_TAGS = (
    "item", "Link", "pubDate", "image", "a:x", "b:y", "text", "br", "selectedcontent", "input", "éé", "p.q", "table",
    "tr", "title", "script",
)  # fmt: skip
_XML_ATTRIBUTES = (
    "id", "a:id", "b:k", "xml:space", "xml:lang", "data-live-ignore", "Case", "key", "type",
)  # fmt: skip
_XML_TEXTS = (
    "a",
    " ",
    "\n",
    "&lt;x",
    "&amp;",
    "]]&gt;",
    "é",
    "&#13;",
    "<![CDATA[x<y]]>",
    "\t",
    "é\U0001f600",
    "&#133;",
)
_XML_LEAVES = ("<!--c-->", "<!---->", "<!-- a-b -->", "<?p d?>", "<?p?>", "<?q a?b >?>")
_XML_VALUES = ("1", "x", "a'b", "&lt;&quot;", "&#10;&#9;", "")
_NAMESPACES = {"": ("urn:u", "urn:v", ""), "a": ("urn:a", "urn:b"), "b": ("urn:a", "urn:c")}
_BEFORE = (
    "", "", "<!--p-->", "<?xml-stylesheet href='x'?>", "<!DOCTYPE {root}>", "<!DOCTYPE {root} SYSTEM 'x.dtd'>",
    "<!DOCTYPE {root} PUBLIC '-//A' 'b'><!--q-->",
)  # fmt: skip
_AFTER = ("", "<!--e-->", "<?e?>")

Item = Any
"""An element as ``[tag, attributes, children]``, or XML as a ``str``."""


def _allowed(names: tuple[str, ...], scope: set[str]) -> list[str]:
    return [name for name in names if ":" not in name or name.partition(":")[0] in scope]


def _element(rng: random.Random, depth: int, scope: set[str]) -> Item:
    attributes: dict[str, str] = {}
    if rng.random() < 0.15:
        prefix = rng.choice(list(_NAMESPACES))
        attributes[f"xmlns:{prefix}" if prefix else "xmlns"] = rng.choice(_NAMESPACES[prefix])
        scope = scope | {prefix}
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        attributes[rng.choice(_allowed(_XML_ATTRIBUTES, scope))] = rng.choice(_XML_VALUES)
    tag = rng.choice(_allowed(_XML_TAGS, scope))
    children: list[Item] = []
    for _ in range(rng.randint(0, 4) if depth < 4 else 0):
        chance = rng.random()
        if chance < 0.55:
            children.append(_element(rng, depth + 1, scope))
        else:
            children.append(rng.choice(_XML_TEXTS if chance < 0.85 else _XML_LEAVES))
    return [tag, attributes, children]


def _changed(rng: random.Random, item: Item, scope: set[str]) -> Item:
    tag, attributes, children = item[0], dict(item[1]), list(item[2])
    scope = scope | {name[6:] for name in attributes if name.startswith("xmlns")}
    if rng.random() < 0.15:
        attributes[rng.choice(_allowed(_XML_ATTRIBUTES, scope))] = "new"
    removable = [name for name in attributes if not name.startswith("xmlns")]
    if removable and rng.random() < 0.1:
        del attributes[rng.choice(removable)]
    children = [
        _changed(rng, child, scope) if isinstance(child, list) and rng.random() < 0.5 else child
        for child in children
    ]
    for _ in range(rng.choice([0, 0, 1, 2])):
        chance, at = rng.random(), rng.randint(0, len(children))
        if chance < 0.6:
            children.insert(at, _element(rng, 3, scope) if chance < 0.4 else rng.choice(_XML_TEXTS))
        elif chance < 0.8 and at < len(children):
            del children[at]
        elif children:
            moved = children.pop(rng.randrange(len(children)))
            children.insert(at, moved)
    return [tag, attributes, children]


def _written(item: Item) -> str:
    if isinstance(item, str):
        return item
    tag, attributes, children = item
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{named}>{''.join(map(_written, children))}</{tag}>"


def xml_sources(rng: random.Random) -> tuple[str, str]:
    """Two documents, of which lxml may find one not well-formed: an attribute twice by two prefixes."""
    scope = {"xml"}
    old = _element(rng, 0, scope)
    new = _changed(rng, old, scope)
    written = [
        rng.choice(_BEFORE).format(root=item[0]) + _written(item) + rng.choice(_AFTER) for item in (old, new)
    ]
    return written[0], written[1]


def read_xml(source: str, way: str) -> Any:
    """The tree of ``source``: the document, or its root element; with CDATA sections or without."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=way != "cdata")
    root = etree.fromstring(source, parser)
    return root if way == "element" else root.getroottree()


XML_WAYS = ("document", "element", "cdata")


def xml_content(source: Any) -> list[tuple[Any, ...]]:
    """All that lxml has of an XML tree: what has to be signed, and what our own tree has."""
    if isinstance(source, etree._ElementTree):
        doctype = source.docinfo.doctype
        return [(doctype, etree.tostring(source, method="c14n")), *_declared(source.getroot())]
    bare = copy.deepcopy(source)  # its own attributes are not in our tree
    bare.attrib.clear()
    return [(etree.tostring(bare, method="c14n"),), *_declared(source)[1:]]


def _declared(root: Any) -> list[tuple[Any, ...]]:
    """Names and prefixes: canonical XML does not say that a name has no namespace."""
    return [(item.tag, item.prefix, *sorted(item.attrib.items())) for item in root.iter(etree.Element)]


def check_xml(old_source: str, new_source: str, way: str) -> bool:
    """As ``check_html``; and the same on our own trees, without lxml."""
    check_xml_in_python(old_source, new_source)
    try:
        old, new = read_xml(old_source, way), read_xml(new_source, way)
    except etree.XMLSyntaxError:
        return False
    return _check(old, new, xml_content)


def check_xml_in_python(old_source: str, new_source: str) -> None:
    old, new = parse_xml(old_source), parse_xml(new_source)
    assert parse_xml(to_xml(old)) == old
    patches = diff_trees(old, new)
    patched = apply_patches(old, patches)
    assert patched == new, "law 1"
    assert (patches == []) is (old == new), "law 2"
    assert diff_trees(patched, new) == []
    assert sum(len(patch.get("html", "")) for patch in patches) <= len(to_html(new)), "law 6"


# Both -------------------------------------------------------------------------------------------------------


def _refusal(page: Any, patches: list[Patch]) -> str:
    """Why lxml cannot be patched so; nothing if it was."""
    try:
        apply_to_lxml(page, patches)
    except PatchError as error:
        return str(error)
    return ""


def _has_two_roots(document: Any) -> bool:
    """lxml's HTML parser puts some of what follows ``</html>`` into an element beside it."""
    return any(isinstance(item.tag, str) for item in document.getroot().itersiblings())


def _check(old: Any, new: Any, content: Any) -> bool:
    before, wanted = content(old), content(new)
    old_tree, new_tree = tree_from_lxml(old), tree_from_lxml(new)
    known = set(old.iter())
    patches = diff_trees(old_tree, new_tree)
    why = _refusal(old, patches)
    if why:
        assert content(old) == before, "refused, but changed"
        is_broken = "root element" in why and any(map(_has_two_roots, (old, new)))
        assert is_broken or any(known in why for known in PLAUSIBLE_REFUSALS), why
        return False
    assert content(old) == wanted, patches
    assert content(new) == wanted, "the new tree was changed"
    assert diff_trees(tree_from_lxml(old), new_tree) == []
    assert diff_trees(old_tree, old_tree) == []
    assert apply_patches(old_tree, patches) == new_tree, "law 1, without lxml"
    if not any("html" in patch for patch in patches):
        assert set(old.iter()) <= known, "what stays is the same object"
    return True
