"""Strings in, ``Template`` out: once per template, at decoration or when a t-string is first met.

The strict scan (``template_source.py``) turns slots into markers; the HTML parser builds the tree a browser
would build; here that tree is compared with what the author wrote and the markers become slots again. So the
compiled tree is the browser's, and an author whose markup the browser would rearrange is told so.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

from ..browser_rules import CHOICE_TYPES, CHOICE_WITHOUT_VALUE, CONTROL_TAGS, FILE_TYPES, control_type
from ..errors import TemplateError
from ..node import Comment, Element, Namespace, Node, Root, Text
from ..parser import parse_html
from .bound_controls import choose, picked, ticked
from .event_attributes import (
    called_slot,
    problem_of_bind,
    problem_of_binding,
    problem_of_inline,
    problem_of_ours,
)
from .scanner import (
    MARKER,
    OPEN_MARK,
    SVG_TAGS,
    ComponentTag,
    Location,
    ParsedSource,
    join_strings,
    scan_source,
    trim_edges,
)
from .slots import Part, Slot, SlotAttribute, SlotElement
from .sources import ComponentSource, PropertyValue, Source, StateSource, ValueSource
from .template import Template
from .values import (
    QUOTED_ARGUMENT,
    URL_ATTRIBUTES,
    Value,
    argument,
    attribute,
    attribute_part,
    attributes,
    called_handler,
    content,
    handler,
    normal_for,
    register_content,
    style,
)

if sys.version_info >= (3, 14):
    from string.templatelib import Template as TString
    from string.templatelib import convert
else:
    from future_tstrings.templatelib import Template as TString
    from future_tstrings.templatelib import convert

SCALARS: Final[frozenset[type]] = frozenset({str, int, type(None)})
NUMBERS: Final[frozenset[type]] = frozenset({int})
ALWAYS_CONVERT: Final[frozenset[type]] = frozenset()


def compile_template(strings: Iterable[str], file: str = "<template>", line: int = 1) -> Template:
    """The compiled form of a template's strings.

    Raises ``TemplateError`` (the author's fault) with ``file``, line and cure where the markup is not well
    formed, a slot stands where no value can be made safe, or a browser would rearrange the elements.
    """
    location = Location(file, line)
    return _compile(*trim_edges(join_strings(tuple(strings), location), location))


def _compile(source: str, location: Location) -> Template:
    parsed = scan_source(source, location)
    root = parse_html(parsed.html, context=context_of(parsed))
    _check_shape(parsed, root, location)
    builder = _Builder(parsed.components, location, source)
    parts = builder.parts(root.children)
    return Template(parts, tuple(builder.sources), location.file, location.line)


_CONTEXTS: Final = {
    "tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "tfoot": "table",
    "caption": "table", "colgroup": "table", "col": "colgroup", "option": "select", "optgroup": "select",
    "mi": "math", "mo": "math", "mn": "math", "mrow": "math", "mfrac": "math", "msup": "math",
}  # fmt: skip


def context_of(parsed: ParsedSource) -> str:
    """The element a template's roots have to stand in, from the tag of the first."""
    first = parsed.shape[0][1] if parsed.shape else ""
    return "svg" if first in SVG_TAGS else _CONTEXTS.get(first, "body")


def _check_shape(parsed: ParsedSource, root: Root, location: Location) -> None:
    built = list(_shape(root))
    for (depth, tag, line), found in zip(parsed.shape, [*built, None], strict=False):
        if found != (depth, tag):
            at = Location(location.file, line)
            raise at.error(_misplaced(tag, found[1] if found else None))
    if len(built) > len(parsed.shape):
        raise location.error(f"a browser adds <{built[len(parsed.shape)][1]}> here: write it yourself")


def _misplaced(tag: str, found: str | None) -> str:
    if found and found != tag:
        return f"a browser puts <{found}> where <{tag}> is written: <{tag}> may not stand here without it"
    return f"a browser moves or drops <{tag}> here: it may not stand inside the element around it"


def _shape(root: Root) -> Iterable[tuple[int, str]]:
    stack: list[tuple[int, Node]] = [(0, node) for node in reversed(root.children)]
    while stack:
        depth, node = stack.pop()
        if isinstance(node, Element):
            yield depth, node.tag.lower()
            stack.extend((depth + 1, child) for child in reversed(node.children))


class _Builder:
    """Turns parsed nodes into parts, giving each slot its place in the values."""

    def __init__(self, components: dict[int, ComponentTag], location: Location, source: str) -> None:
        self.components = components
        self.location = location
        self.source = source
        self.sources: list[Source] = []

    def error(self, name: str, value: str, message: str) -> TemplateError:
        """An error about an attribute, in the line where it stands."""
        found = re.search(rf"{re.escape(name)}(?:\s*=\s*[\"']?{re.escape(value)})?", self.source)
        lines = self.source.count("\n", 0, found.start()) if found else 0
        return self.location.below(lines).error(message)

    def place(self, source: Source) -> int:
        """Where the value of ``source`` will stand in an instance."""
        self.sources.append(source)
        return len(self.sources)

    def parts(self, nodes: Iterable[Node]) -> tuple[Part, ...]:
        return tuple([part for node in nodes for part in self.part(node)])

    def part(self, node: Node) -> list[Part]:
        if isinstance(node, Text):
            return self.text(node.data)
        if isinstance(node, Comment) and (match := MARKER.fullmatch(node.data)):
            return [Slot(self.place(self.content_source(int(match[1]))))]
        return [self.element(node) if isinstance(node, Element) else node]

    def text(self, data: str) -> list[Part]:
        pieces = MARKER.split(data)
        parts: list[Part] = [pieces[0]] if pieces[0] else []
        for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
            parts.append(Slot(self.place(ValueSource(int(number), _text_only, SCALARS))))
            parts += [text] if text else []
        return parts

    def content_source(self, number: int) -> Source:
        if number in self.components:
            return self.component(self.components[number])
        return ValueSource(number, content, SCALARS)

    def element(self, node: Element) -> Element | SlotElement:
        before = len(self.sources)
        items = tuple([self.attribute(name, value, node.tag) for name, value in node.attributes.items()])
        bound = next((value for name, value in node.attributes.items() if _is_bind(name)), None)
        if node.tag == "select" and "value" in node.attributes:
            raise self.error(
                "<select",
                "",
                'browsers know no <select value="…">: take it out, and write @bind="variable", or '
                'selected="{…}" on its options',
            )
        parts = self.parts(node.children) if bound is None or node.tag != "select" else ()
        if bound is not None:
            items, parts = self.bind(bound.strip(), node, items, parts)
        if len(self.sources) == before:
            return node
        return SlotElement(
            node.tag, node.namespace, items, parts, node.key if _is_static_key(items) else None
        )

    def attribute(self, name: str, value: str, tag: str) -> tuple[str, str] | SlotAttribute:
        if match := MARKER.fullmatch(name):
            return SlotAttribute("", (self.place(ValueSource(int(match[1]), attributes, ALWAYS_CONVERT)),))
        problem = self.problem(name, value)
        if problem:
            raise self.error(name, value, problem)
        if OPEN_MARK not in value:
            return (name, value)
        self.check_name(name, value, tag)
        pieces = MARKER.split(value)
        whole = pieces[0] == "" and len(pieces) == 3 and pieces[2] == ""
        parts: list[str | int] = [pieces[0]] if pieces[0] else []
        called = called_slot(value) if name.startswith("@") else None
        before = pieces[0]
        for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
            source = attribute_source(name, int(number), whole)
            if name.startswith("@") and (quote := open_quote(before)):
                source = ValueSource(int(number), QUOTED_ARGUMENT[quote], NUMBERS)
            before += text
            if int(number) == called:
                source = ValueSource(called, handler if whole else called_handler, ALWAYS_CONVERT)
            parts.append(self.place(source))
            parts += [text] if text else []
        return SlotAttribute(name, tuple(parts), name.lower() in URL_ATTRIBUTES)

    @staticmethod
    def problem(name: str, value: str) -> str | None:
        if _is_bind(name):
            return problem_of_bind(name)
        if name.startswith("live-"):
            return problem_of_ours(name, value)
        return problem_of_binding(name, value) if name.startswith("@") else problem_of_inline(name, value)

    def bind(
        self, name: str, node: Element, items: tuple[Any, ...], parts: tuple[Part, ...]
    ) -> tuple[tuple[Any, ...], tuple[Part, ...]]:
        """The attributes and content of a control with those that show the variable it is bound to."""
        if not _VARIABLE.fullmatch(name):
            raise self.error(
                "@bind",
                name,
                f'@bind="{name}" names no variable: write one, or a path from one, such as user.name',
            )
        if node.tag not in CONTROL_TAGS - {"button"}:
            raise self.error(
                "@bind", name, f'@bind="{name}" on <{node.tag}>: bind an <input>, <select> or <textarea>'
            )
        if node.tag == "textarea":
            return items, (Slot(self.place(StateSource(name, _text_only, SCALARS))),)
        if node.tag == "select":
            inner = _Builder(self.components, self.location, self.source)
            content = Template(
                inner.parts(node.children), tuple(inner.sources), self.location.file, self.location.line
            )
            return items, (Slot(self.place(StateSource(name, choose, ALWAYS_CONVERT, content))),)
        kind = control_type(node.tag, node.attributes.get("type"), is_multiple=False)
        if kind in FILE_TYPES:
            raise self.error(
                "@bind",
                name,
                f'@bind="{name}" on a file: files are not sent, see "Files" in the guide to forms',
            )
        shown = "checked" if kind in CHOICE_TYPES else "value"
        if shown in node.attributes:
            raise self.error("@bind", name, f'@bind="{name}" sets {shown}: take {shown}="…" out')
        source = StateSource(name, attribute, SCALARS)
        if shown == "checked":
            choice = _property_value(node.attributes.get("value", CHOICE_WITHOUT_VALUE))
            source = StateSource(name, picked if kind == "radio" else ticked, ALWAYS_CONVERT, choice)
        return (*items, SlotAttribute(shown, (self.place(source),))), parts

    def check_name(self, name: str, value: str, tag: str) -> None:
        lower = name.lower()
        if lower.startswith("on"):
            raise self.error(
                name,
                value,
                f'a slot in {name}="…" would be code: bind a handler with @{lower[2:]}="…" instead',
            )
        if lower == "srcdoc":
            raise self.error(name, value, 'a slot in srcdoc="…" would be a page of its own: use src="…"')
        if lower == "type" and tag == "script":
            raise self.error(name, value, "the type of a script cannot be a slot")

    def component(self, tag: ComponentTag) -> ComponentSource:
        properties: list[tuple[str, PropertyValue]] = []
        spread: int | None = None
        for name, text in tag.properties:
            if match := MARKER.fullmatch(name):
                spread = int(match[1])
            elif name.startswith("@"):
                raise tag.location.error(
                    f"{name} stands on a component, and events are bound to elements: give the handler as a "
                    f"property, on_{name[1:].partition('.')[0]}={{handler}}, and bind it in the component"
                )
            elif not _PROPERTY.fullmatch(name):
                raise tag.location.error(f'"{name}" is no name for a property: it has to be a Python name')
            else:
                properties.append((name.replace("-", "_"), _property_value(text)))
        templates = [(name, _compile(*trim_edges(text, at))) for name, text, at in tag.named]
        if tag.children:
            templates.insert(0, ("children", _compile(*trim_edges(*tag.children))))
        site = f"{tag.location.file}:{tag.location.line}#{tag.function}"
        return ComponentSource(
            tag.function, tuple(properties), spread, tuple(templates), site, call_component
        )


_VARIABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z]\w*)*")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


