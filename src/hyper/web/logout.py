"""Ends the sessions of visitors who log in or out, and disconnects users, in all processes.

The ended sessions are a shared value like any other, so they reach all processes that ``shared`` reaches, even those
that are disconnected at that moment. Without a backplane, the workers of ``hyper run`` send them to each other. The
shared value tells running processes at once; ``ended.py`` keeps the sessions for those that start later.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from operator import itemgetter
from typing import Final, cast

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from hyper.errors import AuthorError
from hyper.state.cells import running_loop
from hyper.state.observed_dict import ObservedDict
from hyper.state.sharing import hub
from hyper.transport.each_minute import EachMinute
from hyper.transport.process import Process
from hyper.web.ended import EndedStore

log = logging.getLogger("hyper")
ENDED_NAME: Final = "hyper ended"
"""The name of the shared value: when each session or user was disconnected last, in seconds since 1970."""
MAX_ENDED: Final = 2_000
"""How many of them a process that starts is sent; a running one remembers each for as long as it matters."""
STORE_S: Final = 5
"""How long reading or keeping log-outs may take."""
LOAD_EVERY_S: Final = 10
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
    if (
        len(table) > 10 * MAX_ENDED
    ):  # no application runs, which would have read them: see ``Endings._changed``
        _shorten(table)
    hub.broadcast((table,))


def _shorten(table: ObservedDict[str, float]) -> None:
    while len(table) > MAX_ENDED:
        del table[next(iter(table))]


def ended() -> ObservedDict[str, float]:
    """The shared value: when each session or user was disconnected last."""
    return cast("ObservedDict[str, float]", hub.share({}, ENDED_NAME))


def session_key(session_hash: str, share: str = "") -> str:
    """The key of a visitor's session in ``ended()``, with the share of its network: see ``Gate.share_of``."""
    return f"session {session_hash}.{share}" if share else f"session {session_hash}"


def user_key(user: object) -> str:
    """The key of all sessions of a user in ``ended()``. Users of different types have different keys."""
    return f"user {json.dumps(_typed(user, repr), sort_keys=True)}"


def lasting_user_key(user: object) -> str:
    """A text for ``user`` that is the same in every process, with their type; ``""`` if the user is not JSON."""
    try:
        return json.dumps(_typed(user, None), sort_keys=True)
    except (ValueError, RecursionError):  # it is not JSON
        return ""


def _typed(value: object, fallback: Callable[[object], object] | None) -> object:
    """``value`` as JSON with the types in it: JSON alone says the same of ``Guest(5)`` and ``Admin(5)``."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(value, Mapping):
        pairs = [[_typed(item, fallback) for item in pair] for pair in value.items()]
        return [name, sorted(pairs, key=json.dumps)]
    if isinstance(value, (list, tuple)):
        return [name, [_typed(item, fallback) for item in value]]
    if isinstance(value, (set, frozenset)):
        return [name, sorted((_typed(item, fallback) for item in value), key=json.dumps)]
    fields = _fields(value)
    if fields is not None:
        return [name, [[field, _typed(getattr(value, field), fallback)] for field in fields]]
    return [name, to_jsonable_python(value, fallback=fallback)]


def _fields(value: object) -> list[str] | None:
    """The names of the fields of a dataclass's or model's object; ``None`` for another object."""
    if is_dataclass(value) and not isinstance(value, type):
        return [field.name for field in fields_of(value) if field.compare]
    return list(type(value).model_fields) if isinstance(value, BaseModel) else None


class Endings:
    """Disconnects the ended sessions and users in one application's process."""

    def __init__(self, process: Process, stores: Iterable[EndedStore] = ()) -> None:
        self._process = process
        self._stores = list(stores)
        self._keeping: set[asyncio.Task[None]] = set()
        self._unkept: dict[EndedStore, dict[str, float]] = {}
        """What a store did not take yet."""
        self._minute = EachMinute()
        self._workers = process.workers
        self._done: dict[str, float] = {}
        self._stop: Callable[[], None] | None = None

    async def load(self) -> None:
        """Refuse the sessions that ended before this process started, and those that it missed."""
        for store in self._stores:
            try:
                async with asyncio.timeout(STORE_S):
                    found = await store.news()
            except OSError as error:  # a timeout is one, too
                self._tell_failure("read", error)
            else:
                now = time.time()
                for name, at in sorted(found.items(), key=itemgetter(1)):
                    session_hash, _, share = name.partition(".")
                    if not session_hash:
                        self._process.gate.end_session("", max(0.0, now - at), share)
                    elif not self._process.gate.is_ended(session_hash):
                        self._process.end_session(session_hash, max(0.0, now - at), share)

    async def watch(self) -> None:
        """Load from time to time, until cancelled."""
        while True:
            await asyncio.sleep(LOAD_EVERY_S)
            unkept, self._unkept = self._unkept, {}
            for store, sessions in unkept.items():
                await self._keep_in(store, sessions)
            await self.load()

    async def kept(self) -> None:
        """Wait until the sessions that have ended are kept for processes that start later, but not for long."""
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=STORE_S)

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

    async def close(self) -> None:
        """Close the connections to where log-outs are kept."""
        await self.kept()
        for store in self._stores:
            await store.close()

    def stop(self) -> None:
        """Stop disconnecting."""
        if self._stop is not None:
            self._stop()

    def _changed(self) -> None:
        news = {key: at for key, at in ended().items() if self._done.get(key) != at}
        self._do(news)
        if news and hub.sync is None:
            self._tell(json.dumps(news).encode())
        _shorten(ended())

    def _do(self, news: dict[str, float]) -> None:
        self._done.update(news)
        self._keep({key.partition(" ")[2]: at for key, at in news.items() if key.startswith("session ")})
        for key in news:
            kind, _, what = key.partition(" ")
            if kind == "session":
                session_hash, _, share = what.partition(".")
                self._process.end_session(session_hash, share=share)
            else:
                self._process.disconnect(lambda context, key=key: user_key(context.user) == key)  # type: ignore[misc]
        self._done = {key: at for key, at in self._done.items() if key in ended()}

    def _keep(self, sessions: dict[str, float]) -> None:
        for store in self._stores if sessions else ():
            task = self._process.spawn(self._keep_in(store, sessions))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    async def _keep_in(self, store: EndedStore, sessions: dict[str, float]) -> None:
        try:
            async with asyncio.timeout(STORE_S):
                await store.keep(sessions)
        except OSError as error:
            self._unkept.setdefault(store, {}).update(sessions)
            self._tell_failure("kept", error)

    def _tell_failure(self, what: str, error: OSError) -> None:
        """Log that a store cannot be used, at most once a minute."""
        if self._minute.allows("stores"):
            log.error(
                "log-outs could not be %s (%s): a process that starts later may accept tokens from before them",
                what,
                error or type(error).__name__,
            )

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
