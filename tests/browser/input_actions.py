"""What a person does with keys and mouse, as WebDriver and WebDriver BiDi both write it."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Actions: TypeAlias = dict[str, Any]
"""What one device does."""
HELD: Final = {"Control": "\ue009"}
"""How WebDriver writes the keys that are held: https://www.w3.org/TR/webdriver2/#keyboard-actions"""


def keys_of(keys: str) -> Actions:
    """A key for each character."""
    steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
    return {"type": "key", "id": "keyboard", "actions": steps}


def chord_of(held: str, key: str) -> Actions:
    """A key while another is held."""
    steps = [("keyDown", HELD[held]), ("keyDown", key), ("keyUp", key), ("keyUp", HELD[held])]
    actions = [{"type": kind, "value": value} for kind, value in steps]
    return {"type": "key", "id": "keyboard", "actions": actions}


def click_at(x: float, y: float) -> Actions:
    """A click at a place of the window."""
    steps = [
        {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0, "origin": "viewport"},
        {"type": "pointerDown", "button": 0},
        {"type": "pointerUp", "button": 0},
    ]
    return {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}


class KeysAndMouse:
    """The keys and the mouse of a window that WebDriver drives."""

    async def press(self, keys: str) -> None:
        """Presses a key for each character."""
        await self._act(keys_of(keys))

    async def chord(self, held: str, key: str) -> None:
        """Presses a key while another is held."""
        await self._act(chord_of(held, key))

    async def click(self, x: float, y: float) -> None:
        await self._act(click_at(x, y))

    async def _act(self, source: Actions) -> None:
        raise NotImplementedError
