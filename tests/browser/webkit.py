"""WebKit, driven over the W3C WebDriver protocol: ``WebKitWebDriver`` and the MiniBrowser of WebKitGTK.

async with webkit() as window:
    await window.open("http://127.0.0.1:8000/")
    assert await window.evaluate("text => document.title + text", "!") == "Hello!"

WebKitGTK draws on an X display, so one is made for it; there is no headless mode.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from .input_actions import Actions, KeysAndMouse

DRIVER = shutil.which("WebKitWebDriver")
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"), None)
XVFB = shutil.which("Xvfb")
IS_THERE = None not in (DRIVER, MINI_BROWSER, XVFB)
START_S = 60
SCRIPT_S = 120
ENVIRONMENT = {
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    "GDK_BACKEND": "x11",
    "NO_AT_BRIDGE": "1",
}
"""No graphics card, no accessibility bus: a machine for tests has neither."""


class Window(KeysAndMouse):
    """One tab."""

    def __init__(self, client: aiohttp.ClientSession, address: str) -> None:
        self._client = client
        self._address = address

    async def send(self, method: str, command: str, body: object = None) -> Any:
        """The value that a WebDriver command answers."""
        async with self._client.request(method, f"{self._address}{command}", json=body) as response:
            value = (await response.json())["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{value['error']}: {value['message']}")
        return value

    async def begin(self) -> None:
        options = {"binary": str(MINI_BROWSER), "args": ["--automation"]}
        session = await self.send(
            "POST",
            "/session",
            {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}},
        )
        self._address += f"/session/{session['sessionId']}"
        await self.send("POST", "/timeouts", {"script": SCRIPT_S * 1000})

    async def open(self, address: str) -> None:
        await self.send("POST", "/url", {"url": address})

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """What a JavaScript function answers; JSON both ways."""
        script = f"""const done = arguments[1];
            (async () => ({function})(arguments[0]))().then(
                (value) => done({{value: value ?? null}}),
                (error) => done({{error: `${{error}} ${{error.stack}}`}}),
            );"""
        answer = await self.send("POST", "/execute/async", {"script": script, "args": [argument]})
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    async def reload(self) -> None:
        await self.send("POST", "/refresh", {})

    async def back(self) -> None:
        await self.send("POST", "/back", {})

    async def _act(self, source: Actions) -> None:
        await self.send("POST", "/actions", {"actions": [source]})

    async def close(self) -> None:
        await self.send("DELETE", "")


@asynccontextmanager
async def webkit() -> AsyncIterator[Window]:
    """A window of a WebKit of its own."""
    with tempfile.TemporaryDirectory() as home:
        async with display() as number:
            env = {**os.environ, **ENVIRONMENT, "DISPLAY": f":{number}", "HOME": home}
            port = free_port()
            async with (
                running(str(DRIVER), "--host=127.0.0.1", f"--port={port}", env=env),
                aiohttp.ClientSession() as client,
            ):
                window = Window(client, f"http://127.0.0.1:{port}")
                async with asyncio.timeout(START_S):
                    await until_ready(window)
                    await window.begin()
                yield window
                await window.close()


@asynccontextmanager
async def display() -> AsyncIterator[int]:
    """The number of an X display that nobody sees."""
    read, write = os.pipe()
    with open(read) as numbers:
        command = [str(XVFB), "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        async with running(*command, pass_fds=(write,)):
            os.close(write)
            yield int(await asyncio.to_thread(numbers.readline))


@asynccontextmanager
async def running(*command: str, **options: Any) -> AsyncIterator[None]:
    """A program that runs for as long as this lasts."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, **options
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def until_ready(window: Window) -> None:
    while True:
        try:
            await window.send("GET", "/status")
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.05)
        else:
            return
