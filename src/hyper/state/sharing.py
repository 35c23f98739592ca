"""Values that all connections see: ``shared``, ``broadcast`` and ``presence``.

    messages = shared([])                       # once, in the module

    @live
    def chat():
        def send(text: str):
            messages.append(text)
            broadcast()                         # renders again every component that reads messages

A shared list is a list, a shared dict a dict, a shared dataclass that dataclass; a single value such as a
number stands in a box: ``visits = shared(0)``, ``visits.value += 1``. What it means between processes is told
in ``backplane.py``.
"""

from __future__ import annotations

import dis
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import CodeType, FrameType
from typing import Any, TypeVar, overload

from hyper.state.hub import Hub
from hyper.state.observed_dict import ObservedDict
from hyper.state.observed_object import Shared
from hyper.state.presence import Presence, presence_of

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
S = TypeVar("S", str, int, float, bool, bytes, None)

Classes = type | tuple[type, ...]

hub = Hub()
"""The shared values of this process."""

runs: dict[str, tuple[CodeType, Counter[str]]] = {}
"""For each module its code as it was last run, and how often that run shared a value into each variable."""


@overload
def shared(value: list[T], *, name: str | None = None, of: Classes = ()) -> list[T]: ...
@overload
def shared(value: dict[K, V], *, name: str | None = None, of: Classes = ()) -> ObservedDict[K, V]: ...
@overload
def shared(value: set[T], *, name: str | None = None, of: Classes = ()) -> set[T]: ...
@overload
def shared(value: S, *, name: str | None = None, of: Classes = ()) -> Shared[S]: ...
@overload
def shared(value: tuple[T, ...], *, name: str | None = None, of: Classes = ()) -> Shared[tuple[T, ...]]: ...
@overload
def shared(value: T, *, name: str | None = None, of: Classes = ()) -> T: ...
def shared(value: Any, *, name: str | None = None, of: Classes = ()) -> Any:
    """``value``, copied and observed: one for all connections, and for all processes on one backplane.

    At the top of a module its name is made of the module's and the variable's, and ``hyper dev`` keeps the
    value when it reloads the module. Inside a function it has no name unless given one, and stays in its
    process. One given name is one value: a second call with it gives the same.

    ``of`` names the dataclasses, models and enums that will be in it, so that other processes can read them:
    ``messages = shared([], of=Message)``. Those that the value holds from the start need no naming.
    """
    classes = of if isinstance(of, tuple) else (of,)
    return hub.share(value, name or default_name(sys._getframe(1)), classes)


def broadcast(*values: object) -> None:
    """Render again every component that reads ``values``, or any shared value changed since the last call.

    Works from any thread and any event loop: each component is told in its own.
    """
    hub.broadcast(values)


def presence(topic: str) -> Presence:
    """The people at ``topic``: ``join`` in a component, iterate to list them. One topic is one list."""
    return presence_of(hub, topic)


@asynccontextmanager
async def connected(redis: str | None, secrets: Sequence[str]) -> AsyncIterator[None]:
    """Meanwhile named values are shared with all processes that are connected to the same Redis, if any.

    Returns at once, also while it cannot be reached. ``secrets`` are those of all processes, the newest first.
    """
    if redis is None or hub.sync is not None:
        yield
        return
    from hyper.state.redis_backplane import RedisBackplane

    await hub.connect(RedisBackplane(redis), secrets)
    try:
        yield
    finally:
        await hub.disconnect()


def default_name(caller: FrameType) -> str | None:
    """``module.variable`` for a call at the top of a module (from the second on ``module.variable#2``)."""
    if caller.f_code.co_name != "<module>":
        return None
    module = str(caller.f_globals.get("__name__", "?"))
    code, counts = runs.get(module, (None, Counter[str]()))
    if code is not caller.f_code and module != "__main__":  # run anew: the same names come again, in order
        counts = Counter()
    runs[module] = caller.f_code, counts
    variable = assigned_name(caller) or ""
    counts[variable] += 1
    return f"{module}.{variable}" if counts[variable] == 1 else f"{module}.{variable}#{counts[variable]}"


def assigned_name(caller: FrameType) -> str | None:
    """The variable that the running call's result is stored in, if the next thing done is to store it."""
    for instruction in dis.get_instructions(caller.f_code):
        if instruction.offset > caller.f_lasti and instruction.opname != "CACHE":
            stored = instruction.opname in ("STORE_NAME", "STORE_GLOBAL")
            return str(instruction.argval) if stored else None
    return None
