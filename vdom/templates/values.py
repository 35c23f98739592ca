"""The normal forms of values in the content of a template.

A rendered template keeps its slot values, not the nodes they make: comparing two renders is comparing values.
So a value has to be in a form that never changes afterwards and whose equality means "prints the same":

=====================  ==========================================================
written in the slot    kept as
=====================  ==========================================================
``str``, ``int``       itself
``None``, ``bool``     ``None``: nothing is printed (``{flag and t'…'}``)
empty set, dict, …     ``None``: nothing is printed (``{found and t'…'}``); 0 is a number, and printed
template               ``Instance``
list, tuple, generator ``Fragment`` of normal forms
``Markup``             ``RawHtml``
a node                 itself; a ``Root`` as a ``Fragment`` of its children
anything else          ``str(value)``, as an f-string would print it
=====================  ==========================================================

``compiler.content`` brings values into these forms, ``attribute_values`` and ``handlers`` those in attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set, ValuesView
from typing import Any, Final, NoReturn, TypeAlias

from ..errors import TemplateError
from ..node import Comment, Doctype, Element, Node, ProcessingInstruction, Text
from ..parser import parse_html

Value: TypeAlias = Any
"""A value in normal form; ``Any`` because instances and fragments nest others in tuples."""

_COLLECTIONS: Final = (Sequence, Set, Mapping, ValuesView)
NODES: Final = (Element, Text, Comment, ProcessingInstruction, Doctype)


def clean(text: str) -> str:
    """``text`` with NUL, which no HTML can hold, replaced as parsers do (U+FFFD)."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def is_empty(value: object) -> bool:
    """Is it a collection with nothing in it, of whatever type? A text is none."""
    return isinstance(value, _COLLECTIONS) and not isinstance(value, str) and len(value) == 0


def printed(value: Value) -> str:
    """A value as a piece of an attribute's text."""
    return "" if value is None else str(value)


class Opaque:
    """A node that only its owner can look into, such as a nested live component.

    Like any node it has ``name``, ``kind`` and ``key``; two are equal only if they are the same object.
    """

    __slots__ = ()
    name: str
    kind: str
    key: str | None

    def to_html(self) -> str:
        """Its HTML."""
        raise NotImplementedError

    def to_node(self) -> Element:
        """Its present content as a plain element."""
        raise NotImplementedError


class Fragment(tuple[Any, ...]):
    """Several values side by side, in normal form."""

    __slots__ = ()


class RawHtml:
    """HTML that the author vouches for (``Markup``); parsed only when needed, and sent as it is written."""

    __slots__ = ("_nodes", "html")

    def __init__(self, html: str) -> None:
        self.html = html
        self._nodes: tuple[str, tuple[Node, ...]] | None = None

    def nodes(self, context: str) -> tuple[Node, ...]:
        """The nodes this HTML makes inside a ``context`` element."""
        if self._nodes is None or self._nodes[0] != context:
            self._nodes = (context, parse_html(self.html, context=context).children)
        return self._nodes[1]

    def __eq__(self, other: object) -> bool:
        return type(other) is RawHtml and other.html == self.html

    def __hash__(self) -> int:
        return hash(("raw", self.html))

    def __repr__(self) -> str:
        return f"RawHtml({self.html!r})"


class HandlerName(str):
    """The normal form of a handler in an event attribute, ``@click={save}``: what the browser calls it."""

    __slots__ = ()


_NOT_JOINED: Final = (
    "templates and text are not joined with +, nor repeated with *: put them into one template,"
    ' t"{one}{other}", or into a list, which is shown item by item'
)


class Instance(tuple[Any, ...]):
    """One render of a template: ``(template, *values)``.

    An instance of a template with one root element is a node like any other (``NodeLike``). One with several
    roots is several nodes; ``template.flatten`` takes it apart.
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        return self[0].name  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        return self[0].kind  # type: ignore[no-any-return]

    @property
    def key(self) -> str | None:
        parts = self[0].key_parts
        if parts is None:
            return None
        if type(parts) is int:
            value = self[parts]
            return None if value is None else str(value)
        return "".join([part if type(part) is str else printed(self[part]) for part in parts])

    def __add__(self, other: object) -> NoReturn:
        """Raises ``TemplateError``: joined tuples would show their insides as text."""
        raise TemplateError(_NOT_JOINED)

    __radd__ = __mul__ = __rmul__ = __add__

    def __format__(self, spec: str) -> NoReturn:
        """Raises ``TemplateError``: an f-string would show the ``repr``."""
        raise TemplateError('a template in an f-string is not HTML: write t"…" instead of f"…" around it')

    def to_html(self) -> str:
        """The HTML of this render, from static parts and values."""
        return self[0].html_of(self)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<Instance of {self[0].file}:{self[0].line} {tuple(self[1:])!r}>"
