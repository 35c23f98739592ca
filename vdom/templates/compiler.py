"""Strings in, ``Template`` out: once per template, at decoration or when a t-string is first met.

    >>> template = compile_template(['<li key="', '">', "</li>"])
    >>> template.instance([7, "milk & tea"]).to_html()
    '<li key="7">milk &amp; tea</li>'

The strict scan (``scanner``) turns slots into markers; the HTML parser builds the tree a browser would build; here
that tree is compared with what the author wrote, and the ``builder`` makes the markers slots again. So the
compiled tree is the browser's, and an author whose markup the browser would rearrange gets an error.

Values in content are brought into normal form here too, because a t-string among them is compiled when it is met.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ..errors import TemplateError
from ..node import Element, Node, Root
from ..parser import parse_html
from ..rewriting import vouched_source
from .builder import SCALARS, Builder, Runtime
from .scanner import SVG_TAGS, Location, ParsedSource, join_strings, scan_source, trim_edges
from .template import Template
from .values import NODES, Fragment, Instance, Opaque, RawHtml, Value, is_empty

if sys.version_info >= (3, 14):
    from string.templatelib import Interpolation, convert
    from string.templatelib import Template as TString
else:
    from future_tstrings.templatelib import Interpolation, convert
    from future_tstrings.templatelib import Template as TString


def compile_template(strings: Iterable[str], file: str = "<template>", line: int = 1) -> Template:
    """The compiled form of a template's strings.

    Raises ``TemplateError`` with ``file``, line and fix if the markup is not well formed, a slot is where no value
    can be made safe, or a browser would rearrange the elements.
    """
    location = Location(file, line)
    return _compile(*trim_edges(join_strings(tuple(strings), location), location))


def _compile(source: str, location: Location) -> Template:
    parsed = scan_source(source, location)
    root = parse_html(parsed.html, context=context_of(parsed))
    _check_shape(parsed, root, location)
    return Builder(parsed.components, location, source, _RUNTIME).template(root.children)


_CONTEXTS: Final = {
    "tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "tfoot": "table",
    "caption": "table", "colgroup": "table", "col": "colgroup", "option": "select", "optgroup": "select",
    "mi": "math", "mo": "math", "mn": "math", "mrow": "math", "mfrac": "math", "msup": "math",
}  # fmt: skip


def context_of(parsed: ParsedSource) -> str:
    """The element that a template's roots have to be in, judged by the tag of the first."""
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
        return f"a browser puts <{found}> where <{tag}> is written: <{tag}> is not allowed here without it"
    return f"a browser moves or drops <{tag}> here: it is not allowed inside the element around it"


def _shape(root: Root) -> Iterable[tuple[int, str]]:
    stack: list[tuple[int, Node]] = [(0, node) for node in reversed(root.children)]
    while stack:
        depth, node = stack.pop()
        if isinstance(node, Element):
            yield depth, node.tag.lower()
            stack.extend((depth + 1, child) for child in reversed(node.children))


# Values in content --------------------------------------------------------------------------------------------


def content(value: object) -> Value:
    """The normal form of a value in content (see ``values``).

    An object of another kind is asked for its normal form by ``__hyper_content__()``, or for HTML by ``__html__()``.
    Raises ``TemplateError`` if the value is a function or a coroutine, which would be shown by mistake.
    """
    kind = type(value)
    if kind is str or kind is int:
        return value
    if value is None or kind is bool:
        return None
    convert = _CONTENT.get(kind)
    return convert(value) if convert else _uncommon_content(value)


def fragment(values: Iterable[object]) -> Fragment:
    """The normal form of several values in content."""
    kept = Fragment(values)
    if _NORMAL.issuperset(map(type, kept)):
        return kept
    return Fragment([content(value) for value in kept])


def is_content(value: object) -> bool:
    """Is it a template, a node or a list of these, rather than data?"""
    if isinstance(value, list):
        return bool(value) and all(is_content(item) for item in value)
    if type(value) in _CONTENT:
        return type(value) not in _DATA
    return hasattr(type(value), "__hyper_content__")


def _uncommon_content(value: Any) -> Value:
    if isinstance(value, Opaque):
        return value
    if hasattr(type(value), "__hyper_content__"):  # an object may have, or refuse, attributes of any name
        return value.__hyper_content__()
    if hasattr(value, "__html__"):
        return RawHtml(str(value.__html__()))
    if isinstance(value, (list, tuple, Iterator)) and not hasattr(value, "_fields"):
        return fragment(value)
    if callable(value):
        name = getattr(value, "__name__", repr(value))
        raise TemplateError(
            f"a slot holds the function {name}: call it, {{{name}()}}, or mount it, <{{{name}}} />"
        )
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise TemplateError("a slot holds a coroutine: await it before the template is made")
    return None if is_empty(value) else str(value)


def _text_only(value: object) -> Value:
    normal = content(value)
    if type(normal) in SCALARS:
        return normal
    if is_empty(normal):
        return None
    raise TemplateError("only text is allowed inside <textarea> and <title>, not elements")


_MAX_TEMPLATES: Final = 4096
"""How many templates of t-strings are kept. Source code holds fewer; this bounds generated ones."""
_templates: dict[tuple[str, ...], Template] = {}


def instance_of(tstring: TString) -> Value:
    """The normal form of a t-string. Its template is compiled when it is first met."""
    template = _templates.get(tstring.strings)
    if template is None:
        template = compile_template(tstring.strings)
        if len(_templates) >= _MAX_TEMPLATES:
            _templates.clear()
        _templates[tstring.strings] = template
    return template.instance([_interpolated(item) for item in tstring.interpolations])


def _interpolated(item: Interpolation) -> object:
    value = convert(item.value, item.conversion)
    return format(value, item.format_spec) if item.format_spec else value


def _content_of_root(root: Root) -> Value:
    source = vouched_source(root)
    return Fragment(root.children) if source is None else RawHtml(source)


_NORMAL: Final[frozenset[type]] = frozenset({str, int, type(None), Fragment, Instance, RawHtml, *NODES})
"""Types whose values are in normal form."""
_DATA: Final = frozenset({str, int, type(None), list, tuple})
_CONTENT: Final[dict[type, Callable[[Any], Value]]] = {
    list: fragment,
    tuple: fragment,
    Root: _content_of_root,
    TString: instance_of,
    **dict.fromkeys(_NORMAL, lambda value: value),
}
"""How values of exactly these types are brought into normal form."""


# Components ---------------------------------------------------------------------------------------------------


def call_component(function: Any, properties: dict[str, object], site: str) -> Value:
    """The normal form of what a component returns for these properties.

    Raises ``TemplateError`` if ``function`` is not a component, or does not take them.
    """
    if hasattr(function, "__component__"):
        return content(function.__component__(properties, site))
    if not callable(function):
        raise TemplateError(f"{site.partition('#')[0]}: <{{…}}> names {function!r}, which is not a component")
    _check_call(function, properties, site)
    return content(function(**properties))


def _check_call(function: Callable[..., object], properties: dict[str, object], site: str) -> None:
    try:
        inspect.signature(function).bind(**properties)
    except TypeError as error:
        name = getattr(function, "__name__", repr(function))
        raise TemplateError(f"{site.partition('#')[0]}: <{{{name}}}>: {error}") from None


_RUNTIME: Final = Runtime(content, _text_only, call_component, _compile)

__all__ = [
    "TString",
    "call_component",
    "compile_template",
    "content",
    "fragment",
    "instance_of",
    "is_content",
]
