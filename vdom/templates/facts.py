"""What is derived from the content of a template: what it prints, its key, the handlers it calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..browser_rules import control_type
from ..escaping import escape_attribute, escape_text
from ..htmlspec import LEADING_NEWLINE_ELEMENTS, VOID_ELEMENTS
from ..markup import to_html
from ..node import KEY_ATTRIBUTES, Element
from .expressions import CallForms, call_form, forms_of, handler_name, handler_start, merged
from .slots import Part, Piece, Slot, SlotAttribute, SlotElement


def pieces_of(content: tuple[Part, ...]) -> tuple[Piece, ...]:
    """Content as a flat list of static HTML and slots."""
    out: list[Piece] = []
    _collect_pieces(content, out)
    merged: list[Piece] = []
    for piece in out:
        if type(piece) is str and merged and type(merged[-1]) is str:
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


def _collect_pieces(content: tuple[Part, ...], out: list[Piece]) -> None:
    for part in content:
        if isinstance(part, SlotElement):
            out.append(f"<{part.tag}")
            for item in part.attributes:
                out.append(f' {item[0]}="{escape_attribute(item[1])}"' if isinstance(item, tuple) else item)
            # parsers drop the first line break in some elements: one is printed for them to drop
            out.append(">\n" if part.tag in LEADING_NEWLINE_ELEMENTS else ">")
            _collect_pieces(part.content, out)
            if part.content or part.tag not in VOID_ELEMENTS:
                out.append(f"</{part.tag}>")
        elif isinstance(part, str):
            out.append(escape_text(part))
        elif isinstance(part, Slot):
            out.append(part)
        else:
            out.append(to_html(part))


def key_parts_of(element: SlotElement | Element) -> int | tuple[str | int, ...] | None:
    """The place of the key's value in an instance, or the pieces that the key is made of."""
    if isinstance(element, Element):
        return None if element.key is None else (element.key,)
    named = {item[0] if isinstance(item, tuple) else item.name: item for item in element.attributes}
    for name in KEY_ATTRIBUTES:
        if name in named:
            item = named[name]
            if isinstance(item, tuple):
                return (item[1],)
            return item.parts[0] if len(item.parts) == 1 and isinstance(item.parts[0], int) else item.parts
    return None


def bindings_of(content: tuple[Part, ...]) -> dict[str, CallForms]:
    """The names of the handlers that content binds to events, and how it calls them."""
    found: dict[str, CallForms] = {}
    for part in _elements(content):
        for item in _attributes(part):
            name, text = item if isinstance(item, tuple) else (item.name, _source_of(item))
            if name.startswith("@"):
                kind = _control_type(part) if name.startswith("@bind") else None
                handler, forms = forms_of(name, text, kind)
                found[handler] = merged(found.get(handler, {}), forms)
    found.pop("", None)
    return found


def called_slots(content: tuple[Part, ...]) -> tuple[tuple[int, CallForms], ...]:
    """The places of handlers that are slots, ``@click="{remove}(5)"``, and how content calls each."""
    found: list[tuple[int, CallForms]] = []
    for part in _elements(content):
        for item in _attributes(part):
            if isinstance(item, SlotAttribute) and item.name.startswith("@"):
                text = _source_of(item)
                at = handler_start(text)
                place = _slot_at(item.parts, at + len(text[at:]) - len(text[at:].lstrip()))
                if place is not None:
                    found.append((place, call_form(text[at:])))
    return tuple(found)


_OFF: Final = frozenset({"disabled", "inert", ""})
"""The attributes that take an element out of use; ``""`` is a dict of attributes, which may hold them."""


def can_be_off(content: tuple[Part, ...]) -> bool:
    """Has content an element that is or can be disabled or inert?"""
    return any(_can_be_off(part) for part in _elements(content))


def submits_of(content: tuple[Part, ...]) -> frozenset[str]:
    """The names of the handlers that content binds to ``submit``; ``""`` for one that a slot names."""
    return frozenset(
        handler_name(name, item[1]) if isinstance(item, tuple) else ""
        for part in _elements(content)
        for item in _attributes(part)
        if (name := item[0] if isinstance(item, tuple) else item.name).startswith("@submit")
    )


def can_hold_off(content: tuple[Part, ...]) -> bool:
    """Has content such an element around a slot: could what is in the slot be out of use with it?"""
    return any(
        _can_be_off(part) and any(isinstance(piece, Slot) for piece in pieces_of(part.content))
        for part in _elements(content)
        if isinstance(part, SlotElement)
    )


def _can_be_off(part: SlotElement | Element) -> bool:
    return any((item[0] if isinstance(item, tuple) else item.name) in _OFF for item in _attributes(part))


def _elements(content: tuple[Part, ...]) -> Iterator[SlotElement | Element]:
    stack: list[Part] = list(content)
    while stack:
        part = stack.pop()
        if isinstance(part, SlotElement):
            stack.extend(part.content)
            yield part
        elif isinstance(part, Element):
            stack.extend(part.children)
            yield part


def _attributes(part: SlotElement | Element) -> Iterable[tuple[str, str] | SlotAttribute]:
    return part.attributes if isinstance(part, SlotElement) else part.attributes.items()


def _control_type(part: SlotElement | Element) -> str | None:
    """The type of a form control; ``None`` if slots decide it."""
    if isinstance(part, Element):
        return control_type(part.tag, part.attributes.get("type"), is_multiple=False)
    kind: str | None = None
    for item in part.attributes:
        if isinstance(item, SlotAttribute) and item.name in ("", "type"):
            return None
        if isinstance(item, tuple) and item[0] == "type":
            kind = item[1]
    return control_type(part.tag, kind, is_multiple=False)


def _source_of(attribute: SlotAttribute) -> str:
    """The value of an event attribute, with a number in each slot."""
    return "".join([part if isinstance(part, str) else "0" for part in attribute.parts])


def _slot_at(parts: Iterable[str | int], at: int) -> int | None:
    """The slot that ``_source_of`` has a number for at this place."""
    for part in parts:
        if at == 0 and isinstance(part, int):
            return part
        at -= len(part) if isinstance(part, str) else 1
    return None
