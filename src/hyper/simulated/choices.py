"""What is chosen in a select stays when options come, go or move: the rules of ``runtime_js/choices.js``."""

from __future__ import annotations

from hyper.dom.controls import (
    choose,
    choose_nothing,
    is_disabled,
    is_list,
    options_of,
    selected_options,
)
from hyper.dom.elements import DomElement


class Choice:
    """What was chosen in a select before its options change."""

    def __init__(self, select: DomElement) -> None:
        self.select = select
        self.old = options_of(select)
        self.chosen = selected_options(select)

    def keep(self) -> None:
        """Choose the same options again, and those that the server has added as selected."""
        options = options_of(self.select)
        added = [item for item in options if item.has("selected") and not _is_in(item, self.old)]
        wanted = [*[item for item in options if _is_in(item, self.chosen)], *added]
        if self.select.has("multiple"):
            return choose(self.select, wanted)
        if not wanted and (self.chosen or not self.old):
            wanted = self._first()
        if wanted or self.chosen or not self.old:
            return choose(self.select, wanted[-1:])
        return choose_nothing(self.select)

    def _first(self) -> list[DomElement]:
        """What a browser chooses where nobody does."""
        options = options_of(self.select)
        marked = [item for item in options if item.has("selected")]
        if marked or is_list(self.select):
            return marked[-1:]
        return [item for item in options if not is_disabled(item)][:1]


def show_marked(select: DomElement) -> None:
    """Choose the options that the server has marked; in a select for one, only if any is."""
    marked = [item for item in options_of(select) if item.has("selected")]
    if select.has("multiple"):
        choose(select, marked)
    elif marked:
        choose(select, marked[-1:])


def mark(option: DomElement, is_on: bool) -> None:
    """Choose an option, or no longer, as a script does by its property."""
    select = option.closest("select")
    if select is None:
        option.selected = is_on
        return
    chosen = [item for item in selected_options(select) if item is not option]
    if not is_on:
        choose(select, chosen)
    else:
        choose(select, [*chosen, option] if select.has("multiple") else [option])


def _is_in(option: DomElement, options: list[DomElement]) -> bool:
    return any(option is other for other in options)
