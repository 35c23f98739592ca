"""What elements and attributes of lxml trees are called in ours, and how new ones are made.

lxml keeps the names of an XML tree as ``{uri}local`` with a prefix beside it; ours has them as they are written, and
declarations as attributes:

    <dc:date xmlns:dc="urn:d" dc:of="x"/>      {urn:d}date, prefix dc,      Element("dc:date", {"xmlns:dc": "urn:d",
                                               {"{urn:d}of": "x"}                               "dc:of": "x"})

Names of an HTML tree are plain, whatever they hold: ``o:p`` has no namespace there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, TypeAlias
from xml.sax.saxutils import quoteattr

from lxml import etree as untyped_etree

from ..vdom.htmlspec import NAMESPACE_URIS
from ..vdom.namespaces import Content, Namespace, content_of, namespace_of
from ..vdom.node import Element
from ..vdom.syntax import HTML, LITERAL, XML, Syntax, SyntaxName

etree: Any = untyped_etree

LxmlItem: TypeAlias = Any
"""A child in lxml: an element, a comment or the like, or a ``str`` for a text. Nothing of lxml has types."""

Scope: TypeAlias = "Mapping[str | None, str]"
"""What each prefix stands for at some place; ``None`` is no prefix."""

_NAMESPACE_OF_URI: Final[Mapping[str | None, Namespace]] = {
    NAMESPACE_URIS["html"]: "html",
    NAMESPACE_URIS["svg"]: "svg",
    NAMESPACE_URIS["math"]: "math",
}
_XML_URI: Final = "http://www.w3.org/XML/1998/namespace"
_PREFIX_OF_URI: Final[Mapping[str | None, str]] = {"http://www.w3.org/1999/xlink": "xlink", _XML_URI: "xml"}
_URI_OF_PREFIX: Final = {prefix: uri for uri, prefix in _PREFIX_OF_URI.items()}
_REFUSED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that lxml does not accept in a text."""


class Names(Protocol):
    """The names of one kind of tree. ``around`` is what such names depend on at a place; only it knows what that is."""

    syntax: Syntax

    def around_root(self) -> Any:
        """What is around the items of a whole document."""

    def shell(self, element: LxmlItem, around: Any) -> tuple[Element, Any]:
        """The node of an lxml element without its children, and what is around those."""

    def outside(self, element: LxmlItem) -> Any:
        """What is around an element that has been found somewhere."""

    def change_attributes(self, item: LxmlItem, old: Mapping[str, str], new: Mapping[str, str]) -> LxmlChange:
        """A change that is certain to work. Raises ``ValueError`` if lxml cannot have it."""

    def make(self, node: Element, parent: LxmlItem) -> LxmlItem:
        """A new element of lxml without children, to be appended to ``parent``."""

    def nest(self, parent: LxmlItem) -> LxmlItem:
        """What new children of ``parent`` are made in."""

    def check(self, node: Element, item: LxmlItem) -> None:
        """Raise ``ValueError`` if ``item``, which was made for ``node``, has other names."""

    def check_move(self, item: LxmlItem) -> None:
        """Raise ``ValueError`` if ``item`` would have other names elsewhere among its siblings."""


class LxmlChange(Protocol):
    """One change of an lxml tree, prepared and certain to work."""

    def __call__(self) -> object:
        """Make it."""


def names_of(source: LxmlItem, syntax: SyntaxName | None) -> Names:
    """The names of the tree that ``source`` is in; by the parser that made it, if no syntax is given."""
    if syntax is None:
        tree = source if isinstance(source, etree._ElementTree) else source.getroottree()
        syntax = "literal" if isinstance(tree.parser, etree.HTMLParser) else "xml"
    if syntax == "xml":
        return XmlNames()
    return HtmlNames(LITERAL if syntax == "literal" else HTML)


def checked(text: str) -> str:
    """``text``, if lxml can hold it. Raises ``ValueError`` if not."""
    bad = _REFUSED.search(text)
    if bad:
        raise ValueError(f"the character {bad[0]!r}")
    return text


def _split(name: str) -> tuple[str | None, str]:
    """Namespace and local name: ``{uri}local`` has both."""
    if name[0] != "{":
        return None, name
    uri, _, local = name[1:].partition("}")
    return uri, local


# HTML -------------------------------------------------------------------------------------------------------


