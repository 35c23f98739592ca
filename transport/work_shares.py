"""What making pages and running posted forms takes of the processor, charged to whoever asked for it.

What a page costs is the application's affair, so no count of requests bounds the sum. What it took is known when it has
been made: it is charged then, to the visitor and to their network, and pays itself off at a fixed rate. Who owes as much
as ``burst`` is refused before anything is done for them. So over a long time nobody takes more than their rate, whatever
their pages cost, and somebody whose page was very dear waits the longer for the next.

    charge(ann, 6)  →  owes(ann) = 6   → with 0.5 a second and a burst of 5, the next page is made in 2 seconds

Only the steps between two awaits are measured, by the clock of the thread: neither the database that is waited for nor
other tasks, nor other processes of the machine, cost a visitor anything.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterator
from types import coroutine
from typing import Any, Final, TypeVar

from .rate import Rate
from .shares import Owner

HELD_S: Final = 0.01
"""What is charged while a page is being made, as nobody knows yet what it takes: who asks for many at once, which all
wait for a database, has only so many."""
Outcome = TypeVar("Outcome")


class Debts:
    """What each name owes, in seconds; it is paid off by itself."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._debts: dict[str, tuple[float, float]] = {}
        """What each owed, and when. Who owes nothing is forgotten, so this needs no limit of its own."""

    def __len__(self) -> int:
        return len(self._debts)

    def wait_s(self, name: str, now_s: float) -> float:
        """In how many seconds more may be done for ``name``; 0: now."""
        return max(0.0, self._of(name, now_s) - self._rate.burst) / self._rate.per_s

    def may(self, name: str, now_s: float) -> bool:
        """May more be done for ``name``?"""
        return self._of(name, now_s) < self._rate.burst

    def add(self, name: str, cost_s: float, now_s: float) -> None:
        """Charge ``name``, or give something back if ``cost_s`` is negative."""
        self._debts[name] = max(0.0, self._of(name, now_s) + cost_s), now_s

    def tick(self, now_s: float) -> None:
        """Forget those who owe nothing."""
        self._debts = {name: debt for name, debt in self._debts.items() if self._of(name, now_s)}

    def _of(self, name: str, now_s: float) -> float:
        owed_s, at_s = self._debts.get(name, (0.0, now_s))
        owed_s -= (now_s - at_s) * self._rate.per_s
        return owed_s if owed_s > 0 else 0.0


class WorkShares:
    """What the visitors of one process and their networks owe. A network that is not known owes nothing."""

    def __init__(self, visitors: Rate, networks: Rate, now_s: Callable[[], float]) -> None:
        self._visitors = Debts(visitors)
        self._networks = Debts(networks)
        self._now_s = now_s

    def __len__(self) -> int:
        return len(self._visitors) + len(self._networks)

    def may(self, owner: Owner) -> bool:
        """May more be done for a visitor?"""
        now_s = self._now_s()
        return all(debts.may(name, now_s) for debts, name in self._of(owner))

    def wait_s(self, owner: Owner) -> float:
        """In how many seconds more may be done for a visitor."""
        now_s = self._now_s()
        return max((debts.wait_s(name, now_s) for debts, name in self._of(owner)), default=0.0)

    def charge(self, owner: Owner, cost_s: float) -> None:
        """Charge a visitor and their network."""
        now_s = self._now_s()
        for debts, name in self._of(owner):
            debts.add(name, cost_s, now_s)

    def tick(self, now_s: float) -> None:
        """Forget those who owe nothing."""
        self._visitors.tick(now_s)
        self._networks.tick(now_s)

    def _of(self, owner: Owner) -> Iterator[tuple[Debts, str]]:
        """Whose debts those of a visitor are. Without a session, only their network has any."""
        if owner.network:
            yield self._networks, owner.network
        if owner.visitor:
            yield self._visitors, owner.visitor


@coroutine
def metered(
    work: Coroutine[Any, Any, Outcome], charge: Callable[[float], None], clock: Callable[[], float]
) -> Generator[Any, Any, Outcome]:
    """What ``work`` returns. ``charge`` is given the seconds that its steps take by ``clock``.

    Until it ends, these are at least ``HELD_S``.
    """
    spent_s, charged_s = 0.0, HELD_S
    charge(HELD_S)
    step, value = work.send, None
    try:
        while True:
            began_s = clock()
            try:
                waiting_for = step(value)
            finally:
                spent_s += clock() - began_s
                if spent_s > charged_s:
                    charge(spent_s - charged_s)
                    charged_s = spent_s
            try:
                step, value = work.send, (yield waiting_for)
            except BaseException as error:
                step, value = work.throw, error
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]
    finally:
        if spent_s < charged_s:
            charge(spent_s - charged_s)
