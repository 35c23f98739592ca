"""The checks that everything from a browser has to pass before it has any effect.

There are several entry points: the socket, forms posted by htmx, forms posted by a browser without scripts, and the
development server's own pages and socket. Each check is written once, here or in the file that this table names,
and every entry point calls it. This file knows no web framework.

==============  ===============================================================  ===========================
check           what checks it                                                   code of the refusal
==============  ===============================================================  ===========================
origin          ``check_origin``: our own pages, and those in ``origins=``       ``forbidden``
host            ``check_local``: only the development server, by its name        ``forbidden``
token           ``read_ticket``: signed here, for this session and component     ``forbidden``, ``expired``
user            ``check_user``, ``check_ticket_user``, ``rechecks.py``           ``expired``
rate            ``buckets``: one for all sockets and forms of a visitor;         ``throttled``
                ``take_form``: for forms, by visitor and by address;
                ``check_work``: what was done for them, ``take_log_out``
key             ``check_key``: a form names what its page offered                ``forbidden``
size            ``wire.decode``, ``form.decode_form``: bytes, depth, count       ``bad_frame``, ``too_large``
concurrency     ``reserve_socket``, ``reserve_form``                             ``busy``
queues          one per component, ``inbox.py``                                  ``throttled``
repetition      a number for each event, ``spend`` for forms                     answered, not run again
handler table   the mount's ``call``, which only ``runner.py`` calls             ``unknown_event``
validation      the same                                                         ``bad_argument``
==============  ===============================================================  ===========================

``tests/transport/test_gate.py`` sends the same forgeries through every entry point.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from typing import Final, NamedTuple

from .component import RequestContext, is_same_user
from .each_minute import EachMinute
from .ended_sessions import EndedSessions
from .limits import Limits
from .origin import check_origins, is_allowed, is_local_name
from .rate import Buckets, Rate
from .shares import FairQueue, Owner
from .tokens import Purpose, Signer, Ticket, TokenError
from .work_shares import Debts, WorkShares

STATUSES: Final[Mapping[str, int]] = {
    "bad_frame": 400,
    "forbidden": 403,
    "expired": 410,
    "too_large": 413,
    "throttled": 429,
    "too_many": 429,
    "mount_failed": 500,
    "busy": 503,
}
"""The HTTP status for each code of a refusal."""


OTHER_USERS_PAGE: Final = "This page was made for someone else: load it again."


log = logging.getLogger("hyper")


class Refused(Exception):  # noqa: N818 - as ``raise Refused("forbidden", …)`` reads
    """A browser's request is refused: ``code`` is for its script, the message for its user."""

    def __init__(self, code: str, message: str, retry_s: int = 5) -> None:
        super().__init__(message)
        self.code = code
        self.retry_s = retry_s
        """When to ask again, for codes that pass."""

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return STATUSES[self.code]


class OverdrawnError(Refused):
    """More was done for the visitor, or for others of their address, than is done at once."""


class RequestHead(NamedTuple):
    """The part of a request's head that says which page sent it."""

    scheme: str
    host: str
    origins: tuple[str, ...]
    """Every ``Origin`` header."""
    fetch_site: str = ""
    """``Sec-Fetch-Site``, which no script can set; browsers send it to https and to localhost."""
    fetch_mode: str = ""
    """``Sec-Fetch-Mode``."""


