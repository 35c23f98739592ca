"""Finds elements by CSS selectors: the page is printed once with numbered elements, and lexbor finds the numbers."""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from hyper.dom.controls import is_checked, is_control, is_disabled, is_selected, selected_options
from hyper.dom.elements import DomElement, DomLeaf
from hyper.vdom import Element, Node
from hyper.vdom.markup import to_html

_AT: Final = "data-hyper-at"
_STATES: Final = re.compile(r":(checked|disabled|enabled|focus)(?![\w-])")
MAX_SHOWN: Final = 3000
"""Characters of HTML in an error message."""


class QueryError(AssertionError):
    """A test named an element that is not on the page, or an action that a user could not do there."""


class Query:
    """A page as it is at one moment, ready to be searched."""

    def __init__(self, top: DomElement, focused: DomElement | None) -> None:
        self.elements: list[DomElement] = []
        self.focused = focused
        self.parser = LexborHTMLParser(to_html(self.numbered(top)))

    def numbered(self, element: DomElement) -> Element:
        """A copy of the element with its number, and with its states as attributes."""
        attributes = {**element.shown(), _AT: str(len(self.elements))}
        attributes.update({f"data-hyper-{state}": "" for state in self.states(element)})
        self.elements.append(element)
        children: list[Node] = []
        for child in element.children:
            children.append(child.to_node() if isinstance(child, DomLeaf) else self.numbered(child))
        return Element(element.tag, attributes, tuple(children), element.namespace)

    def states(self, element: DomElement) -> list[str]:
        """The names of the CSS states that hold for an element: ``checked``, ``focus``."""
        states = ["focus"] if element is self.focused else []
        if is_control(element) or element.tag in ("option", "fieldset"):
            states.append("disabled" if is_disabled(element) else "enabled")
        if element.tag == "option":
            select = element.closest("select")
            chosen = selected_options(select) if select else []
            if is_selected(element) or any(option is element for option in chosen):
                states.append("checked")
        elif element.tag == "input" and is_checked(element):
            states.append("checked")
        return states

    def matches(self, css: str) -> list[DomElement]:
        """The elements that a selector finds, in document order. Raises ``ValueError`` if it is not a CSS selector."""
        try:
            found = self.parser.css(_STATES.sub(r"[data-hyper-\1]", css)) if css.strip() else None
        except SelectolaxError:
            found = None
        if found is None:
            raise ValueError(f"{css!r} is not a CSS selector that is understood here")
        numbers = sorted({int(node.attributes[_AT] or 0) for node in found if _AT in node.attributes})
        return [self.elements[number] for number in numbers]


def with_text(elements: list[DomElement], text: str | None) -> list[DomElement]:
    """Those whose text is exactly ``text``; if there are none, those whose text contains it."""
    if text is None:
        return elements
    exact = [element for element in elements if element.text() == text]
    return exact or [element for element in elements if text in element.text()]


def excerpt(element: DomElement, limit: int = MAX_SHOWN) -> str:
    """HTML for an error message."""
    html = to_html(element.to_node(is_shown=True))
    return html if len(html) <= limit else f"{html[:limit]}… ({len(html) - limit} characters more)"
