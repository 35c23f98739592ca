"""What may stand in a slot, and the normal form it is kept in.

A rendered template keeps its slot values, not the nodes they make: comparing two renders is comparing values.
So a value has to be in a form that never changes afterwards and whose equality means "prints the same":

=====================  ==========================================================
written in the slot    kept as
=====================  ==========================================================
``str``, ``int``       itself
``None``, ``bool``     ``None``: nothing is printed (``{flag and t'…'}``)
template               ``Instance`` (see ``template.py``)
list, tuple, generator ``Fragment`` of normal forms
``Markup``             ``RawHtml``
a node                 itself; a ``Root`` as a ``Fragment`` of its children
anything else          ``str(value)``, as an f-string would print it
=====================  ==========================================================

An exact ``str`` and an exact ``int`` are the common case; compiled views let those pass without a call.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import ujson

from ..errors import TemplateError
from ..node import Comment, Doctype, Element, Node, ProcessingInstruction, Root, Text

Value: TypeAlias = Any
"""A normal form; ``Any`` because tuples of it nest."""

NODES: Final = (Element, Text, Comment, ProcessingInstruction, Doctype)


class Opaque:
    """A node that only its owner can look into, such as a nested live component.

    Subclasses answer ``name``, ``kind`` and ``key`` as any node does, are equal by identity, print themselves
    with ``to_html()`` and give their present content with ``to_node()``.
    """

    __slots__ = ()
    name: str
    kind: str
    key: str | None

    def to_html(self) -> str:
        raise NotImplementedError

    def to_node(self) -> Element:
        raise NotImplementedError


class Fragment(tuple[Any, ...]):
    """Several nodes in a row, as normal forms."""

    __slots__ = ()


def clean(text: str) -> str:
    """``text`` with NUL, which no HTML can hold, replaced as parsers do (U+FFFD)."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


class RawHtml:
    """HTML the author vouches for (``Markup``, or a string returned by a view); parsed only when looked into."""

    __slots__ = ("_nodes", "html")

    def __init__(self, html: str) -> None:
        self.html = html
        self._nodes: tuple[str, tuple[Node, ...]] | None = None

    def nodes(self, context: str) -> tuple[Node, ...]:
        """The nodes this HTML makes inside a ``context`` element."""
        from ..parser import parse_html

        if self._nodes is None or self._nodes[0] != context:
            self._nodes = (context, parse_html(self.html, context=context).children)
        return self._nodes[1]

    def __eq__(self, other: object) -> bool:
        return type(other) is RawHtml and other.html == self.html

    def __hash__(self) -> int:
        return hash(("raw", self.html))

    def __repr__(self) -> str:
        return f"RawHtml({self.html!r})"


def content(value: object) -> Value:
    """The normal form of a value in content."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if value is None or kind is bool:
        return None
    convert = _CONTENT.get(kind)
    return convert(value) if convert else _uncommon_content(value)


def fragment(values: Iterable[object]) -> Fragment:
    """The normal form of several values."""
    kept = Fragment(values)
    if _NORMAL.issuperset(map(type, kept)):
        return kept
    return Fragment([content(value) for value in kept])


def is_content(value: object) -> bool:
    """Is it a template, a node or a list of such, rather than data?"""
    if isinstance(value, list):
        return bool(value) and all(is_content(item) for item in value)
    return type(value) in _CONTENT and type(value) not in _DATA


def register_content(kind: type, convert: Callable[[Any], Value]) -> None:
    """Let values of exactly this type be put into content through ``convert``."""
    _CONTENT[kind] = convert


def register_normal(kind: type) -> None:
    """Let values of exactly this type be put into content as they are."""
    _NORMAL.add(kind)
    _CONTENT[kind] = _itself


def _itself(value: Value) -> Value:
    return value


def _root(value: Root) -> Fragment:
    return Fragment(value.children)


_NORMAL: set[type] = {str, int, type(None), Fragment, RawHtml, *NODES}
_DATA: Final = frozenset({str, int, type(None), list, tuple})
_CONTENT: dict[type, Callable[[Any], Value]] = {
    list: fragment,
    tuple: fragment,
    Root: _root,
    **dict.fromkeys(_NORMAL, _itself),
}


def _uncommon_content(value: Any) -> Value:
    if isinstance(value, Opaque):
        return value
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
    return str(value)


# Attributes ---------------------------------------------------------------------------------------------------


def attribute(value: object) -> Value:
    """The normal form of a whole attribute value: ``None`` for absent, ``""`` for ``True``."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if value is None or value is False:
        return None
    return "" if value is True else _attribute_text(value)


