"""The source of a template, checked strictly and rewritten so that an HTML parser can read it.

A template's strings are joined with a marker ``⟦n⟧`` where slot *n* is (the brackets are two private-use
characters). Scanning the joined text tells in which context every slot is (content, attribute, component) and
refuses what a browser would silently repair: an unclosed tag, a wrong closing tag, a slot where no value can be
made safe. The result is HTML for the parser that builds the tree a browser would build:

    <ul class="⟦0⟧">⟦1⟧</ul>    →    <ul class="⟦0⟧"><!--⟦1⟧--></ul>

A component (``<⟦2⟧ title="x">…</⟦2⟧>``) becomes a marker too; its properties and children are kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Final, NoReturn

from ..errors import TemplateError
from ..escaping import escape_attribute
from ..htmlspec import ESCAPABLE_RAW_TEXT_ELEMENTS, RAW_TEXT_ELEMENTS, VOID_ELEMENTS
from .exact_numbers import with_exact_numbers
from .expressions import as_browsers_read, handler_start

OPEN_MARK: Final = "\ue0f0"
CLOSE_MARK: Final = "\ue0f1"
MARKER: Final = re.compile(f"{OPEN_MARK}(\\d+){CLOSE_MARK}")
_RESERVED: Final = re.compile(f"[\\0{OPEN_MARK}{CLOSE_MARK}]")

_TAG = re.compile(f"<(/?)([A-Za-z:{OPEN_MARK}][^\\s/>]*)")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s"'<>/=][^\s/>=]*)"""
    r"""(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|"""
    rf"""(?P<bare>{OPEN_MARK}\d+{CLOSE_MARK}(?=[\s/>])|[^\s"'<>=`]+)))?"""
)
_CAPITALIZED = re.compile(r"[A-Z][a-z]\w*")
_DIGIT = re.compile("[0-9]")
_TAG_END = re.compile(r"\s*(/?)>")
_COMPONENT_TAG = re.compile(f"<(/?){OPEN_MARK}\\d+{CLOSE_MARK}((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
_SLOT_TAG = re.compile(rf"<(/?):([a-z_][a-z0-9_]*)>|{_COMPONENT_TAG.pattern}")


@dataclass(frozen=True, slots=True)
class Location:
    """The place of a template: a file and the line of its first character."""

    file: str = "<template>"
    line: int = 1

    def error(self, message: str) -> TemplateError:
        return TemplateError(f"{self.file}:{self.line}: {message}")

    def below(self, lines: int) -> Location:
        return Location(self.file, self.line + lines)


@dataclass(slots=True)
class ComponentTag:
    """``<{Card} title="x">…</{Card}>``: the slot that names it, its properties, its content."""

    function: int
    properties: list[tuple[str, str | None]]
    """Names with their source text, ``None`` for one without a value."""
    location: Location
    children: tuple[str, Location] | None = None
    named: list[tuple[str, str, Location]] = field(default_factory=list)
    """Named slots, written ``<:footer>…</:footer>``."""


@dataclass(slots=True)
class ParsedSource:
    """The result of scanning: HTML with markers, and what the markers of components mean."""

    html: str
    components: dict[int, ComponentTag]
    """By the number of the slot that names the component."""
    shape: list[tuple[int, str, int]]
    """Depth, tag and line of every element, in document order: the parser's tree has to match."""


def join_strings(strings: Sequence[str], location: Location) -> str:
    """The text of a template with a marker for each slot. Raises ``TemplateError`` if it holds one already."""
    if _RESERVED.search("".join(strings)):
        raise location.error("a template may not contain NUL or the private-use characters U+E0F0 and U+E0F1")
    pieces = [strings[0]]
    for number, string in enumerate(strings[1:]):
        pieces += (OPEN_MARK, str(number), CLOSE_MARK, string)
    return "".join(pieces)


def trim_edges(source: str, location: Location) -> tuple[str, Location]:
    """``source`` without white space at its edges, if that holds a line break: it is layout of the code only."""
    start = len(source) - len(source.lstrip())
    lines = source.count("\n", 0, start)
    end = len(source.rstrip())
    trimmed = source[start if lines else 0 : end if "\n" in source[end:] else len(source)]
    return (trimmed, location.below(lines)) if trimmed.strip() else ("", location)


def scan_source(source: str, location: Location) -> ParsedSource:
    """The source of a template as HTML with markers.

    Raises ``TemplateError``, which names the line and the fix, if it is not well formed.
    """
    return _Scanner(source, location).scan()


class _Scanner:
    """Reads a source once, from beginning to end: ``position`` only grows."""

    def __init__(self, source: str, location: Location) -> None:
        self.source = source
        self.location = location
        self.position = 0
        self.out: list[str] = []
        self.open: list[tuple[str, int]] = []  # tag, position of its start tag
        self.components: dict[int, ComponentTag] = {}
        self.shape: list[tuple[int, str, int]] = []

    def at(self, position: int) -> Location:
        return self.location.below(self.source.count("\n", 0, position))

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        raise self.at(self.position if position is None else position).error(message)

    def scan(self) -> ParsedSource:
        source = self.source
        while (found := source.find("<", self.position)) >= 0:
            self.text(found)
            self.markup()
        self.text(len(source))
        if self.open:
            tag, position = self.open[-1]
            self.fail(f"<{tag}> is never closed: add </{tag}>", position)
        return ParsedSource("".join(self.out), self.components, self.shape)

    def text(self, end: int) -> None:
        """Write the content up to ``end``: slots become comments, which the parser accepts in any place."""
        text = self.source[self.position : end]
        if not (self.open and self.open[-1][0].lower() in ESCAPABLE_RAW_TEXT_ELEMENTS):
            text = MARKER.sub(lambda match: f"<!--{match.group()}-->", text)
        self.out.append(text)
        self.position = end

    def markup(self) -> None:
        source, start = self.source, self.position
        if source.startswith("<!--", start):
            self.comment()
        elif source.startswith(("<!", "<?"), start):
            self.fail("declarations and processing instructions do not belong in a template")
        elif match := _TAG.match(source, start):
            self.position = match.end()
            self.tag(match[1], match[2], start)
        else:
            self.out.append("&lt;")
            self.position += 1

    def tag(self, closing: str, tag: str, start: int) -> None:
        if closing:
            self.close(tag, start)
        elif match := MARKER.fullmatch(tag):
            self.component(int(match[1]), start)
        elif tag.startswith(":"):
            self.fail(f"<{tag}> is a slot of a component: it must be directly inside <{{Component}}>", start)
        else:
            self.element(tag, start)

    def comment(self) -> None:
        end = self.source.find("-->", self.position)
        if end < 0:
            self.fail("a comment is never closed: add -->")
        if OPEN_MARK in self.source[self.position : end]:
            self.fail("a slot in a comment, where it is never shown: remove the slot")
        self.out.append(self.source[self.position : end + 3])
        self.position = end + 3

    def element(self, tag: str, start: int) -> None:
        if OPEN_MARK in tag:
            self.fail(
                "a slot inside a tag's name: only a whole name can be one, and it names a component", start
            )
        if _CAPITALIZED.fullmatch(tag):
            self.fail(f"<{tag}> is not an element: a component is written with braces, <{{{tag}}}>", start)
        name = tag.lower()
        self.shape.append((len(self.open), name, self.at(start).line))
        self.out.append(f"<{tag}")
        self.attributes(tag)
        self_closing = self.tag_end(f"<{tag}", start)
        foreign = self.in_foreign(name)
        if self_closing and name not in VOID_ELEMENTS and not foreign:
            self.fail(f"HTML has no self-closing <{tag}/>: write <{tag}></{tag}>", start)
        self.out.append("/>" if self_closing and foreign else ">")
        if name in VOID_ELEMENTS or self_closing:
            return
        self.open.append((tag, start))
        if name in RAW_TEXT_ELEMENTS or name in ESCAPABLE_RAW_TEXT_ELEMENTS:
            self.raw_text(tag)

    def tag_end(self, shown: str, start: int) -> bool:
        """Step over ``>`` or ``/>``. Returns whether it was ``/>``."""
        match = _TAG_END.match(self.source, self.position)
        if not match:
            self.fail(f"{shown} has no closing '>', or a stray quote or slash among its attributes", start)
        self.position = match.end()
        return bool(match[1])

    def in_foreign(self, name: str) -> bool:
        for tag, _ in reversed(self.open):
            if tag.lower() in {"foreignobject", "desc"}:
                break
            if tag.lower() in {"svg", "math"}:
                return True
        return name in {"svg", "math"} or name in SVG_TAGS

    def raw_text(self, tag: str) -> None:
        end = self.source.lower().find(f"</{tag.lower()}", self.position)
        if end < 0:
            self.fail(f"<{tag}> is never closed: add </{tag}>")
        if tag.lower() in RAW_TEXT_ELEMENTS and OPEN_MARK in self.source[self.position : end]:
            self.fail(
                f"a slot inside <{tag}>: no escaping makes a value safe there; "
                "put it into a data- attribute and read it from the script"
            )
        self.text(end)

    def attributes(self, tag: str) -> None:
        seen: set[str] = set()
        for name, value in self.each_attribute():
            if MARKER.fullmatch(name) and value is None:
                self.out.append(f" {name}")
            elif OPEN_MARK in name:
                self.fail(
                    "a slot inside an attribute's name: give a dict of attributes, as in <p {attributes}>"
                )
            elif name.lower() in seen:
                self.fail(f'<{tag}> has the attribute "{name}" twice: browsers drop the second')
            else:
                if value and name.startswith("@"):
                    value = _for_browsers(value)
                quote = "'" if value and '"' in value else '"'
                self.out.append(f" {name}" if value is None else f" {name}={quote}{value}{quote}")
            seen.add(name.lower())

    def each_attribute(self) -> list[tuple[str, str | None]]:
        """Step over the attributes from here on. Returns the name and source text of each."""
        found: list[tuple[str, str | None]] = []
        while match := _ATTRIBUTE.match(self.source, self.position):
            values = (match["double"], match["single"], match["bare"])
            found.append((match["name"], next((value for value in values if value is not None), None)))
            self.position = match.end()
        return found

    def close(self, tag: str, start: int) -> None:
        shown = MARKER.sub("{…}", tag)
        self.tag_end(f"</{shown}", start)
        if tag.lower() in VOID_ELEMENTS:
            self.fail(f"<{tag}> is a void element and has no end tag: remove </{tag}>", start)
        if not self.open:
            self.fail(f"</{shown}> closes nothing: remove it, or open <{shown}> before it", start)
        opened, position = self.open.pop()
        if opened.lower() != tag.lower():
            line = self.at(position).line
            self.fail(
                f"</{shown}> where </{opened}> was expected: <{opened}> was opened in line {line}", start
            )
        self.out.append(f"</{opened}>")

    def component(self, function: int, start: int) -> None:
        tag = ComponentTag(function, self.each_attribute(), self.at(start))
        if not self.tag_end("a component's tag", start):
            self.component_children(tag, start)
        self.components[function] = tag
        self.out.append(f"<!--{OPEN_MARK}{function}{CLOSE_MARK}-->")

    def component_children(self, tag: ComponentTag, start: int) -> None:
        """Keep everything up to the matching end tag as the source of another template."""
        inside, depth = self.position, 1
        for match in _COMPONENT_TAG.finditer(self.source, inside):
            if match[1]:
                depth -= 1
            elif not match[2].rstrip().endswith("/"):
                depth += 1
            if depth == 0:
                self.position = match.end()
                self.split_children(tag, inside, match.start())
                return
        self.fail("a component's tag is never closed: add </{Component}> or write <{Component} />", start)

    def split_children(self, tag: ComponentTag, start: int, end: int) -> None:
        """Keep the named slots apart from the other children; slots inside of other components belong to those."""
        rest: list[str] = []
        opened: re.Match[str] | None = None
        depth, kept_to = 0, start
        for match in _SLOT_TAG.finditer(self.source, start, end):
            closing, name, closing_component, inside = match.groups()
            if name is None:
                is_alone = not closing_component and inside.rstrip().endswith("/")
                depth += 0 if is_alone else -1 if closing_component else 1
            elif depth == 0 and not closing and opened is None:
                opened = match
                rest.append(self.source[kept_to : match.start()])
            elif depth == 0 and closing and opened is not None and opened[2] == name:
                self.named_slot(tag, name, opened.end(), match.start())
                rest.append("\n" * self.source.count("\n", opened.start(), match.end()))
                opened, kept_to = None, match.end()
        if opened is not None:
            self.fail(f"<:{opened[2]}> is never closed: add </:{opened[2]}>", opened.start())
        rest.append(self.source[kept_to:end])
        children = "".join(rest)
        if children.strip():
            tag.children = (children, self.at(start))

    def named_slot(self, tag: ComponentTag, name: str, start: int, end: int) -> None:
        if name in {other for other, *_ in [*tag.named, *tag.properties]}:
            self.fail(f"the component gets {name} twice: give one property or slot of that name", start)
        tag.named.append((name, self.source[start:end], self.at(start)))


SVG_TAGS: Final = frozenset(
    [
        "animate",
        "animatemotion",
        "animatetransform",
        "circle",
        "clippath",
        "defs",
        "ellipse",
        "feblend",
        "fecolormatrix",
        "fecomposite",
        "feflood",
        "fegaussianblur",
        "feimage",
        "femerge",
        "femergenode",
        "feoffset",
        "filter",
        "foreignobject",
        "g",
        "image",
        "line",
        "lineargradient",
        "marker",
        "mask",
        "metadata",
        "mpath",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "radialgradient",
        "rect",
        "set",
        "stop",
        "switch",
        "symbol",
        "text",
        "textpath",
        "tspan",
        "use",
        "view",
    ]
)
"""Tags (in lower case) that only SVG has: a template that starts with one is a piece of a drawing."""


def _for_browsers(source: str) -> str:
    """The source of an expression as browsers read it, with the numbers that they would change in their other form."""
    text = unescape(source)
    read = as_browsers_read(text)
    if _DIGIT.search(read):
        start = handler_start(read)
        read = read[:start] + with_exact_numbers(read[start:])
    return source if read == text else escape_attribute(read)
