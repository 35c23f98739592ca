"""Makes observed values: a copy of a container that notes reads and writes, or a box with a single value.

Each cell gets ``observed_copy`` from its hub, so that any container can hold any other without importing it.
"""

from __future__ import annotations

from typing import Any, Final

from hyper.errors import AuthorError
from hyper.state.cells import UNSHARED, Cell
from hyper.state.observed import Observed, plain
from hyper.state.observed_dict import ObservedDict, ObservedSet
from hyper.state.observed_list import ObservedList
from hyper.state.observed_object import Shared, is_frozen, is_object, observed_object

BUILT_IN: Final[dict[type, type[Any]]] = {list: ObservedList, dict: ObservedDict, set: ObservedSet}
"""The observed class of each built-in container."""


class StateError(AuthorError):
    """A shared value is declared or used in a way that cannot work."""


def observed_copy(value: object, cell: Cell) -> object:
    """An observed copy, which belongs to ``cell``, if ``value`` is a container; else ``value`` itself."""
    kind = type(value)
    if not is_container(kind):
        return value
    new: Observed = BUILT_IN[kind](value, cell) if kind in BUILT_IN else observed_object(value, cell)
    if cell.recorder is not None:
        cell.recorder.label(new)
    return new


def is_container(kind: type) -> bool:
    """Can changes inside instances of this class be noted?"""
    return kind in BUILT_IN or (is_object(kind) and not is_frozen(kind))


def observe(initial: object, cell: Cell) -> Observed:
    """A new shared value: an observed copy of a container, or a box with a single value."""
    if is_container(type(initial)):
        found = observed_copy(plain(initial), cell)
        assert isinstance(found, Observed)
        return found
    refuse_unobservable(initial)
    return Shared(initial, cell)


def refuse_unobservable(initial: object) -> None:
    """Raises ``StateError`` if changes inside ``initial`` could not be noted."""
    kind = type(initial)
    if kind.__module__ == "builtins" or kind.__hash__ is not object.__hash__ or is_object(kind):
        return
    raise StateError(
        f"shared({kind.__name__}(…)): changes inside a {kind.__name__} cannot be noticed; "
        "make it a dataclass or a pydantic model, or share a list or dict"
    )


def is_same_kind(value: Observed, initial: object) -> bool:
    """Does a reloaded module declare the value as before, so that its content can stay?"""
    if isinstance(value, Shared):
        return not is_container(type(initial)) and not isinstance(initial, Observed)
    base = getattr(type(value), "_base", None)
    return type(initial) is base if base is not None else isinstance(value, type(initial))


def cell_of(value: object) -> Cell:
    """The cell of a shared value or of a container in one. Raises ``StateError`` if ``value`` is neither."""
    if isinstance(value, Observed) and value._cell is not UNSHARED:
        return value._cell
    raise StateError(
        f"broadcast({type(value).__name__}): not a shared value; pass what shared() returned, or nothing"
    )