def open_quote(text: str) -> str:
    """The quote that is open at the end of a binding's ``text``, if any: ``"f('a', '#"`` → ``"'"``."""
    found = re.search("['\"]", _QUOTED.sub("", text))
    return found[0] if found else ""


_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def _property_value(text: str | None) -> PropertyValue:
    if text is None:
        return True
    if match := MARKER.fullmatch(text):
        return int(match[1])
    if OPEN_MARK not in text:
        return text
    pieces = MARKER.split(text)
    return tuple([int(piece) if number % 2 else piece for number, piece in enumerate(pieces)])


def _is_bind(name: str) -> bool:
    return name.partition(".")[0] == "@bind"


def _is_static_key(items: Iterable[tuple[str, str] | SlotAttribute]) -> bool:
    return not any(
        isinstance(item, SlotAttribute) and item.name in {"", "key", "data-key", "id"} for item in items
    )


def attribute_source(name: str, number: int, whole: bool) -> ValueSource:
    """Where a slot in the attribute ``name`` gets its value from."""
    if name.startswith("@"):
        return ValueSource(number, argument, NUMBERS)
    if name.lower() == "style":
        return ValueSource(number, style, NUMBERS)
    normal = normal_for(name) if whole else attribute_part
    return ValueSource(number, normal, NUMBERS if whole and name.lower() in URL_ATTRIBUTES else SCALARS)