class HtmlNames:
    """Plain names; where a tree has namespaces nevertheless, those of HTML, SVG and MathML are understood."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax

    def around_root(self) -> Content:
        return "html"

    def outside(self, element: LxmlItem) -> Content:
        return "html"

    def shell(self, element: LxmlItem, around: Content) -> tuple[Element, Content]:
        uri, local = _split(element.tag)
        namespace = _NAMESPACE_OF_URI.get(uri)
        tag = element.tag if uri and namespace is None else local
        attributes = {_html_attribute(key): value for key, value in element.attrib.items()}
        shell = Element(tag, attributes, (), namespace or namespace_of(tag, around))
        return shell, content_of(tag, shell.namespace, attributes)

    def change_attributes(self, item: LxmlItem, old: Mapping[str, str], new: Mapping[str, str]) -> LxmlChange:
        gone = [_lxml_attribute(name, item) for name in old if name not in new]
        set_to = [(_lxml_attribute(name, item), new[name]) for name in new if old.get(name) != new[name]]
        _set_all(item.makeelement("p"), set_to)
        return _attribute_change(item, gone, set_to)

    def make(self, node: Element, parent: LxmlItem) -> LxmlItem:
        tag = f"{{{NAMESPACE_URIS[node.namespace]}}}{node.tag}" if parent.tag[0] == "{" else node.tag
        try:
            element = parent.makeelement(tag)
        except ValueError:
            element = _parsed(tag, parent)
        _set_all(
            element, [(_lxml_attribute(name, element), value) for name, value in node.attributes.items()]
        )
        return element

    def nest(self, parent: LxmlItem) -> LxmlItem:
        return parent.makeelement("{x}x" if parent.tag[0] == "{" else "x")

    def check(self, node: Element, item: LxmlItem) -> None:
        """Names are what they are."""

    def check_move(self, item: LxmlItem) -> None:
        """They are, wherever the element goes."""


def _set_all(element: LxmlItem, attributes: Iterable[tuple[str, str]]) -> None:
    for name, value in attributes:
        element.set(name, checked(value))


def _attribute_change(item: LxmlItem, gone: list[str], set_to: list[tuple[str, str]]) -> LxmlChange:
    def work() -> None:
        for name in gone:
            del item.attrib[name]
        _set_all(item, set_to)

    return work


def _html_attribute(name: str) -> str:
    uri, local = _split(name)
    prefix = _PREFIX_OF_URI.get(uri)
    return f"{prefix}:{local}" if prefix else name


def _lxml_attribute(name: str, element: LxmlItem) -> str:
    """Names with a prefix have a namespace where elements have one; lxml's HTML trees have none."""
    prefix, colon, local = name.partition(":")
    in_namespace = colon and prefix in _URI_OF_PREFIX and element.tag[0] == "{"
    return f"{{{_URI_OF_PREFIX[prefix]}}}{local}" if in_namespace else name


def _parsed(tag: str, parent: LxmlItem) -> LxmlItem:
    """An element as lxml's parser makes it: ``makeelement`` refuses names like ``o:p``, which all Office mail has."""
    parser = parent.getroottree().parser
    if isinstance(parser, etree.HTMLParser) and not re.search(r"[\s/>]", tag):
        for element in etree.fromstring(f"<body><{tag}></{tag}></body>", parser.copy()).iter(etree.Element):
            if element.tag == tag:
                return element
    raise ValueError(f"Invalid tag name {tag!r}")


# XML --------------------------------------------------------------------------------------------------------


