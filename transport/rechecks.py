"""Whether those who have a socket still may: it can be open for hours, and rights end meanwhile.

The application is asked again about every socket, once in an interval; the first time at a random moment of it, as
those that came together, after a restart for instance, would be asked about together ever after. A few questions are
under way at a time, the others wait, and events wait for none of them. A question that fails says nothing about the
visitor: it is reported, and put again an interval later.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from .component import RequestContext
from .connection import Connection
from .connection import House as ConnectionHouse

MayStay: TypeAlias = Callable[[], Awaitable[bool]]
"""Asks the application about the visitor of one socket."""


class House(ConnectionHouse, Protocol):
    """What is needed of the process."""

    def disconnect(self, whose: Callable[[RequestContext], bool]) -> None:
        """Close the sockets of some visitors and forget their mounts; they may come again."""
        ...


@dataclass(slots=True)
class Question:
    """What is asked about a socket."""

    may_stay: MayStay
    due_s: float


class Rechecks:
    """The questions about all sockets of a process; ``every_s=None``: there are none."""

    def __init__(
        self, house: House, every_s: float | None, chance: Callable[[], float] = random.random
    ) -> None:
        self._house = house
        self._every_s = every_s
        self._chance = chance
        self._questions: dict[Connection, Question] = {}
        self._room = asyncio.Semaphore(house.limits.auths_at_once)

    def begin(self, connection: Connection, may_stay: MayStay | None) -> None:
        """Ask about this socket from now on. (A context manager would take half a kilobyte for each socket.)"""
        if self._every_s is not None and may_stay is not None:
            due_s = self._house.now_s() + self._every_s * self._chance()
            self._questions[connection] = Question(may_stay, due_s)

    def end(self, connection: Connection) -> None:
        """It is closed."""
        self._questions.pop(connection, None)

    def tick(self, now_s: float) -> None:
        """Put the questions that are due."""
        for connection, question in self._questions.items():
            if question.due_s <= now_s:
                question.due_s = math.inf
                self._house.spawn(self._ask(connection, question))

    async def _ask(self, connection: Connection, question: Question) -> None:
        async with self._room:
            may_stay = connection not in self._questions or await self._answer(connection.context, question)
        question.due_s = self._house.now_s() + (self._every_s or 0)
        if not may_stay:
            self._house.disconnect(connection.context.is_by_same_visitor)

    async def _answer(self, context: RequestContext, question: Question) -> bool:
        try:
            return await question.may_stay()
        except Exception as error:
            self._house.report(error, context, "authenticating an open socket")
            return True
