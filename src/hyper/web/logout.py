"""Ends the sessions of visitors who log in or out, and disconnects users, in all processes.

The ended sessions are a shared value like any other, so they reach all processes that ``shared`` reaches, even those
that are disconnected at that moment. Without a backplane, the workers of ``hyper run`` send them to each other.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Final, cast

from pydantic_core import to_jsonable_python

from hyper.errors import AuthorError
from hyper.state.cells import running_loop
from hyper.state.observed_dict import ObservedDict
from hyper.state.sharing import hub
from hyper.transport.process import Process

ENDED_NAME: Final = "hyper ended"
"""The name of the shared value: when each session or user was disconnected last, in seconds since 1970."""
MAX_ENDED: Final = 2_000
"""How many of them a process that starts is sent; a running one remembers each for as long as it matters."""
ASK: Final = b"?"
"""The message with which a worker that starts asks the others for the ended sessions."""


def disconnect(user: object) -> None:
    """Close all sockets of ``user``, as ``auth`` returned them, in all processes; the pages are reloaded.

    Use it when rights end at once. ``auth`` and the page decide whether the user may come back, and what they then see.
    May be called from any thread. Raises ``AuthorError`` if ``user`` is ``None``.
    """
    if user is None:
        raise AuthorError("disconnect(None) would disconnect everybody who is not logged in: give a user")
    end(user_key(user))


def end(key: str, at: float | None = None) -> None:
    """Have all processes disconnect a session or a user."""
    table = ended()
    table.pop(key, None)  # the newest are the last
    table[key] = time.time() if at is None else at
    while len(table) > MAX_ENDED:
        del table[next(iter(table))]
    hub.broadcast((table,))


def ended() -> ObservedDict[str, float]:
    """The shared value: when each session or user was disconnected last."""
    return cast("ObservedDict[str, float]", hub.share({}, ENDED_NAME))


def session_key(session_hash: str) -> str:
    """The key of a visitor's session in ``ended()``."""
    return f"session {session_hash}"


def user_key(user: object) -> str:
    """The key of all sessions of a user in ``ended()``."""
    return f"user {json.dumps(to_jsonable_python(user, fallback=repr), sort_keys=True)}"


def lasting_user_key(user: object) -> str:
    """A text for ``user`` that is the same in every process; ``""`` if the user is not JSON."""
    try:
        return json.dumps(to_jsonable_python(user), sort_keys=True)
    except ValueError:  # it is not JSON
        return ""


class Endings:
    """Disconnects the ended sessions and users in one application's process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._workers = process.workers
        self._done: dict[str, float] = {}
        self._stop: Callable[[], None] | None = None

    def start(self) -> None:
        """Disconnect sessions and users that are ended from now on, and refuse the sessions that ended before."""
        loop = asyncio.get_running_loop()
        self._do(dict(ended()))

        def changed() -> None:
            if running_loop() is loop:
                self._changed()
            else:
                loop.call_soon_threadsafe(self._changed)

        self._stop = hub.watch(ended(), changed)
        if self._workers is not None:
            self._workers.heard = self._heard
            self._tell(ASK)

    def stop(self) -> None:
        """Stop disconnecting."""
        if self._stop is not None:
            self._stop()

    def _changed(self) -> None:
        news = {key: at for key, at in ended().items() if self._done.get(key) != at}
        self._do(news)
        if news and hub.sync is None:
            self._tell(json.dumps(news).encode())

    def _do(self, news: dict[str, float]) -> None:
        self._done.update(news)
        for key in news:
            kind, _, what = key.partition(" ")
            if kind == "session":
                self._process.end_session(what)
            else:
                self._process.disconnect(lambda context, key=key: user_key(context.user) == key)  # type: ignore[misc]
        self._done = {key: at for key, at in self._done.items() if key in ended()}

    def _tell(self, message: bytes) -> None:
        if self._workers is not None:
            self._process.spawn(self._workers.tell(message))

    def _heard(self, message: bytes) -> None:
        if message == ASK:
            self._tell(json.dumps(dict(ended())).encode())
        elif hub.sync is None:
            for key, at in json.loads(message).items():
                if ended().get(key) != at:
                    end(key, at)
