"""A window of one of the three engines, which shows components of ``components/``."""

from __future__ import annotations

from ..engines import Window
from .conftest import Stage


class Tab:
    """Once a page is there, ``tools`` is run in it: a function, which tests have what they need of."""

    def __init__(self, window: Window, stage: Stage, tools: str) -> None:
        self.window = window
        self.stage = stage
        self.tools = tools

    async def show(self, name: str) -> None:
        await self.window.open(f"{self.stage.address}/{name}")
        await self.window.evaluate(self.tools)

    async def says(self, expression: str) -> object:
        """The value of a JavaScript expression."""
        return await self.window.evaluate(f"async () => {expression}")