def _text_only(value: object) -> Value:
    normal = content(value)
    if type(normal) in SCALARS:
        return normal
    raise TemplateError("only text can stand inside <textarea> and <title>, not elements")


# Components ---------------------------------------------------------------------------------------------------


def call_component(function: Any, properties: dict[str, Any], site: str) -> Value:
    """The normal form of what a component gives for these properties."""
    if hasattr(function, "__component__"):
        return content(function.__component__(properties, site))
    if not callable(function):
        raise TemplateError(f"{site.partition('#')[0]}: <{{…}}> names {function!r}, which is no component")
    _check_call(function, properties, site)
    return content(function(**properties))


def _check_call(function: Callable[..., Any], properties: dict[str, Any], site: str) -> None:
    try:
        inspect.signature(function).bind(**properties)
    except TypeError as error:
        name = getattr(function, "__name__", repr(function))
        raise TemplateError(f"{site.partition('#')[0]}: <{{{name}}}>: {error}") from None


# t-strings met at run time ------------------------------------------------------------------------------------

_MAX_TEMPLATES: Final = 4096
"""How many templates made outside live components are kept; source code holds fewer, generated ones may not."""
_templates: dict[tuple[str, ...], Template] = {}


def instance_of(tstring: TString) -> Value:
    """The normal form of a t-string: its template compiled on first sight, then only its values."""
    template = _templates.get(tstring.strings)
    if template is None:
        template = compile_template(tstring.strings)
        if len(_templates) >= _MAX_TEMPLATES:
            _templates.clear()
        _templates[tstring.strings] = template
    return template.instance([_interpolated(item) for item in tstring.interpolations])


def _interpolated(item: Any) -> object:
    value = convert(item.value, item.conversion)
    return format(value, item.format_spec) if item.format_spec else value


register_content(TString, instance_of)

__all__ = ["Namespace", "TString", "call_component", "compile_template", "instance_of"]
