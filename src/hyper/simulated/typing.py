"""Who is ahead in a control, the user or the server? The rules of ``runtime_js/typing.js``.

What the server sets is shown, but not

- while an edit of the control is on its way: the answer to the last one counts;
- while it has the focus, and shows what the server has not been told yet, or the same in other words.

Then it is late: it is shown as soon as that is over, at the latest when the control is left. There is no input method
here, so nothing composes.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol, TypeAlias

from hyper.dom.bindings import bindings_of
from hyper.dom.controls import (
    check,
    default_value,
    form_of,
    is_button,
    is_choice,
    is_control,
    is_file,
    kind_of,
    state_of,
    value_of,
)
from hyper.dom.elements import DomElement, Told
from hyper.dom.events import DomEvent
from hyper.simulated.choices import show_marked
from hyper.simulated.sameness import says_same
from hyper.vdom.browser_rules import EDITING

Write: TypeAlias = Callable[[], None]


class EventEnd(Enum):
    """How an event of the page ended."""

    DONE = "the server has run it"
    FAILED = "the server has it, and says that it failed"
    TOO_LARGE = "it was not sent, as it does not fit into a message"
    LOST = "the server does not know it"


class ShownPage(Protocol):
    """What is asked of a page."""

    top: DomElement
    focused: DomElement | None


class Typing:
    """The controls of a page that somebody edits."""

    def __init__(self, page: ShownPage) -> None:
        self._page = page
        self._on_their_way: list[DomElement] = []
        """The controls whose edits are on their way: the target of each event that is pending."""
        self._given: set[DomElement] = set()
        """Controls that the server has set: an accepted edit of one shows what the server says."""
        self._late: dict[DomElement, bool] = {}
        """Controls whose value waits. Is it to be shown before the control is left?"""

    def count_of(self, control: DomElement) -> int:
        """How many edits of a control are on their way."""
        return sum(other is control for other in self._on_their_way)

    def hold(self, control: DomElement) -> Callable[[Write], None]:
        """A function that sets the control by the function that it is given, now or later.

        Call this before the control is changed, and what it returns afterwards.
        """
        is_ahead = self._is_focused(control) and _is_untold(control)

        def show(write: Write) -> None:
            self._given.add(control)
            if self._is_on_its_way(control) or self._is_in_other_words(control):
                self._late[control] = True
            elif not is_ahead:
                write()
                control.reported = state_of(control)

        return show

    def sent(self, event: DomEvent) -> Callable[[EventEnd], None] | None:
        """Note that an event is on its way. If it is an edit, returns a function to call when it is over."""
        control = event.target
        is_edit = event.type in EDITING or (event.type == "click" and is_choice(control))
        if not is_edit or not is_control(control) or is_button(control) or is_file(control):
            return None
        self._on_their_way.append(control)
        return lambda outcome: self._over(control, event.type, outcome)

    def _over(self, control: DomElement, kind: str, outcome: EventEnd) -> None:
        self._on_their_way.remove(control)
        if outcome is EventEnd.DONE:
            self._accept(control, kind)
        else:
            self._refuse(control, outcome)

    def _accept(self, control: DomElement, kind: str) -> None:
        """A handler that leaves the value as it was makes no patch, although the control shows another one."""
        is_servers = _is_text(control) and (control in self._given or is_bound(control))
        if is_servers and control not in self._late:
            self._late[control] = kind != "input" or (is_bound(control) and not default_value(control))

    def _refuse(self, control: DomElement, outcome: EventEnd) -> None:
        """What was refused stays as it was typed. Only if it was acknowledged the server knows it."""
        self._late.pop(control, None)
        if outcome is not EventEnd.FAILED:
            control.reported = Told.TOO_LONG if outcome is EventEnd.TOO_LARGE else Told.LOST

    def settle_all(self) -> None:
        """Show all that is late, and may be shown."""
        for control in list(self._late):
            self.settle(control)

    def settle(self, control: DomElement) -> None:
        """Show what is late in a control, if it may be shown."""
        if control not in self._late or self._is_on_its_way(control) or _is_untold(control):
            return
        is_kept = not self._late[control] or self._is_in_other_words(control) or _is_converted(control)
        if self._is_focused(control) and is_kept:
            return
        del self._late[control]
        if self._page.top.contains(control):
            _show_given(control)
            control.reported = state_of(control)

    def _is_focused(self, control: DomElement) -> bool:
        return control is self._page.focused

    def _is_on_its_way(self, control: DomElement) -> bool:
        """Is an edit of the control on its way, or of another radio button of its group?"""
        return any(other is control or _is_same_group(control, other) for other in self._on_their_way)

    def _is_in_other_words(self, control: DomElement) -> bool:
        """Does the user read the server's value in their own words?"""
        is_read = self._is_focused(control) and _is_text(control)
        return is_read and says_same(value_of(control), default_value(control))


def is_bound(control: DomElement) -> bool:
    """Is its value that of a variable?"""
    return bool(bindings_of(control, "bind"))


def show_text(control: DomElement) -> None:
    """Make a control show the text that the server wrote."""
    if value_of(control) != default_value(control):
        control.typed = default_value(control)


def _show_given(control: DomElement) -> None:
    if _is_text(control):
        show_text(control)
    elif is_choice(control):
        check(control, control.has("checked"))
    else:
        show_marked(control)


def _is_text(control: DomElement) -> bool:
    return control.tag != "select" and not is_choice(control)


def _is_untold(control: DomElement) -> bool:
    """Does the control show what the server has not been told?"""
    if control.reported is Told.NOTHING:
        return _is_text(control) and value_of(control) != default_value(control)
    return control.reported != state_of(control)


def _is_same_group(control: DomElement, other: DomElement) -> bool:
    if kind_of(control) != "radio" or kind_of(other) != "radio":
        return False
    return control.get("name") == other.get("name") and form_of(control) is form_of(other)


def _is_converted(control: DomElement) -> bool:
    """What is typed comes back converted: only a value that is empty means something else."""
    return is_bound(control) and _is_text(control) and default_value(control) != ""
