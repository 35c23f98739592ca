"""Pages with records and without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from hyper.components.component import live
from hyper.components.jobs import run_function
from hyper.components.page import PageMount
from hyper.context import current


@live
def blank() -> str:
    return Markup("<p></p>")


class Page:
    """A page without a browser, whose jobs are functions of the test."""

    def __init__(self) -> None:
        self.mount = PageMount(blank, "m", {})

    def run(self, code: Callable[[], Any]) -> Any:
        """Run code of the page that is in no job, such as setup."""
        token = current.set(self.mount.root)
        try:
            return code()
        finally:
            current.reset(token)

    async def handle(self, code: Callable[[], Any]) -> Any:
        """Run a job; returns what ``code`` returned."""
        results = []

        async def job() -> None:
            result = code()
            results.append(await result if asyncio.iscoroutine(result) else result)

        await self.mount.run("job", lambda unit: run_function(unit, self.mount.root, job))
        return results[0]
