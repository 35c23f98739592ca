"""Values that all connections share: ``shared``, ``broadcast`` and ``presence``.

    messages = shared([])                       # once, in the module

    @live
    def chat():
        def send(text: str):
            messages.append(text)
            broadcast()                         # re-renders every component that reads messages

A shared list is a list, a shared dict a dict, a shared dataclass that dataclass; a single value such as a
number is put in a box: ``visits = shared(0)``, ``visits.increment()``. What a job of a page changes is kept or undone
as a whole: see ``journal.py``. How processes share values is described in ``backplane.py``.
"""

from __future__ import annotations

import dis
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import CodeType, FrameType
from typing import Any, Final, TypeVar, cast, overload

from hyper.context import RunningComponent, StartAgain, current, running_task
from hyper.state.hub import ARRIVE_S, Hub
from hyper.state.observed import Observed
from hyper.state.observed_dict import ObservedDict
from hyper.state.observed_object import Shared
from hyper.state.observing import StateError
from hyper.state.presence import Presence

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
S = TypeVar("S", str, int, float, bool, bytes, None)

Classes = type | tuple[type, ...]

FRAMEWORK: Final = "hyper "
"""Names of shared values begin so that no application has made."""
RESERVED: Final = (FRAMEWORK, "presence ")
"""Names of shared values begin so that an application may not give."""

hub = Hub()
"""The shared values of this process."""

runs: dict[str, tuple[CodeType, Counter[str]]] = {}
"""For each module its code when it last ran, and how many times that run assigned a shared value to each variable."""


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
    """An observed copy of ``value``: one for all connections, and for all processes on one backplane.

    At the top of a module it is named after the module and the variable, and ``hyper dev`` keeps the value when
    it reloads the module. Inside a function it has no name unless you give one, and stays in its process. A
    given name identifies one value: a second call with it returns the same one. A name given within a function is let
    go when no component that has shared it is mounted any more: at once if the value is as it was at first, else when
    1,000 others were let go since. At the top of a module it stays.

    ``of`` declares the dataclasses, models and enums that will be in it, so that other processes can read them:
    ``messages = shared([], of=Message)``. Those that are in it from the start need not be declared.
    """
    classes = of if isinstance(of, tuple) else (of,)
    if name is not None:
        return share_named(value, name, classes, sys._getframe(1))
    return hub.share(value, default_name(sys._getframe(1)), classes)


def share_named(value: object, name: str, classes: tuple[type, ...], caller: FrameType) -> Observed:
    """The value of a given name: kept if a module shares it, else while somebody shows it.

    Raises ``StateError`` if the name is reserved, or that of a value of another kind.
    """
    if name.startswith(RESERVED):
        raise StateError(
            f"shared(name={name!r}): names that begin with 'hyper ' or 'presence ' are reserved: choose another"
        )
    run = caller.f_code if caller.f_code.co_name == "<module>" else None
    module = str(caller.f_globals.get("__name__", "?"))
    if run is None or not hub.rooms.is_reloaded(name, module, run):
        hub.refuse_other_kind(value, name)
    found = hub.share(value, name, classes)
    if run is not None:
        hub.rooms.keep(name, module, run)
    else:
        component = current.get()
        wait_in_setup(name, component)
        hub.rooms.hold(name, component)
    return found


def wait_in_setup(name: str, component: RunningComponent | None) -> None:
    """Raises ``StartAgain`` in the setup of a component if other processes may have another value of that name."""
    sync = hub.sync
    if component is None or component.starting is None or sync is None:
        return
    if component.starting is running_task() and sync.is_here() and sync.arrivals.is_missing(name):
        raise StartAgain(partial(arrival_of, name))


async def arrival_of(name: str) -> None:
    """Wait until a value has arrived, which nobody holds yet."""
    try:
        await hub.arrive()
    except BaseException:
        hub.rooms.hold(name, None)
        raise


def broadcast(*values: object) -> None:
    """Re-render every component that reads ``values``, or without any, a value changed since the last call.

    In a handler, or another job of a page: once that has ended well; not at all if it fails.

    Works from any thread and any event loop: each component is re-rendered in its own.
    """
    hub.broadcast(values)


async def latest(value: T) -> T:
    """A shared value, once it holds what the other processes know: in handlers and tasks, for values that they name.

        game = await latest(shared({}, name=f"game {id}"))

    In setup all values have arrived. Waits for 3 seconds at most.
    """
    await hub.arrive()
    return value


async def claim(value: dict[K, V], key: K, claimed: V) -> V:
    """What is at ``key`` of a shared dict: ``claimed``, if nothing was there in any process; else what was.

    Of several who claim at the same time, one gets it. It is not part of the running job: it stands also if that fails.
    Raises ``BackplaneError`` if the other processes have not answered for 3 seconds; then it may still come to stand.
    """
    if not isinstance(value, ObservedDict):
        raise StateError("claim(value, key, claimed): value has to be a dict that is shared")
    return cast("V", await hub.claim(value, key, claimed, ARRIVE_S))


def presence(topic: str) -> Presence:
    """The people at ``topic``: ``join`` in a component, iterate to list them. Each topic has one list."""
    return hub.presence(topic)


@asynccontextmanager
async def connected(redis: str | None, secrets: Sequence[str]) -> AsyncIterator[None]:
    """Shares named values with all processes connected to the same Redis until the context exits; None: with none.

    Enters at once, even if Redis cannot be reached. ``secrets`` are those of all processes, the newest first.
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
    """The name for a call at the top of a module, ``module.variable``, then ``module.variable#2``; None elsewhere."""
    if caller.f_code.co_name != "<module>":
        return None
    module = str(caller.f_globals.get("__name__", "?"))
    code, counts = runs.get(module, (None, Counter[str]()))
    if (
        code is not caller.f_code and module != "__main__"
    ):  # the module runs again, with the same names in order
        counts = Counter()
    runs[module] = caller.f_code, counts
    variable = assigned_name(caller) or ""
    counts[variable] += 1
    return f"{module}.{variable}" if counts[variable] == 1 else f"{module}.{variable}#{counts[variable]}"


def assigned_name(caller: FrameType) -> str | None:
    """The variable to which the result of the running call is assigned, if that is the next instruction; else None."""
    for instruction in dis.get_instructions(caller.f_code):
        if instruction.offset > caller.f_lasti and instruction.opname != "CACHE":
            stored = instruction.opname in ("STORE_NAME", "STORE_GLOBAL")
            return str(instruction.argval) if stored else None
    return None
