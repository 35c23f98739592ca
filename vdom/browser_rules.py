"""How browsers and the client read forms and ``@event`` attributes: the table ``browser_rules.json``, with types.

``npm run build`` writes ``runtime_js/rules.js`` from the same table, so that no rule is written twice.

    is_wait("250ms")             ->  True
    key_name("ArrowUp")          ->  "up"
    state_name("checkbox")       ->  "checked"
    option_value(None, " A\\n b ")  ->  "A b"
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

_RULES: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("browser_rules.json").read_text(encoding="utf-8")
)
_MODIFIERS: Final[Mapping[str, Any]] = _RULES["modifiers"]
_KEYS: Final[Mapping[str, Any]] = _RULES["keys"]
_EVENTS: Final[Mapping[str, Any]] = _RULES["events"]
_CONTROLS: Final[Mapping[str, Any]] = _RULES["controls"]
_STATES: Final[Mapping[str, Any]] = _RULES["states"]

# Names of @event attributes -----------------------------------------------------------------------------------

MODIFIERS: Final = frozenset(
    word for group in ("listening", "deciding", "acting", "timed") for word in _MODIFIERS[group]
)
"""What may follow the name of an event after a dot, besides a time to wait and names of keys."""
BIND_MODIFIERS: Final = frozenset(_MODIFIERS["of_bind"])
"""What may follow ``@bind``."""
CHORDS: Final = frozenset(_KEYS["chords"])
"""The modifier keys, by the names that ``key_name`` gives them."""
KEY_ALIASES: Final[Mapping[str, str]] = _KEYS["aliases"]
"""Other names of keys in lower case, each with the name that ``key_name`` returns: ``"escape"`` → ``"esc"``."""
KEYS: Final = frozenset(_KEYS["known"])
"""Names of keys, in lower case. All other keys are single characters, ``f1`` to ``f12``, or of a family."""
KEY_FAMILIES: Final = frozenset(_KEYS["families"])
"""Prefixes of the names of further keys: ``arrow``, ``audio``."""

_WAIT: Final = re.compile(rf"(\d+)({'|'.join(_MODIFIERS['wait_units_ms'])})")


def is_wait(word: str) -> bool:
    """Is a modifier a time to wait, such as ``250ms`` or ``1s``?"""
    return _WAIT.fullmatch(word) is not None


def wait_ms(words: Collection[str]) -> int:
    """How long ``.debounce`` or ``.throttle`` waits: the time among these modifiers, else the default."""
    for word in words:
        if match := _WAIT.fullmatch(word):
            return int(match[1]) * int(_MODIFIERS["wait_units_ms"][match[2]])
    return int(_MODIFIERS["default_wait_ms"])


def key_name(key: str) -> str:
    """The one name of a key, whatever an attribute or a browser calls it: ``Escape`` and ``esc`` are ``"esc"``."""
    short = key.lower().removeprefix(_KEYS["dropped_prefix"])
    return KEY_ALIASES.get(short, short)


# Events -------------------------------------------------------------------------------------------------------

NOT_BUBBLING: Final = frozenset(_EVENTS["staying"])
"""Events that do not bubble: only the element itself can listen to them."""
EDITING: Final[tuple[str, ...]] = tuple(_EVENTS["editing"])
"""The events by which a user edits a control, in the order in which they happen."""


def bind_event_type(words: Collection[str]) -> str:
    """The type of event at which ``@bind`` with these modifiers reads a control's value."""
    types: Mapping[str, str] = _EVENTS["bind"]
    return next((types[word] for word in words if word in types), types[""])


# Form controls ------------------------------------------------------------------------------------------------

CONTROL_TAGS: Final = frozenset(_CONTROLS["tags"])
CHOICE_TYPES: Final = frozenset(_CONTROLS["choices"])
"""Types of controls that are ticked."""
BUTTON_TYPES: Final = frozenset(_CONTROLS["buttons"])
"""Types of controls that are clicked."""
SUBMIT_TYPES: Final = frozenset(_CONTROLS["submitting"])
"""Types of buttons that submit their form."""
FILE_TYPES: Final = frozenset(_CONTROLS["files"])
"""Types of controls whose values are never sent in an event."""
HIDDEN_TYPES: Final = frozenset(_CONTROLS["hidden"])
"""Types of controls that are never visible."""
SETTABLE_TYPES: Final = frozenset(_CONTROLS["settable"])
"""Types of controls with a value that a user sets as a whole, by a slider or a dialog."""
DISABLED_TAGS: Final = frozenset(_CONTROLS["disabled_tags"])
"""Elements that the attribute ``disabled`` disables."""
CHOICE_WITHOUT_VALUE: Final[str] = _RULES["values"]["choice_without_value"]
"""The value of a checkbox or radio button without a ``value`` attribute."""


def control_type(tag: str, written: str | None, *, is_multiple: bool) -> str:
    """A control's type as scripts see it, from its tag, its ``type`` attribute, and whether it has ``multiple``.

    ``""`` for an element that is not a control.
    """
    default: str = _CONTROLS["default_type"].get(tag, "")
    if tag == "select":
        return str(_CONTROLS["multiple_select_type"]) if is_multiple else default
    kind = default if tag == "textarea" else (written or default).lower()
    if tag == "button" and (kind not in BUTTON_TYPES or kind == "image"):  # which is a type of inputs only
        return default
    return kind


def state_name(kind: str) -> str | None:
    """The attribute with the initial state of a control of this type; ``None`` for buttons and files.

    ``"checked"`` or ``"value"``; ``"selected"`` is an attribute of a select's options.
    """
    state = _STATES["by_type"].get(kind, _STATES["otherwise"])
    return None if state is None else str(state["name"])


_SPACE: Final = re.compile(r"[ \t\n\f\r]+")


def option_value(value: str | None, text: str) -> str:
    """The value of an option: its ``value`` attribute, else its text with white space collapsed."""
    return _SPACE.sub(" ", text).strip(" ") if value is None else value
