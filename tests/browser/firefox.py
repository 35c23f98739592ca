"""Firefox, driven over WebDriver BiDi, which it speaks itself: no driver program is needed.

async with firefox() as window:
    await window.open("http://127.0.0.1:8000/")
    assert await window.evaluate("text => document.title + text", "!") == "Hello!"
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from .input_actions import Actions, KeysAndMouse

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
START_S = 60
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
}


class Window(KeysAndMouse):
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._context = ""

    async def send(self, method: str, **params: Any) -> Any:
        """The result of a BiDi command."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == number:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{answer['error']}: {answer['message']}")
        return answer["result"]

    async def begin(self) -> None:
        await self.send("session.new", capabilities={})
        # the window that is there at the start never gets the focus, if nobody sees it
        self._context = (await self.send("browsingContext.create", type="window"))["context"]

    async def open(self, address: str) -> None:
        await self.send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """What a JavaScript function answers; JSON both ways."""
        wrapped = f"async json => JSON.stringify(await ({function})(JSON.parse(json)) ?? null)"
        answer = await self.send(
            "script.callFunction",
            functionDeclaration=wrapped,
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def reload(self) -> None:
        await self.send("browsingContext.reload", context=self._context, wait="complete")

    async def back(self) -> None:
        """Goes back to the page before, which need not be there when this returns."""
        await self.send("browsingContext.traverseHistory", context=self._context, delta=-1)

    async def _act(self, source: Actions) -> None:
        await self.send("input.performActions", context=self._context, actions=[source])


@asynccontextmanager
async def firefox() -> AsyncIterator[Window]:
    """A window of a Firefox with a profile of its own."""
    with tempfile.TemporaryDirectory() as profile:
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        ]
        Path(profile, "user.js").write_text("\n".join(lines), "utf-8")
        command = [
            str(FIREFOX),
            "--headless",
            "--no-remote",
            "--remote-debugging-port",
            "0",
            "--profile",
            profile,
        ]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "HOME": profile},
        )
        try:
            async with asyncio.timeout(START_S):
                address = await _address(process)
            async with (
                aiohttp.ClientSession() as client,
                client.ws_connect(f"{address}/session", max_msg_size=0) as socket,
            ):
                window = Window(socket)
                await window.begin()
                yield window
                await window.send("browser.close")
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        if match := re.search(rb"WebDriver BiDi listening on (ws://\S+)", line):
            return match[1].decode()
    raise RuntimeError("Firefox ended before it listened")