class Gate:
    """The checks of one process."""

    def __init__(self, signer: Signer, limits: Limits, now_s: Callable[[], float]) -> None:
        self._signer = signer
        self._limits = limits
        self._now_s = now_s
        self._named: frozenset[str] = frozenset()
        self.buckets = Buckets(
            Rate(limits.events_per_s, limits.events_burst),
            Rate(limits.events_per_s_per_address, limits.events_burst_per_address),
        )
        self._form_rates = Buckets(
            Rate(limits.forms_per_s, limits.forms_burst),
            Rate(limits.forms_per_address_s, limits.forms_burst_per_address),
        )
        self.work = WorkShares(
            Rate(limits.work_s_per_s, limits.work_s_burst),
            Rate(limits.work_s_per_s_per_address, limits.work_s_burst_per_address),
            lambda: self._now_s(),
        )
        """What pages and forms have taken of the processor."""
        self._log_outs = Debts(Rate(limits.log_outs_per_address_s, limits.log_outs_burst_per_address))
        self._visitors: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()
        self._forms: Counter[str] = Counter()
        self._spent: FairQueue[str] = FairQueue()
        self._spent_s: dict[str, float] = {}
        self._began_ms = int(1000 * signer.clock())
        self._ended = EndedSessions(limits.ended)
        self._minute = EachMinute(now_s)
        self._untold = 0
        """How many were refused for lack of room since the log said so last."""

    # --- origin and host ------------------------------------------------------------------------------------

    def allow(self, origins: Iterable[str]) -> None:
        """Accept pages of these origins, too. Raises ``AuthorError`` if no browser would send one of them."""
        self._named |= check_origins(origins)

    def allows(self, origin: str) -> bool:
        """Is ``origin`` one of those in ``origins=``?"""
        return origin in self._named

    def check_origin(self, head: RequestHead) -> None:
        """Raises ``Refused`` if a socket or a form is from a foreign page.

        A page may hide its origin (``Referrer-Policy: no-referrer`` makes it ``null``). Then ``Sec-Fetch-Site`` has to
        say that page and target have the same origin.
        """
        is_named = len(head.origins) == 1 and head.origins[0] in self._named
        is_hidden = head.origins in ((), ("null",)) and head.fetch_site == "same-origin"
        is_own = is_allowed(head.origins, head.scheme, head.host) and head.fetch_site != "cross-site"
        if not (is_named or is_hidden or is_own):
            raise Refused("forbidden", "Pages of this origin are not allowed here.")

    # --- tokens ---------------------------------------------------------------------------------------------

    def read_ticket(self, purpose: Purpose, token: str, context: RequestContext) -> Ticket:
        """The ticket in a token. Raises ``Refused`` if it was not made for this session; its age is not checked."""
        try:
            ticket = self._signer.read_ticket(token, purpose)
        except TokenError as error:
            raise Refused("expired" if error.expired else "forbidden", str(error)) from error
        if not context.session_hash:
            raise Refused("forbidden", "The session cookie is missing: are cookies blocked?")
        if ticket.session_hash != context.session_hash or self.is_ended(ticket.session_hash):
            raise Refused("expired", "This page belongs to another session: load it again.")
        return ticket

    def mount_in(self, purpose: Purpose, token: str) -> str:
        """The id of the mount in a token that was signed here; ``""`` in any other. It grants nothing."""
        try:
            return self._signer.read_ticket(token, purpose).mount_id
        except TokenError:
            return ""

    def marked_key(self, mount_id: str, key: str) -> str:
        """The key of a form or button as a page has it: with a signature for this mount."""
        return f"{key}.{self._signer.mark(f'{mount_id} {key}')}"

    def check_key(self, mount_id: str, marked: str) -> str:
        """The key in what ``marked_key`` returned. Raises ``Refused`` if it was never in a page of this mount.

        Looking a key up costs a render of the page, so a key that was made up is refused before.
        """
        key, _, mark = marked.rpartition(".")
        if not self._signer.is_mark(f"{mount_id} {key}", mark):
            raise Refused("forbidden", "This form was not made by its page: load the page again.")
        return key

    def check_age(self, purpose: Purpose, token: str) -> None:
        """Raises ``Refused`` if a token is too old.

        A page may be open for days: only a component that is mounted again, or a form, needs a fresh token.
        """
        try:
            self._signer.read_ticket(token, purpose, max_age_s=self._limits.token_age_s)
        except TokenError as error:
            raise Refused("expired", "This page is too old: load it again.") from error

    @staticmethod
    def check_user(context: RequestContext, owner: RequestContext) -> None:
        """Raises ``Refused`` if a mount was made for another session or user."""
        if not is_same_user(owner.user, context.user):
            raise Refused("expired", OTHER_USERS_PAGE)

    @staticmethod
    def check_ticket_user(ticket: Ticket, user: str) -> None:
        """Raises ``Refused`` if a mount that no longer exists was made for a user with another fingerprint."""
        if ticket.user not in ("", user):
            raise Refused("expired", OTHER_USERS_PAGE)

    def share_of(self, network: str) -> str:
        """Two characters for a network: a log-out is kept with them, instead of the address.

        Networks are in 4,096 shares, so that one of them seldom shares with one that floods. Nobody can compute who
        does; and a share of its own for each network would take a kilobyte.
        """
        return self._signer.mark(f"share {network}")[:2] if network else ""

    def end_session(self, session_hash: str, ago_s: float = 0, share: str = "") -> None:
        """Reject all further pages of this session, which ended ``ago_s`` seconds ago; ``share`` is its own.

        Without a session: of all sessions of that share that began until then.
        """
        at = self._now_s() - ago_s
        if not session_hash:
            self._ended.end_before(share, at)
        elif self._ended.end(session_hash, at, share) and self._minute.allows("ended"):
            log.warning(
                "more than %d sessions have ended (Limits.ended): of the network with the most, all sessions from before"
                " the oldest of them are refused",
                self._limits.ended,
            )

    def is_ended(self, session_hash: str) -> bool:
        """Did its visitor log in or out? Remembered for as long as the session's cookie could be sent again."""
        return self._ended.has(session_hash)

    def is_over(self, session_hash: str, share: str, began_at: float) -> bool:
        """Did a session end, or is it one of a share of which none may be so old?"""
        # whole seconds are kept of both times, and by two clocks
        began_s = self._now_s() - (self._signer.clock() - began_at) - 1
        return self._ended.has(session_hash) or self._ended.is_before(share, began_s)

    # --- rate, concurrency, repetition ----------------------------------------------------------------------

    def take(self, context: RequestContext, count: int = 1) -> None:
        """Count ``count`` more of the visitor's events. Raises ``Refused`` if there are too many."""
        now_s = self._now_s()
        if not self.buckets.get(context.session_hash, now_s, context.network).take(now_s, count):
            raise Refused("throttled", "Too many events at once: this one was not run.")

    def take_form(self, context: RequestContext) -> None:
        """Count one more form of the visitor, and of the address. Raises ``Refused`` if there are too many."""
        now_s = self._now_s()
        if not self._form_rates.get(context.session_hash, now_s, context.network).take(now_s):
            raise Refused("throttled", "Too many forms at once: this one was not run.")

    def check_work(self, visitor: str, network: str) -> None:
        """Raises ``OverdrawnError`` if what was done for a visitor, or for their address, is not paid off yet."""
        owner = Owner(visitor, network)
        if self.work.may(owner):
            return
        if self._minute.allows("work"):
            log.warning(
                "pages and forms of %a take too much of the processor, and are refused until less is owed"
                " (see work_s_per_s and work_s_per_s_per_address in Limits)",
                network or visitor,
            )
        wait_s = ceil(self.work.wait_s(owner) + 0.5)
        raise OverdrawnError("throttled", f"Too much at once: try again in {wait_s} seconds.", wait_s)

    def take_log_out(self, network: str) -> None:
        """Count one more log-out of an address. Raises ``Refused`` if there are too many."""
        now_s = self._now_s()
        if network and not self._log_outs.may(network, now_s):
            if self._minute.allows("log-outs"):
                log.warning("too many log-outs of %a (see log_outs_per_address_s in Limits)", network)
            raise Refused("throttled", "Too many log-outs at once: try again in 5 seconds.")
        if network:
            self._log_outs.add(network, 1, now_s)

    @contextmanager
    def reserve_socket(self, visitor: str, address: str) -> Iterator[None]:
        """Reserve a socket slot until the context exits. Raises ``Refused`` if there is none.

        ``address`` is ``""`` if no limit by address applies, as it is in ``reserve_form``.
        """
        limits = self._limits
        has_room = (
            self._addresses.total() < limits.connections
            and self._visitors[visitor] < limits.connections_per_visitor
            and (not address or self._addresses[address] < limits.connections_per_address)
        )
        if not has_room:
            self._tell_busy("socket", address)
            raise Refused("busy", "Too many connections.")
        self._visitors[visitor] += 1
        self._addresses[address] += 1
        try:
            yield
        finally:
            _count_down(self._visitors, visitor)
            _count_down(self._addresses, address)

    @contextmanager
    def reserve_form(self, address: str) -> Iterator[None]:
        """Reserve a slot for a form that is being read until the context exits. Raises ``Refused`` if there is none."""
        limits = self._limits
        is_too_much = bool(address) and self._forms[address] >= limits.forms_per_address
        if is_too_much or self._forms.total() >= limits.forms:
            self._tell_busy("form", address)
            raise Refused("busy", "Too many forms at once.")
        self._forms[address] += 1
        try:
            yield
        finally:
            _count_down(self._forms, address)

    def _tell_busy(self, what: str, address: str) -> None:
        """Log that a visitor is refused for lack of room: at most a line a minute, with how many there were."""
        self._untold += 1
        if self._minute.allows("busy"):
            log.warning(
                "too many at once: refused a %s of %a, %d since the last line like this; sockets: %d, forms: %d"
                " (see connections and forms in Limits)",
                what,
                address,
                self._untold,
                self._addresses.total(),
                self._forms.total(),
            )
            self._untold = 0

    def spend(self, name: str, context: RequestContext) -> bool:
        """May the form with this ``name`` be run? True only once for as long as its token is accepted."""
        if name in self._spent:
            return False
        self._spent.add(name, Owner(context.session_hash, context.network))
        self._spent_s[name] = self._now_s()
        for other in self._spent.crowded_out(self._limits.spent):
            del self._spent_s[other]
        return True

    def give_back(self, name: str) -> None:
        """Let the form with this ``name`` be run, although it was spent: nothing of it has run."""
        self._spent.discard(name)
        self._spent_s.pop(name, None)

    def new_nonce(self) -> str:
        """What makes the form token of each page different, and says when it was made."""
        return f"{secrets.token_urlsafe(9)}.{int(1000 * self._signer.clock())}"

    def would_know(self, nonce: str) -> bool:
        """Would this process know whether a form with this ``nonce`` was run? Not of pages from before it began."""
        made_ms = nonce.rpartition(".")[2]
        return made_ms.isdecimal() and int(made_ms) >= self._began_ms

    def tick(self, now_s: float) -> None:
        """Forget what no longer matters."""
        self.buckets.tick(now_s)
        self._form_rates.tick(now_s)
        self.work.tick(now_s)
        self._log_outs.tick(now_s)
        while self._spent and now_s - self._spent_s[self._spent.oldest()] > self._spent_age_s:
            self.give_back(self._spent.oldest())
        self._ended.forget_until(now_s - self._limits.ended_s)

    @property
    def _spent_age_s(self) -> float:
        return self._limits.token_age_s + 2 * self._limits.token_leeway_s


def check_local(head: RequestHead, listening_on: str) -> None:
    """Raises ``Refused`` if a request to a server for this machine only may come from elsewhere.

    The host has to be a name that no DNS server can answer for. Other sites may link here, but not read.
    """
    if not is_local_name(head.host, listening_on):
        raise Refused(
            "forbidden",
            f"hyper dev answers to localhost, IP addresses and --host, not to {head.host!r}.",
        )
    is_foreign = head.fetch_site in ("cross-site", "same-site") and head.fetch_mode != "navigate"
    if is_foreign or (head.origins and not is_allowed(head.origins, head.scheme, head.host)):
        raise Refused("forbidden", "hyper dev answers to its own pages only.")


def _count_down(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
