"""Mistakes in event attributes and in attributes that start with ``live-``, each as a sentence with its fix.

@submit.prevnt="save"     no modifier .prevnt: did you mean .prevent?
@click="count += 1"       is not a handler: write its name, or a call such as add(text, 5)
onclick="save"            does nothing: to call the handler write @click="save"
live-leav="fade"          no attribute live-leav: did you mean live-leave?

Found when a template is compiled.
"""

from __future__ import annotations

import difflib
import re
from typing import Final

from ..browser_rules import BIND_MODIFIERS, CHORDS, KEY_ALIASES, KEY_FAMILIES, KEYS, MODIFIERS, is_wait
from .expressions import ACTIONS, OUTER, handler_start, parse_expression
from .scanner import MARKER

OURS: Final = frozenset({"live-autofocus", "live-focus-wrap", "live-hook", "live-leave"})
"""The attributes that start with ``live-``."""
_CHORD_NAMES: Final = CHORDS | {alias for alias, name in KEY_ALIASES.items() if name in CHORDS}
_OTHER_KEY: Final = re.compile(rf".|f\d\d?|(?:{'|'.join(sorted(KEY_FAMILIES))})\w+")
_LONE_NAME: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*;?\s*")


def called_slot(expression: str) -> int | None:
    """The number of the slot in place of a handler's name: 1 for ``⟦1⟧(5)``, ``None`` if there is no such slot."""
    match = MARKER.match(expression, handler_start(expression))
    return int(match[1]) if match else None


def problem_of_binding(name: str, value: str) -> str | None:
    """What is wrong with ``@name="value"``, ``None`` if nothing is. Slots in ``value`` are markers."""
    return _problem_of_modifiers(name) or _problem_of_expression(name, value)


def problem_of_bind(name: str) -> str | None:
    """What is wrong with the modifiers of ``@bind``, ``None`` if nothing is."""
    return _problem_of_modifiers(name, BIND_MODIFIERS)


def problem_of_inline(name: str, value: str) -> str | None:
    """What is wrong with ``onclick="save"``, which was meant to call a handler; ``None`` for real JavaScript."""
    lone = _LONE_NAME.fullmatch(value)
    if not name.lower().startswith("on") or lone is None:
        return None
    return f'{name}="{value}" does nothing: to call the handler write @{name[2:].lower()}="{lone[1]}"'


def problem_of_ours(name: str, value: str) -> str | None:
    """What is wrong with an attribute that starts with ``live-``, ``None`` if nothing is."""
    if name not in OURS:
        close = difflib.get_close_matches(name, OURS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"available: {', '.join(sorted(OURS))}"
        return f"no attribute {name}: {hint}"
    if name == "live-leave" and not value.strip():
        return 'live-leave has no class: write live-leave="fade", and define .fade in CSS'
    return None


def _problem_of_modifiers(name: str, known: frozenset[str] = MODIFIERS) -> str | None:
    event, *words = name[1:].split(".")
    is_key_event = event.startswith("key")
    for word in words:
        if word in known or word in _CHORD_NAMES or is_wait(word):
            continue
        if is_key_event and (word in KEYS or _OTHER_KEY.fullmatch(word) or not word):
            continue
        if word.isdigit():
            return f"{name}: .{word} has no unit: write .{word}ms"
        candidates = sorted({*known, *_CHORD_NAMES, *(KEYS if is_key_event else ())})
        close = difflib.get_close_matches(word, candidates, n=1)
        hint = f"did you mean .{close[0]}?" if close else f"available: .{', .'.join(sorted(known))}"
        return f"{name}: no modifier .{word}: {hint}"
    return None


def _problem_of_expression(name: str, value: str) -> str | None:
    shown = MARKER.sub("{…}", value)
    called = called_slot(value)
    text = MARKER.sub(lambda match: "f" if match[1] == str(called) else "0", value)
    try:
        actions, handler = parse_expression(text)
        if handler.startswith(OUTER):
            raise ValueError(handler)
    except ValueError:
        return (
            f'{name}="{shown}" is not a handler: write its name, or a call such as add(text, 5); '
            "anything longer belongs in a handler"
        )
    if unknown := [action for action in actions if action not in ACTIONS]:
        close = difflib.get_close_matches(unknown[0], ACTIONS, n=1)
        hint = f"did you mean ${close[0]}?" if close else f"available: ${', $'.join(sorted(ACTIONS))}"
        return f'{name}="{shown}": no action ${unknown[0]}: {hint}'
    return None
