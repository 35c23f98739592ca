"""XML in, trees out, and back: feeds, SVG, XHTML, whatever is well-formed.

    >>> tree = parse_xml('<rss xmlns:dc="urn:dc"><link>http://a/</link><dc:date/></rss>')
    >>> to_xml(tree)
    '<rss xmlns:dc="urn:dc"><link>http://a/</link><dc:date/></rss>'

Names are kept as they are written, in their own case and with their prefix, and declarations (``xmlns:dc``) are
attributes like all others. A CDATA section is text. The XML declaration is not part of a tree.

Nothing outside the text is ever read, and XML that declares entities of its own is refused: a few lines of them can
stand for gigabytes ("billion laughs"). Expat, from the standard library, does the parsing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.parsers import expat

from .depth import MAX_TREE_DEPTH
from .errors import XmlError
from .node import DOCUMENT, Comment, Doctype, Element, Node, NodeLike, ProcessingInstruction, Root, Text
from .syntax import XML
from .writing import Unwritten, written

_DOCTYPE: Final = re.compile(r"""<!DOCTYPE\s+(?P<data>(?:[^\[>"']|"[^"]*"|'[^']*')*)>""")
_BEFORE_DOCTYPE: Final = re.compile(r"(?:\s|<!--.*?-->|<\?.*?\?>)*(?=<!DOCTYPE)", re.DOTALL)
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_ESCAPES: Final = _ESCAPES | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


# Reading ----------------------------------------------------------------------------------------------------


def parse_xml(xml: str) -> Root:
    """The tree of a whole XML document: its comments, instructions, doctype and root element.

    Raises ``XmlError`` if it is not well-formed, declares entities or is deeper than 500 elements.
    """
    if not isinstance(xml, str):
        raise TypeError(f"XML to parse must be str, not {type(xml).__name__}: decode bytes first")
    nodes = _read(xml.removeprefix("\ufeff"), 0)
    return Root(nodes, DOCUMENT, XML)


def parse_xml_nodes(xml: str, context: str) -> tuple[Node, ...]:
    """The nodes that ``xml`` gives as children of an element, or beside the root element where that is the context."""
    if context != DOCUMENT:
        return _read_content(xml)
    before = _BEFORE_DOCTYPE.match(xml)
    doctype = _DOCTYPE.match(xml, before.end()) if before is not None else None
    if before is None or doctype is None:
        return _without_texts(_read_content(xml))
    around = (_without_texts(_read_content(part)) for part in (xml[: before.end()], xml[doctype.end() :]))
    first, last = around
    return (*first, Doctype(doctype["data"].strip()), *last)


def _read_content(xml: str) -> tuple[Node, ...]:
    [wrapper] = _read(f"<x>{xml}</x>", 1)
    assert isinstance(wrapper, Element)
    return wrapper.children


def _without_texts(nodes: Sequence[Node]) -> tuple[Node, ...]:
    texts = [text for node in nodes if isinstance(node, Text) and (text := node.data.strip(" \t\r\n"))]
    if texts:
        raise XmlError(f"text beside the root element: {texts[0][:40]!r}")
    return tuple([node for node in nodes if not isinstance(node, Text)])


def _read(xml: str, added: int) -> tuple[Node, ...]:
    """The nodes of a document, of which so many elements were put around what it is about."""
    builder = _Builder(MAX_TREE_DEPTH + added)
    try:
        builder.parser.Parse(xml.encode(), True)
    except expat.ExpatError as error:
        raise XmlError(f"XML, line {error.lineno}, column {error.offset + 1}: {_why(error)}") from None
    except UnicodeEncodeError as error:
        raise XmlError(f"XML cannot hold {xml[error.start]!r}") from None
    return tuple(builder.siblings)


def _why(error: expat.ExpatError) -> str:
    return expat.ErrorString(error.code)


class _Builder:
    """Builds nodes from the events of expat."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.siblings: list[Node] = []
        self.opened: list[tuple[str, dict[str, str], list[Node]]] = []
        self.texts: list[str] = []
        parser = self.parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.texts.append
        parser.CommentHandler = lambda data: self.add(Comment(data))
        parser.ProcessingInstructionHandler = self.instruction
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EndDoctypeDeclHandler = self.doctype_end
        parser.EntityDeclHandler = self.entity
        parser.SkippedEntityHandler = self.unknown_entity
        self.is_in_doctype = False

    def add(self, node: Node) -> None:
        if not self.is_in_doctype:
            self.flush()
            self.siblings.append(node)

    def flush(self) -> None:
        if self.texts:
            self.siblings.append(Text("".join(self.texts)))
            self.texts.clear()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.opened) >= self.max_depth:
            raise XmlError(f"XML nested deeper than {MAX_TREE_DEPTH} elements, at {tag}")
        self.flush()
        self.opened.append((tag, attributes, self.siblings))
        self.siblings = []

    def end(self, tag: str) -> None:
        self.flush()
        tag, attributes, outer = self.opened.pop()
        outer.append(Element(tag, attributes, tuple(self.siblings), "xml"))
        self.siblings = outer

    def instruction(self, target: str, data: str) -> None:
        self.add(ProcessingInstruction(f"{target} {data}" if data else target))

    def doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if has_subset:
            raise XmlError(
                "XML whose doctype has declarations of its own is not read: leave out what is between [ and ]"
            )
        self.siblings.append(Doctype(doctype_data(name, public, system)))
        self.is_in_doctype = True

    def doctype_end(self) -> None:
        self.is_in_doctype = False

    def entity(self, name: str, *rest: object) -> None:
        raise XmlError(f"XML that declares entities ({name}) is not read")

    def unknown_entity(self, name: str, *rest: object) -> None:
        raise XmlError(f"the entity &{name}; is not known: write the character itself")


def doctype_data(name: str, public: str | None, system: str | None) -> str:
    """What a doctype says: its name and ids.

    >>> doctype_data("svg", None, "svg.dtd")
    'svg SYSTEM "svg.dtd"'
    """
    if public is not None:
        ids = f" PUBLIC {_quoted(public)}" + (f" {_quoted(system)}" if system is not None else "")
    else:
        ids = f" SYSTEM {_quoted(system)}" if system is not None else ""
    return name + ids


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


# Writing ----------------------------------------------------------------------------------------------------


def to_xml(node: NodeLike) -> str:
    """The XML of a node with all below it, or of all children of a ``Root``."""
    return xml_of(node.children if type(node) is Root else (node,))


def xml_of(nodes: Sequence[NodeLike]) -> str:
    """The XML of nodes, one after another; reading it tells whether XML can hold them."""
    return written(list(reversed(nodes)), _write_element, _leaf_xml)


def _write_element(element: Element, out: list[str], pending: Unwritten) -> None:
    attributes = _attributes_xml(element.attributes)
    if not element.children:
        out.append(f"<{element.tag}{attributes}/>")
        return
    out.append(f"<{element.tag}{attributes}>")
    pending.append(f"</{element.tag}>")
    pending += reversed(element.children)


def _attributes_xml(attributes: Mapping[str, str]) -> str:
    return "".join([f' {name}="{value.translate(_ATTRIBUTE_ESCAPES)}"' for name, value in attributes.items()])


def _leaf_xml(node: Any) -> str:
    if type(node) is Text:
        return node.data.translate(_ESCAPES)
    assert type(node) is ProcessingInstruction, "an XML tree has nodes of no other class"
    return f"<?{node.data}?>"
