"""The errors of a form's fields, for the view to show: ``error("email")``.

    @live
    def sign_up():
        def check(email: EmailStr, age: int): pass
        def save(email: EmailStr, age: int): ...

        t'''<form @input="check" @submit.prevent="save">
            <input name="email">{error("email") and t"<p>{error("email")}</p>"}
            …'''

While the user types, the whole form is validated, but only edited fields show their errors; after a submit all
fields do. When a handler accepts its arguments, their errors are removed. Errors of rows stay with them: ``row_errors``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hyper.components.row_errors import INDEX, RowNames, renamed
from hyper.components.running import running_component
from hyper.errors import ComponentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

MAX_FIELDS: Final = 1000
"""How many names of fields are kept at most: they come from the browser."""
MAX_NAME_CHARS: Final = 16 * 1024
"""How long these names are together at most; a thousand names of a form with lists and objects fit."""

_NO_FIELDS: Final[frozenset[str]] = frozenset()
_NO_ERRORS: Final[Mapping[str, str]] = MappingProxyType({})


class FieldErrors:
    """The errors of one mounted component, and which fields its user has edited.

    A call of a handler changes only the errors of the fields that the handler takes.
    """

    __slots__ = ("_asked", "_errors", "_submitted", "_touched", "rows")

    def __init__(self) -> None:
        self._asked = _NO_FIELDS
        """The fields whose errors the view has asked for so far."""
        self._errors: Mapping[str, str] = _NO_ERRORS
        self._touched = _NO_FIELDS
        self._submitted = _NO_FIELDS
        """Fields that were submitted: they show their errors even if they were never edited."""
        self.rows: RowNames | None = None
        """The rows that the page shows; ``None`` while nothing is noted of any."""

    def reject(self, errors: Mapping[str, str], taken: frozenset[str], target: object = None) -> None:
        """Note the errors of the fields ``taken``; ``target`` is the field being edited, ``None`` at a submit."""
        self._errors = {**self._others(taken), **errors}
        self._errors = {name: self._errors[name] for name in _that_fit(self._errors)}
        taken |= {_first(name) for name in errors}
        if target is None:
            self._submitted = frozenset(_that_fit([*self._submitted, *taken]))
        else:
            self._touch(target)

    def accept(self, taken: frozenset[str], target: object = None) -> None:
        """Note that the fields ``taken`` are valid."""
        if self._errors:
            self._errors = self._others(taken)
        if self._submitted:
            self._submitted -= taken
        if target is not None:
            self._touch(target)
        elif self._touched:
            self._touched = frozenset(name for name in self._touched if _first(name) not in taken)

    def __bool__(self) -> bool:
        """Are there any errors?"""
        return bool(self._errors)

    @property
    def has_rows(self) -> bool:
        """Is anything noted of a field that is in a row?"""
        return any(INDEX.search(name) for name in (*self._errors, *self._touched))

    def follow(self, moved: Mapping[str, str | None]) -> bool:
        """Rename what is noted of rows that have moved, remove that of rows that are gone. Have errors changed?"""
        touched = [renamed(name, moved) for name in self._touched]
        self._touched = frozenset(_that_fit([name for name in touched if name is not None]))
        old, news = self._errors, [(renamed(name, moved), text) for name, text in self._errors.items()]
        errors = {name: text for name, text in news if name is not None}
        self._errors = {name: errors[name] for name in _that_fit(errors)}
        return self._errors != old

    def accept_one(self, name: str) -> None:
        """Note that this field is valid; others of the same object may still be wrong."""
        if name in self._errors:
            self._errors = {other: text for other, text in self._errors.items() if other != name}

    def _others(self, taken: frozenset[str]) -> dict[str, str]:
        return {name: text for name, text in self._errors.items() if _first(name) not in taken}

    def _touch(self, target: object) -> None:
        if isinstance(target, str) and target not in self._touched:
            self._touched = frozenset(_that_fit([*self._touched, target]))

    def shows(self, errors: Mapping[str, str], target: object = None) -> bool:
        """Has the view asked for one of these errors or, while a field is being edited, for any at all?"""
        return bool(self._asked) if target is not None else not self._asked.isdisjoint(errors)

    def shown(self, name: str) -> str:
        """The error to show at a field; ``""`` if there is none, or none yet."""
        if name not in self._asked and len(self._asked) < MAX_FIELDS:
            self._asked |= {name}
        is_due = name in self._touched or _first(name) in self._submitted
        return self._errors.get(name, "") if is_due else ""


def _that_fit(names: Iterable[str]) -> list[str]:
    """The names up to the first for which there is no room."""
    fit: list[str] = []
    room = MAX_NAME_CHARS
    for name in names:
        room -= len(name)
        if room < 0 or len(fit) == MAX_FIELDS:
            break
        fit.append(name)
    return fit


def _first(name: str) -> str:
    """``items`` of ``items[0].name``."""
    return name.partition(".")[0].partition("[")[0]


def errors_of(mounted: MountedComponent) -> FieldErrors:
    """The field errors of a component, made when they are first needed: most components have no form."""
    if mounted.fields is None:
        mounted.fields = FieldErrors()
    return mounted.fields


def error(name: str) -> str:
    """The error of a field of the component's form; ``""`` if there is none. For views.

    Raises ``ComponentError`` outside a live component.
    """
    mounted = running_component()
    if mounted is None:
        raise ComponentError("error() works in the view of a live component, and none is being rendered")
    return errors_of(mounted).shown(name)