def attribute_part(value: object) -> Value:
    """The normal form of one piece of an attribute value: nothing for ``None`` and ``bool``."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    return None if value is None or kind is bool else _attribute_text(value)


def _attribute_text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return " ".join(str(item) for item in value if item not in (None, False, ""))
    if isinstance(value, dict):
        return " ".join(str(name) for name, on in value.items() if on)
    if callable(value):
        raise TemplateError(
            f"an attribute holds the function {getattr(value, '__name__', value)}: call it, or bind it to an event "
            f'by name, @click="{getattr(value, "__name__", "handler")}"'
        )
    return str(value)


def word(value: object) -> Value:
    """Like ``attribute``, for attributes whose booleans are the words "true" and "false" (``aria-…``)."""
    return ("true" if value else "false") if type(value) is bool else attribute(value)


_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IGNORED_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028\u2029\ufeff]")
SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "sms", "ftp", "blob"})
BLOCKED_URL: Final = "about:blank#blocked"


def url(value: object) -> Value:
    """The normal form of a URL: one whose scheme could run code becomes ``about:blank#blocked``.

    Browsers drop control characters and white space from a URL before they read its scheme, so they are
    dropped here before looking (WHATWG URL, 4.4).
    """
    text = attribute(value)
    if type(text) is not str:
        return text
    scheme = _SCHEME.match(_IGNORED_IN_URL.sub("", text))
    if not scheme or scheme[1].lower() in SAFE_SCHEMES or _is_image_data(text):
        return text
    return BLOCKED_URL


def _is_image_data(text: str) -> bool:
    return bool(re.match(r"data:image/(?:png|gif|jpe?g|webp|avif);base64,[A-Za-z0-9+/=]*\Z", text))


_STYLE_DANGER = re.compile(
    r"[;{}<>\\\"'@]|/\*|url\s*\(|expression\s*\(|image\s*\(|-moz-binding", re.IGNORECASE
)


def style(value: object) -> Value:
    """The normal form of a piece of a style: one that could end its declaration or load something is dropped."""
    text = attribute_part(value)
    return "" if type(text) is str and _STYLE_DANGER.search(text) else text


class HandlerName(str):
    """Normal form of a handler in an event attribute, ``@click={save}``: what the browser calls it by."""

    __slots__ = ()


HandlerNames: TypeAlias = Callable[[object], str | None]
_handler_names: list[HandlerNames] = []


def register_handlers(name_of: HandlerNames) -> None:
    """Have ``name_of`` asked for the name of what stands in ``@click={…}``; ``None`` for no handler of its."""
    _handler_names.append(name_of)


def handler(value: object) -> Value:
    """The normal form of a handler as a whole event attribute; without one, the attribute is absent."""
    return None if value is None or value is False else called_handler(value)


def called_handler(value: object) -> HandlerName:
    """The normal form of a handler that is called with arguments, ``@click="{remove}(5)"``."""
    for name_of in _handler_names:
        name = name_of(value)
        if name is not None:
            return HandlerName(name)
    raise TemplateError(f"an event is bound to {_not_a_handler(value)}")


def _not_a_handler(value: object) -> str:
    if value is None:
        return "None: write it only where there is a handler, {on_pick and t'…'}"
    if isinstance(value, str):
        return f"the text {value!r}: give {value} itself, the function, not its name"
    name = getattr(value, "__name__", repr(value))
    return f"{name}, which is no handler here: give a function that stands above the view, or that was given"


def argument(value: object) -> Value:
    """The normal form of an argument in an event binding: a JSON literal the browser reads back."""
    if type(value) is int:
        return value
    if value is None or isinstance(value, (str, bool, int, float)):
        return str(ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False))
    raise TemplateError(
        f"an event's argument is a {type(value).__name__}: only text, numbers, booleans and None travel to the "
        "browser and back; pass an id instead"
    )


def double_quoted(value: object) -> Value:
    """The normal form of a piece of a string in an event binding: ``$hide("#{id}")``."""
    text = "" if value is None else str(value).lower() if type(value) is bool else str(value)
    return str(argument(text))[1:-1]


def single_quoted(value: object) -> Value:
    """The same in single quotes."""
    return str(double_quoted(value)).replace("'", "\\'")


QUOTED_ARGUMENT: Final = {"'": single_quoted, '"': double_quoted}


def attributes(value: object) -> Value:
    """The normal form of a dict of attributes: names are checked, those that could run code refused."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise TemplateError(
            f"{{…}} as an attribute is a {type(value).__name__}: give a dict of names and values"
        )
    pairs = [(name, _spread_value(name, item)) for name, item in value.items()]
    return tuple((name, text) for name, text in pairs if text is not None)


_SAFE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_:.-]*")
_REFUSED_NAMES: Final = frozenset({"srcdoc", "style", "formaction", "http-equiv"})


def _spread_value(name: object, item: object) -> str | None:
    if not isinstance(name, str) or not _SAFE_NAME.fullmatch(name):
        raise TemplateError(f"{name!r} is no attribute name")
    if name.lower().startswith("on") or name.lower() in _REFUSED_NAMES:
        raise TemplateError(f'the attribute "{name}" may not come from a dict: write it in the template')
    text = normal_for(name)(item)
    return None if text is None else clean(str(text))


URL_ATTRIBUTES: Final = frozenset(
    [
        "href",
        "src",
        "action",
        "formaction",
        "poster",
        "data",
        "cite",
        "background",
        "ping",
        "manifest",
        "codebase",
        "xlink:href",
    ]
)
"""Attributes whose value is a URL (HTML Standard, index of attributes)."""
_WORDS: Final = frozenset({"contenteditable", "draggable", "spellcheck", "translate", "autocomplete"})


def normal_for(name: str) -> Callable[[object], Value]:
    """The function that brings a whole value of the attribute ``name`` into normal form."""
    name = name.lower()
    if name in URL_ATTRIBUTES:
        return url
    if name == "style":
        return style
    if name.startswith(("aria-", "data-")) or name in _WORDS:
        return word
    return attribute
