"""Which page a session talks to, and what each knows of the other: a value, and the tables that change it.

A component may be mounted in several processes, one after another: a process ends and comes back, a mount that
waited too long is mounted again from its token. A page may have a copy, in a duplicated tab. So the event numbers and
the version of a page that connects may belong to another session. Two questions have to be answered for every page
that connects, and ``RECEPTIONS`` answers both:

- Do its event numbers continue this session's? If not, the ack to its ``connect`` says ``again``, and the page
  renumbers its events, after those that the session has taken.
- Do updates continue from the version it shows? If not, it is sent a snapshot, whatever its version is.

The answers follow from the session's past, which ``NEXT_HISTORY`` moves on, and from where the page comes from
(``Arrival``). An example: the events of page 1 were taken, and its copy, page 2, connects::

    >>> identity = PageIdentity().connect(page=1, mount=0).after("event").connect(page=2, mount=0)
    >>> identity.history, identity.arrival
    (<History.TAKEN: 'taken'>, <Arrival.COPY: 'copy'>)
    >>> identity.reception
    Reception(knows_events=False, needs_snapshot=False)
    >>> identity.after("event").connect(page=1, mount=0).arrival  # now it is the first that is the other one
    <Arrival.COPY: 'copy'>
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, NamedTuple, TypeAlias


class History(StrEnum):
    """What has happened between a session and the pages that show its component."""

    FRESH = "fresh"
    """Mounted for a page, which was served with this HTML. No event has been taken: the first will be number 1."""
    CHANGED = "changed"
    """Mounted again from a token, with other HTML than the page was served with. No event has been taken."""
    REMOUNTED = "remounted"
    """Mounted again from a token, with the HTML that the page has. No event has been taken here, but perhaps by
    an earlier mount."""
    TAKEN = "taken"
    """Events of a page have been taken."""


class Arrival(StrEnum):
    """Where a page that connects was before, as far as it says."""

    SAME = "same"
    """It is the page whose events were taken last, or no events were taken, or it does not say which page it is."""
    COPY = "copy"
    """It is another page than the one whose events were taken last: the same page in another tab."""
    ELSEWHERE = "elsewhere"
    """It was connected to another mount of the component last, in another process or before a restart."""


HistoryStep: TypeAlias = Literal["event", "snapshot", "serve"]
"""An event was taken; the whole HTML was rendered for the page; a new page was served."""

NEXT_HISTORY: Final[Mapping[tuple[History, HistoryStep], History]] = {
    (History.FRESH, "event"): History.TAKEN,
    (History.FRESH, "snapshot"): History.FRESH,
    (History.FRESH, "serve"): History.FRESH,
    # sent before the ack to ``connect``; the snapshot is due already
    (History.CHANGED, "event"): History.TAKEN,
    (History.CHANGED, "snapshot"): History.REMOUNTED,
    (History.CHANGED, "serve"): History.FRESH,
    (History.REMOUNTED, "event"): History.TAKEN,
    (History.REMOUNTED, "snapshot"): History.REMOUNTED,
    (History.REMOUNTED, "serve"): History.FRESH,
    (History.TAKEN, "event"): History.TAKEN,
    (History.TAKEN, "snapshot"): History.TAKEN,
    (History.TAKEN, "serve"): History.TAKEN,
}


class Reception(NamedTuple):
    """How a page that connects is received."""

    knows_events: bool
    """Do its event numbers continue the session's?"""
    needs_snapshot: bool
    """Is it sent the whole HTML, whatever version it shows?"""


RECEPTIONS: Final[Mapping[tuple[History, Arrival], Reception]] = {
    (History.FRESH, Arrival.SAME): Reception(knows_events=True, needs_snapshot=False),
    (History.FRESH, Arrival.ELSEWHERE): Reception(knows_events=False, needs_snapshot=True),
    (History.CHANGED, Arrival.SAME): Reception(knows_events=False, needs_snapshot=True),
    (History.CHANGED, Arrival.ELSEWHERE): Reception(knows_events=False, needs_snapshot=True),
    (History.REMOUNTED, Arrival.SAME): Reception(knows_events=False, needs_snapshot=False),
    (History.REMOUNTED, Arrival.ELSEWHERE): Reception(knows_events=False, needs_snapshot=True),
    (History.TAKEN, Arrival.SAME): Reception(knows_events=True, needs_snapshot=False),
    (History.TAKEN, Arrival.COPY): Reception(knows_events=False, needs_snapshot=False),
    (History.TAKEN, Arrival.ELSEWHERE): Reception(knows_events=False, needs_snapshot=True),
}
"""There is no ``COPY`` before an event was taken: until then, no page's numbers are in use."""


class PageIdentity(NamedTuple):
    """The page a session talks to. Its methods return the next identity; none changes it."""

    mount: int = 0
    """The session's number: no other session of this component has it, in whatever process."""
    history: History = History.FRESH
    page: int = 0
    """The number of the page that is connected, or was last; 0 where it did not say one."""
    owner: int = 0
    """The number of the page whose events were taken last."""
    arrival: Arrival = Arrival.SAME

    @property
    def reception(self) -> Reception:
        """How to receive the page that is connected."""
        return RECEPTIONS[self.history, self.arrival]

    def connect(self, page: int, mount: int) -> PageIdentity:
        """The identity once page ``page`` has connected, which was connected last to the mount with this number."""
        if mount not in (0, self.mount):
            arrival = Arrival.ELSEWHERE
        else:
            arrival = Arrival.SAME if self.owner in (0, page) else Arrival.COPY
        return self._replace(page=page, arrival=arrival)

    def after(self, step: HistoryStep) -> PageIdentity:
        """The identity after a step of its history; a page whose event was taken is no longer a copy."""
        history = NEXT_HISTORY[self.history, step]
        if step != "event":
            return self._replace(history=history)
        arrival = Arrival.SAME if self.arrival is Arrival.COPY else self.arrival
        return self._replace(history=history, owner=self.page, arrival=arrival)
