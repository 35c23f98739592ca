"""Actions that the browser does by itself, like ``extras.js``: ``$toggle('#menu')``, ``$confirm('Sure?')``.

Attributes set by an action are kept apart from the server's, so that no patch removes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hyper.dom.controls import is_control, value_of
from hyper.dom.elements import DomElement
from hyper.dom.events import DomEvent
from hyper.dom.expressions import Named, parse_expression
from hyper.simulated.reach import focus_stop

if TYPE_CHECKING:
    from hyper.simulated.browser import Browser

_PIECE: Final = re.compile(r"""\s*((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;"'])+)(?:;|\Z)""")
_FORBIDDEN: Final = re.compile(r"on.*|srcdoc|style|href|src|action|formaction", re.IGNORECASE | re.DOTALL)

BrowserAction = Callable[..., Any]
"""Called with the browser, the element and the arguments; ``False`` cancels what follows."""
AttributeChange = Callable[..., tuple[str, str | None]]
"""Called with an element and arguments; returns the name and the value of the attribute to set."""


def act(text: str, element: DomElement, browser: Browser) -> str | None:
    """Run the actions of an expression. Returns the call after them; ``None`` if there is none to make.

    Raises ``ValueError`` if an action cannot be read, takes other arguments, or may not set such an attribute.
    Unknown names of actions are refused when the component is compiled.
    """
    for piece in _pieces_of(text):
        if not piece.startswith("$"):
            return piece
        expression = parse_expression(piece[1:])
        action = ACTION_FUNCTIONS[expression.name]
        args = [arg.name if isinstance(arg, Named) else arg for arg in expression.args or []]
        try:
            is_refused = action(browser, element, *args) is False
        except TypeError as error:
            raise ValueError(f"${expression.name} does not take these arguments") from error
        if is_refused:
            return None
    return None


def _pieces_of(text: str) -> list[str]:
    """The expression, split at the semicolons outside of quotes."""
    pieces, at = [], 0
    while at < len(text) and (found := _PIECE.match(text, at)):
        pieces.append(found[1].strip())
        at = found.end()
    return [piece for piece in pieces if piece]


def _targets(browser: Browser, element: DomElement, selector: str) -> list[DomElement]:
    return [element] if selector in ("", "this") else browser.all(selector)


# Actions that set attributes --------------------------------------------------------------------------------


def _set(
    change: AttributeChange, browser: Browser, element: DomElement, selector: str = "", *args: Any
) -> None:
    for target in _targets(browser, element, selector):
        name, value = change(target, *args)
        target.keep(name, value)
    browser.touch()


def _class(target: DomElement, name: str, value: str | None) -> tuple[str, str | None]:
    return f".{name}", value


def _toggled_class(target: DomElement, name: str) -> tuple[str, str | None]:
    return f".{name}", None if name in (target.get("class") or "").split() else ""


def _hidden(target: DomElement, value: str | None) -> tuple[str, str | None]:
    return "hidden", value


def _toggled_hidden(target: DomElement) -> tuple[str, str | None]:
    return "hidden", None if target.has("hidden") else ""


def _attribute(target: DomElement, name: str, value: object = "") -> tuple[str, str | None]:
    return _allowed(name), _as_text(value)


def _removed_attribute(target: DomElement, name: str) -> tuple[str, str | None]:
    return _allowed(name), None


def _toggled_attribute(
    target: DomElement, name: str, one: object = "", other: object = None
) -> tuple[str, str | None]:
    is_one = target.get(_allowed(name)) == _as_text(one)
    return name, _as_text(one) if not is_one else None if other is None else _as_text(other)


def _allowed(name: str) -> str:
    if _FORBIDDEN.fullmatch(name):
        raise ValueError(f"{name} cannot be set by an action: it could run code")
    return name


def _as_text(value: object) -> str:
    """A value as text, as JavaScript converts it."""
    return value if isinstance(value, str) else json.dumps(value)


# Other actions -----------------------------------------------------------------------------------------------


def _focus(browser: Browser, element: DomElement, selector: str = "") -> None:
    targets = _targets(browser, element, selector)
    stop = focus_stop(targets[0]) if targets else None
    if stop is not None:
        browser.focus(stop)


def _show_modal(browser: Browser, element: DomElement, selector: str = "") -> None:
    for dialog in _targets(browser, element, selector)[:1]:
        browser.dialogs.show_modal(dialog)


def _close(browser: Browser, element: DomElement, selector: str = "") -> None:
    for dialog in _targets(browser, element.closest("dialog") or element, selector):
        browser.dialogs.close(dialog)


def _transition(
    browser: Browser, element: DomElement, selector: str, name: str, duration_ms: float = 300
) -> None:
    for target in _targets(browser, element, selector):
        target.keep(f".{name}", "")
        browser.timers.append((duration_ms / 1000, partial(target.keep, f".{name}", None)))
    browser.touch()


def _confirm(browser: Browser, element: DomElement, question: str = "") -> bool:
    browser.asked.append(question)
    return browser.agrees


def _copy(browser: Browser, element: DomElement, selector: str = "") -> None:
    targets = _targets(browser, element, selector)
    if not targets:
        raise ValueError(f"nothing matches {selector!r}, so there is nothing to copy")
    browser.copied = value_of(targets[0]) if is_control(targets[0]) else targets[0].raw_text()


def _dispatch(browser: Browser, element: DomElement, name: str) -> None:
    browser.fire(DomEvent(name, element))


ACTION_FUNCTIONS: Final[dict[str, BrowserAction]] = {
    "show": partial(_set, partial(_hidden, value=None)),
    "hide": partial(_set, partial(_hidden, value="")),
    "toggle": partial(_set, _toggled_hidden),
    "add_class": partial(_set, partial(_class, value="")),
    "remove_class": partial(_set, partial(_class, value=None)),
    "toggle_class": partial(_set, _toggled_class),
    "set_attribute": partial(_set, _attribute),
    "remove_attribute": partial(_set, _removed_attribute),
    "toggle_attribute": partial(_set, _toggled_attribute),
    "show_modal": _show_modal,
    "close": _close,
    "focus": _focus,
    "transition": _transition,
    "confirm": _confirm,
    "copy": _copy,
    "dispatch": _dispatch,
}