class XmlNames:
    """Names with the prefix they are written with, and declarations as attributes. What is around is a ``Scope``."""

    syntax = XML

    def around_root(self) -> Scope:
        return {}

    def outside(self, element: LxmlItem) -> Scope:
        parent = element.getparent()
        return {} if parent is None else scope_of(parent)

    def shell(self, element: LxmlItem, around: Scope) -> tuple[Element, Scope]:
        scope = scope_of(element)
        attributes = {
            _declaration(prefix): uri for prefix, uri in scope.items() if around.get(prefix, "") != uri
        }
        for index, (name, value) in enumerate(element.attrib.items(), 1):
            attributes[_xml_attribute(name, index, element, scope)] = value
        return Element(_joined(element.prefix, _split(element.tag)[1]), attributes, (), "xml"), scope

    def change_attributes(self, item: LxmlItem, old: Mapping[str, str], new: Mapping[str, str]) -> LxmlChange:
        scope = scope_of(item)
        for name in {*old, *new}:
            if (
                _is_declaration(name)
                and old.get(name) != new.get(name)
                and scope.get(_prefix(name)) != new.get(name)
            ):
                raise ValueError(f"another {name} on an element that stays: replace what it is in")
        gone = [_expanded(name, scope, "") for name in old if name not in new and not _is_declaration(name)]
        changed = [name for name in new if old.get(name) != new[name] and not _is_declaration(name)]
        set_to = [(_expanded(name, scope, ""), new[name]) for name in changed]
        trial = _with_scope(scope)
        _set_all(trial, set_to)
        self.check(Element("x", {name: new[name] for name in changed}, (), "xml"), trial)
        return _attribute_change(item, gone, set_to)

    def make(self, node: Element, parent: LxmlItem) -> LxmlItem:
        own = {_prefix(name): uri for name, uri in node.attributes.items() if _is_declaration(name)}
        scope = {**scope_of(parent), **own}
        element = parent.makeelement(_expanded(node.tag, scope, scope.get(None, "")), nsmap=own)
        attributes = [item for item in node.attributes.items() if not _is_declaration(item[0])]
        _set_all(element, [(_expanded(name, scope, ""), value) for name, value in attributes])
        return element

    def nest(self, parent: LxmlItem) -> LxmlItem:
        """An element where the same prefixes stand for the same, so that names can be looked at beforehand."""
        scope = scope_of(parent)
        nest = _with_scope(scope)
        holder = parent.makeelement(_expanded("x", scope, scope.get(None, "")))
        nest.append(holder)
        return holder

    def check(self, node: Element, item: LxmlItem) -> None:
        """Raise ``ValueError`` where lxml took one of two prefixes that stand for the same."""
        scope = scope_of(item)
        made, _ = self.shell(item, scope)
        declared = {_prefix(name): uri for name, uri in node.attributes.items() if _is_declaration(name)}
        if (
            made.tag != node.tag
            or made.attributes != _undeclared(node.attributes)
            or any(scope.get(prefix, "") != uri for prefix, uri in declared.items())
        ):
            raise ValueError(f"<{node.tag}> where two prefixes stand for the same namespace")

    def check_move(self, item: LxmlItem) -> None:
        for element in item.iter(etree.Element):
            around = scope_of(element.getparent())
            added = [uri for prefix, uri in scope_of(element).items() if around.get(prefix, "") != uri]
            if not set(around.values()).isdisjoint(added):
                raise ValueError(
                    f"<{element.tag}> moved, with two prefixes that stand for the same namespace"
                )


def scope_of(element: LxmlItem) -> dict[str | None, str]:
    """What prefixes stand for at an element."""
    scope: dict[str | None, str] = element.nsmap
    uri = _split(element.tag)[0] or ""
    if element.prefix is None and scope.get(None, "") != uri:
        scope[None] = uri  # made by hand: it is not in the namespace of its parent
    return scope


def _declaration(prefix: str | None) -> str:
    return "xmlns" if prefix is None else f"xmlns:{prefix}"


def _is_declaration(name: str) -> bool:
    return name == "xmlns" or name.startswith("xmlns:")


def _prefix(declaration: str) -> str | None:
    return declaration.partition(":")[2] or None


def _undeclared(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if not _is_declaration(name)}


def _joined(prefix: str | None, local: str) -> str:
    return local if prefix is None else f"{prefix}:{local}"


def _xml_attribute(name: str, index: int, element: LxmlItem, scope: Scope) -> str:
    """The name of the attribute as it is written; ``index`` is its place, from 1."""
    uri, local = _split(name)
    if uri is None:
        return local
    if uri == _XML_URI:
        return f"xml:{local}"
    prefixes = [prefix for prefix, known in scope.items() if known == uri and prefix is not None]
    return f"{prefixes[0]}:{local}" if len(prefixes) == 1 else str(element.xpath(f"name(@*[{index}])"))


def _expanded(name: str, scope: Scope, default: str) -> str:
    """``{uri}local`` for a name as it is written; ``default`` is the namespace of one without a prefix."""
    prefix, colon, local = name.partition(":")
    if not colon:
        return f"{{{default}}}{name}" if default else name
    uri = _XML_URI if prefix == "xml" else scope.get(prefix)
    if not uri:
        raise ValueError(f"the prefix of {name!r}, which is not declared there")
    return f"{{{uri}}}{local}"


def _with_scope(scope: Scope) -> LxmlItem:
    """An element that declares all of ``scope``, in the order in which lxml looks through it."""
    declared = [f" {_declaration(prefix)}={quoteattr(uri)}" for prefix, uri in scope.items() if uri]
    return etree.fromstring(f"<x{''.join(declared)}/>")
