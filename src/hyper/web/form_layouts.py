"""Pages with forms: made once for equal HTML, and filled in for each visitor.

    <form action="URL?do=KEY">TOKEN …   +   {"url": "/_live/post", …}   →   <form action="/_live/post?do=add.1a2b…">…

Most strangers are shown the same: a counter that stands at 0. To find the forms, buttons and controls in its HTML, that
has to be parsed, and to be printed again with what they need. Ids, tokens and signatures alone are a visitor's own, so
they are slots in a text that is kept.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from hyper.dom.elements import COMPONENT, component_root
from hyper.vdom import Root, to_html
from hyper.vdom.escaping import escape_attribute
from hyper.vdom.rewriting import reads_as_tree
from hyper.web.form_markup import FormPage, add_forms, remove_marks

KEPT_LENGTH: Final = 1_000_000
"""How many characters of HTML an application keeps layouts of. A layout is some times as long as its HTML."""
_SIGN: Final = f"slot{secrets.token_hex(8)}"
"""Begins the name of each slot: nobody who writes a page can know it."""
_SLOT: Final = re.compile(f"{_SIGN}-([a-z]*[0-9]*)-")


class FormLayout:
    """The HTML of a component with its forms, without what is a visitor's own."""

    def __init__(self, html: str, page: FormPage, marks: tuple[str, ...]) -> None:
        """``html`` has a slot for the id of the component, ``page`` those of ``slots()``; ``marks`` are attributes."""
        top = component_root(_slot("id"), html)
        remove_marks(top)
        self._keys: list[str] = []
        slots = FormPage(
            _slot("url"), _slot("token"), page.notice, page.corrected_key, page.typed, self._slot_of
        )
        add_forms(top, slots)
        top.attributes.update({name: _slot(f"mark{number}") for number, name in enumerate(marks)})
        node = top.to_node()
        printed = to_html(node)
        self.is_fit = reads_as_tree(printed, Root((node,)))
        """Would a browser build what is meant? Not where vouched HTML must not be printed again (``vdom.rewriting``)."""
        self._pieces = _SLOT.split(printed)
        """Text, name of a slot, text, name of a slot, …, text."""

    def filled(self, component_id: str, page: FormPage, marks: Mapping[str, str]) -> str:
        """The HTML for a visitor's page."""
        texts = {"id": component_id, "url": page.url, "token": page.token}
        texts.update({f"mark{number}": text for number, text in enumerate(marks.values())})
        texts.update({f"key{number}": page.marked_key(key) for number, key in enumerate(self._keys)})
        escaped = {name: escape_attribute(text) for name, text in texts.items()}
        pieces = self._pieces[:]
        pieces[1::2] = [escaped[name] for name in pieces[1::2]]
        return "".join(pieces)

    def _slot_of(self, key: str) -> str:
        """A slot for the signed key of a form or button."""
        self._keys.append(key)
        return _slot(f"key{len(self._keys) - 1}")


class FormLayouts:
    """The layouts of one application, the last used ones kept."""

    def __init__(self, kept_length: int = KEPT_LENGTH) -> None:
        self._layouts: OrderedDict[str, FormLayout] = OrderedDict()
        """By HTML, the last used at the end."""
        self._kept_length = kept_length
        self.length = 0
        """The characters of that HTML."""

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._layouts)

    def with_forms(
        self, component_id: str, html: str, marks: Mapping[str, str], page: FormPage
    ) -> str | None:
        """The component with this HTML, and with forms and ``marks``; ``None`` if a browser would build something else.

        ``marks`` are attributes, always the same ones. Cost: parsing, the first time.
        """
        mark = f'{COMPONENT}="'
        layout = self._layout(html.replace(mark + component_id, mark + _slot("id")), page, tuple(marks))
        return layout.filled(component_id, page, marks) if layout.is_fit else None

    def _layout(self, html: str, page: FormPage, marks: tuple[str, ...]) -> FormLayout:
        if page.notice or page.corrected_key:
            return FormLayout(html, page, marks)
        layout = self._layouts.get(html)
        if layout is None:
            layout = FormLayout(html, page, marks)
            if len(html) <= self._kept_length:  # else it would drive out all others, and not stay itself
                self._keep(html, layout)
        else:
            self._layouts.move_to_end(html)
        return layout

    def _keep(self, html: str, layout: FormLayout) -> None:
        self._layouts[html] = layout
        self.length += len(html)
        while self.length > self._kept_length:
            oldest, _ = self._layouts.popitem(last=False)
            self.length -= len(oldest)


def _slot(name: str) -> str:
    return f"{_SIGN}-{name}-"
