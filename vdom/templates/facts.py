"""What is derived from the content of a template: what it prints, its key, the handlers it binds."""

from __future__ import annotations

from ..escaping import escape_attribute, escape_text
from ..htmlspec import LEADING_NEWLINE_ELEMENTS, VOID_ELEMENTS
from ..markup import to_html
from ..node import KEY_ATTRIBUTES, Element
from .expressions import handler_name
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


def bindings_of(content: tuple[Part, ...]) -> frozenset[str]:
    """The names of the handlers that content binds to events."""
    found: set[str] = set()
    stack: list[Part] = list(content)
    while stack:
        part = stack.pop()
        if isinstance(part, SlotElement):
            for item in part.attributes:
                name, text = item if isinstance(item, tuple) else (item.name, _source_of(item))
                if name.startswith("@"):
                    found.add(handler_name(name, text))
            stack.extend(part.content)
        elif isinstance(part, Element):
            found |= {
                handler_name(name, text) for name, text in part.attributes.items() if name.startswith("@")
            }
            stack.extend(part.children)
    return frozenset(found - {""})


def _source_of(attribute: SlotAttribute) -> str:
    """The value of an event attribute, with a number in each slot."""
    return "".join([part if isinstance(part, str) else "0" for part in attribute.parts])
