"""Asks the application again whether visitors may keep their sockets: sockets stay open for hours, and rights end.

The application is asked about every socket once per interval. The first time is a random moment in it: otherwise
sockets that connect together, after a restart for instance, would always be checked together. Only a few checks run at
a time, and no event waits for them; visitors take turns (``shares.py``), so that one whose checks are slow does not keep
others from being checked. A check that fails says nothing about the visitor: it is reported, and repeated after an
interval.
"""

from __future__ import annotations

import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from .component import RequestContext
from .connection import Connection
from .services import Services
from .shares import Owner, Turns

MayStay: TypeAlias = Callable[[], Awaitable[bool]]
"""Asks the application about the visitor of one socket."""
Disconnect: TypeAlias = Callable[[Callable[[RequestContext], bool]], None]
"""Closes the sockets of the visitors for whom a function says so."""


@dataclass(slots=True)
class Question:
    """The check of one socket, and when it is due."""

    may_stay: MayStay
    due_s: float


class Rechecks:
    """The checks of all sockets of a process; with ``every_s=None`` there are none."""

    def __init__(
        self,
        services: Services,
        every_s: float | None,
        disconnect: Disconnect,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._services = services
        self._disconnect = disconnect
        self._every_s = every_s
        self._chance = chance
        self._questions: dict[Connection, Question] = {}
        self._turns: Turns[Connection] = Turns(services.limits.auths_at_once)

    def begin(self, connection: Connection, may_stay: MayStay | None) -> None:
        """Check this socket from now on. (A context manager would take half a kilobyte for each socket.)"""
        if self._every_s is not None and may_stay is not None:
            due_s = self._services.now_s() + self._every_s * self._chance()
            self._questions[connection] = Question(may_stay, due_s)

    def end(self, connection: Connection) -> None:
        """Stop checking a socket, as it is closed."""
        self._questions.pop(connection, None)

    def tick(self, now_s: float) -> None:
        """Start the checks that are due."""
        for connection, question in self._questions.items():
            if question.due_s <= now_s:
                question.due_s = math.inf
                self._turns.add(connection, owner_of(connection.context))
        self._begin()

    def _begin(self) -> None:
        """Start the checks for which there is room now."""
        while (connection := self._turns.begin()) is not None:
            question = self._questions.get(connection)
            if question is None:  # it was closed meanwhile
                self._turns.end(connection)
            else:
                self._services.spawn(self._ask(connection, question))

    async def _ask(self, connection: Connection, question: Question) -> None:
        try:
            may_stay = await self._answer(connection.context, question)
        finally:
            self._turns.end(connection)
        question.due_s = self._services.now_s() + (self._every_s or 0)
        if not may_stay:
            self._disconnect(connection.context.is_by_same_visitor)
        self._begin()

    async def _answer(self, context: RequestContext, question: Question) -> bool:
        try:
            return await question.may_stay()
        except Exception as error:
            self._services.report(error, context, "authenticating an open socket")
            return True


def owner_of(context: RequestContext) -> Owner:
    """Whose turn a check is."""
    return Owner(context.session_hash, context.network)
