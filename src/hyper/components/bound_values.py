"""What ``@bind`` makes of what a control says: the value that the bound variable would take.

size: float = 1.0
convert("size", "1.0")  ->  1.0          so <option value="1.0"> is the one that is chosen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic

from hyper.compiling.binding import fitting, look, set_at
from hyper.components.error_texts import texts_of
from hyper.components.running import running_component_for
from hyper.errors import Invalid
from hyper.transport.component import BadArgumentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


def assign(value: Any, path: str, new: object) -> None:
    """Set the attribute or item at ``path`` of ``value``. Raises ``Invalid`` if ``new`` is not valid there."""
    try:
        set_at(value, path, new)
    except pydantic.ValidationError as error:
        raise Invalid(**{path: texts_of(error)[0][1]}) from None


def convert(name: str, said: object) -> object:
    """The value that the running component's variable ``name`` takes for ``said``. Raises ``ValueError`` if none."""
    return converted_in(running_component_for("@bind"), name, said)


def converted_in(mounted: MountedComponent, name: str, said: object) -> Any:
    """The value that a variable of ``mounted``, or an attribute such as ``user.size``, takes for ``said``.

    Raises ``ValueError`` if it takes no such value.
    """
    variable, *steps = name.split(".")
    if steps:
        owner = look(mounted.cells()[variable].cell_contents, *steps[:-1])
        return fitting(owner, steps[-1], said)
    try:
        _, taken = mounted.signatures[f"={name}"].bind([said], {})
    except BadArgumentError as error:
        raise ValueError(str(error)) from None
    return taken["value"]


def is_said(args: list[object]) -> bool:
    """Is it what some control says: a text, several, whether it is ticked, or that and its value?"""
    said, *choice = args or [None]
    if type(said) is bool:
        return len(choice) <= 1 and all(type(text) is str for text in choice)
    texts = said if type(said) is list else [said]
    return not choice and all(type(text) is str for text in texts)
