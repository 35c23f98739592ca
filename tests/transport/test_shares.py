"""Every table that all visitors share: one visitor floods it, and another one notices nothing.

A table is here as what the flood does with it and what the other one has in it. ``test_every_table_is_here`` finds the
tables of a process, so that a new one without a flood is noticed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hyper.components.field_errors import MAX_NAME_CHARS, FieldErrors
from hyper.transport import rechecks
from hyper.transport.component import RequestContext
from hyper.transport.ended_sessions import EndedSessions
from hyper.transport.gate import Gate, Refused
from hyper.transport.limits import Limits
from hyper.transport.mounts import MEASURED_PER_TICK, Mounts
from hyper.transport.proxies import Proxies
from hyper.transport.rate import Buckets
from hyper.transport.runner import Runner
from hyper.transport.services import Services
from hyper.transport.session import MountSession
from hyper.transport.shares import FairQueue, Owner, Sizes, Turns
from hyper.transport.tokens import Signer
from hyper.transport.work_shares import Debts, WorkShares

from .fakes import SECRET, FakeClock, FakeMount

ROOM = 20
LIMITS = Limits(
    pending=ROOM,
    detached=ROOM,
    detached_bytes=20_000,
    kept=ROOM,
    spent=ROOM,
    ended=ROOM,
    connections=4 * ROOM,
    connections_per_visitor=ROOM,
    connections_per_address=2 * ROOM,
    forms=4 * ROOM,
    forms_per_address=ROOM,
    forms_burst=ROOM,
    forms_burst_per_address=4 * ROOM,
    events_burst=ROOM,
    events_burst_per_address=4 * ROOM,
    log_outs_burst_per_address=ROOM,
)
VICTIM = RequestContext("victim", network="192.0.2.1")
FLOODS: dict[str, Callable[[int], RequestContext]] = {
    "one session": lambda number: RequestContext("bad", network="198.51.100.7"),
    "one session beside the victim": lambda number: replace(VICTIM, session_hash="bad"),
    "many sessions of one address": lambda number: RequestContext(f"bad {number}", network="198.51.100.7"),
    "an address that is not known": lambda number: RequestContext("bad"),
}
"""Who sends the request with that number."""


@dataclass
class World:
    """The tables of one process."""

    mounts: Mounts
    gate: Gate
    services: Services
    stack: ExitStack
    count: int = 0
    turns: Turns[int] = field(default_factory=lambda: Turns(ROOM))
    turns_taken: list[int] = field(default_factory=list)

    def runner(self, context: RequestContext, text: str = "") -> Runner:
        self.count += 1
        name = f"m{self.count}"
        session = MountSession(name, LIMITS, 0)
        return Runner(session, FakeMount(name, text), context, self.services)


@pytest.fixture
def world() -> Any:
    signer = Signer([SECRET])
    with ExitStack() as stack:
        services = Services(signer, LIMITS, clock=FakeClock())
        yield World(Mounts(LIMITS), services.gate, services, stack)


def pending(world: World, context: RequestContext) -> Callable[[], bool]:
    runner = world.runner(context)
    world.mounts.add(runner)
    return lambda: world.mounts.has(runner)


def detached(world: World, context: RequestContext, text: str = "") -> Callable[[], bool]:
    runner = world.runner(context, text)
    world.mounts.expect(runner)
    world.mounts.attached(runner)
    runner.session.connect(0)
    runner.session.disconnect(0)
    world.mounts.detached(runner)
    return lambda: world.mounts.has(runner)


def flood_detached_bytes(world: World, context: RequestContext) -> Callable[[], bool]:
    """A few large pages: not more than the visitor has who is to notice nothing."""
    return detached(world, context, "x" * 6_000)


def kept(world: World, context: RequestContext) -> Callable[[], bool]:
    runner = world.runner(context)
    world.mounts.expect(runner)
    world.mounts.keep(runner, 0)
    return lambda: world.mounts.has(runner)


def spent(world: World, context: RequestContext) -> Callable[[], bool]:
    world.count += 1
    name = f"form {world.count}"
    world.gate.spend(name, context)
    return lambda: not world.gate.spend(name, context)


def rate(world: World, context: RequestContext) -> Callable[[], bool]:
    return lambda: world.gate.buckets.get(context.session_hash, 1000.0, context.network).take(1000.0)


def flood_rate(world: World, context: RequestContext) -> Callable[[], bool]:
    world.gate.buckets.get(context.session_hash, 1000.0, context.network).take(1000.0)
    return lambda: True


def socket(world: World, context: RequestContext) -> Callable[[], bool]:
    def has_room() -> bool:
        with ExitStack() as stack:
            stack.enter_context(world.gate.reserve_socket(context.session_hash, context.network))
        return True

    return has_room


def flood_socket(world: World, context: RequestContext) -> Callable[[], bool]:
    with suppress(Refused):
        world.stack.enter_context(world.gate.reserve_socket(context.session_hash, context.network))
    return lambda: True


def form(world: World, context: RequestContext) -> Callable[[], bool]:
    def has_room() -> bool:
        with ExitStack() as stack:
            stack.enter_context(world.gate.reserve_form(context.network))
        return True

    return has_room


def flood_form(world: World, context: RequestContext) -> Callable[[], bool]:
    with suppress(Refused):
        world.stack.enter_context(world.gate.reserve_form(context.network))
    return lambda: True


def form_rate(world: World, context: RequestContext) -> Callable[[], bool]:
    def has_room() -> bool:
        with suppress(Refused):
            world.gate.take_form(context)
            return True
        return False

    return has_room


def flood_form_rate(world: World, context: RequestContext) -> Callable[[], bool]:
    form_rate(world, context)()
    return lambda: True


def turn(world: World, context: RequestContext) -> Callable[[], bool]:
    """A check that comes to its turn at once, and ends at once."""

    def has_turn() -> bool:
        world.count += 1
        world.turns.add(world.count, rechecks.owner_of(context))
        world.turns_taken += iter(world.turns.begin, None)
        return world.count in world.turns_taken

    is_first = has_turn()
    if is_first:
        world.turns.end(world.count)
    return lambda: is_first


def flood_turn(world: World, context: RequestContext) -> Callable[[], bool]:
    """A check that does not end."""
    world.count += 1
    world.turns.add(world.count, rechecks.owner_of(context))
    world.turns_taken += iter(world.turns.begin, None)
    return lambda: True


def ended(world: World, context: RequestContext) -> Callable[[], bool]:
    world.count += 1
    name = f"session {world.count}"
    world.gate.end_session(name, share=world.gate.share_of(context.network))
    return lambda: world.gate.is_ended(name)


def work(world: World, context: RequestContext) -> Callable[[], bool]:
    def may() -> bool:
        with suppress(Refused):
            world.gate.check_work(context.session_hash, context.network)
            return True
        return False

    return may


def flood_work(world: World, context: RequestContext) -> Callable[[], bool]:
    """A page that takes a second, if it is made."""
    if work(world, context)():
        world.gate.work.charge(Owner(context.session_hash, context.network), 1)
    return lambda: True


def log_out(world: World, context: RequestContext) -> Callable[[], bool]:
    def may() -> bool:
        with suppress(Refused):
            world.gate.take_log_out(context.network)
            return True
        return False

    return may


def flood_log_out(world: World, context: RequestContext) -> Callable[[], bool]:
    log_out(world, context)()
    return lambda: True


TABLES: dict[str, tuple[Callable[..., Callable[[], bool]], Callable[..., Callable[[], bool]]]] = {
    "pending": (pending, pending),
    "detached": (detached, detached),
    "detached_bytes": (detached, flood_detached_bytes),
    "kept": (kept, kept),
    "spent": (spent, spent),
    "ended": (ended, ended),
    "turns": (turn, flood_turn),
    "rate": (rate, flood_rate),
    "form_rates": (form_rate, flood_form_rate),
    "sockets": (socket, flood_socket),
    "forms": (form, flood_form),
    "work": (work, flood_work),
    "log_outs": (log_out, flood_log_out),
}
"""What the victim has in a table, which says whether it has it still; and what the flood does."""
EXCEPT = {
    (
        "ended",
        "one session beside the victim",
    ): "a log-out is its session's last act: only the address is known",
    ("forms", "one session beside the victim"): "who posts a form is known only when it has been read",
    ("forms", "an address that is not known"): "the same",
    (
        "log_outs",
        "one session beside the victim",
    ): "a session is renewed once, so only the address is counted",
}


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("table", TABLES)
def test_one_floods_and_the_other_notices_nothing(table: str, flood: str, world: World) -> None:
    if (table, flood) in EXCEPT:
        pytest.skip(EXCEPT[table, flood])
    have, do = TABLES[table]
    has_it = [have(world, VICTIM) for _ in range(3)]
    for number in range(20 * ROOM):
        do(world, FLOODS[flood](number))
    has_it.append(have(world, VICTIM))  # it can still begin something, too
    assert [it() for it in has_it] == [True] * 4


@pytest.mark.parametrize("many", [0, 15])
def test_who_has_the_largest_detached_pages_gives_way(many: int, world: World) -> None:
    """However many small ones others have, and however few the large ones are."""
    small = [detached(world, replace(VICTIM, session_hash=f"{number}")) for number in range(many)]
    mine = detached(world, VICTIM, "x" * 3_000)
    large = [detached(world, FLOODS["one session"](0), "x" * 6_000) for _ in range(5)]
    assert all(it() for it in [mine, *small])
    assert [it() for it in large] == [False, False, False, True, True]
    assert world.mounts._detached_bytes.total == 2 * 6_001 + 3_001 + many
    assert len(world.mounts) == len(world.mounts._detached) == many + 3


@pytest.mark.parametrize("flood", FLOODS)
def test_a_detached_page_that_grows_gives_way(flood: str, world: World) -> None:
    """Its timers and tasks go on without a socket."""
    mine = detached(world, VICTIM, "x" * 100)
    growing = [detached(world, FLOODS[flood](number)) for number in range(3)]
    for round_ in range(10):
        for runner in world.mounts:
            if runner.context != VICTIM:
                runner.mount.text = "x" * 1_000 * round_  # type: ignore[attr-defined]
        world.mounts.tick(1)
        assert world.mounts._detached_bytes.total <= LIMITS.detached_bytes
    assert mine()
    assert sum(it() for it in growing) == 2
    assert len(world.mounts) == len(world.mounts._detached) == 3


def test_few_detached_pages_are_measured_at_a_time_and_each_in_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits, measured = Limits(), list[str]()
    mounts, services = Mounts(limits), Services(Signer([SECRET]), limits, clock=FakeClock())
    names = [f"m{number}" for number in range(2 * MEASURED_PER_TICK + 5)]
    for name in names:
        runner = Runner(MountSession(name, limits, 0), FakeMount(name), VICTIM, services)
        mounts.expect(runner)
        runner.session.connect(0)
        runner.session.disconnect(0)
        mounts.detached(runner)
    monkeypatch.setattr(Runner, "size", lambda runner: measured.append(runner.session.id) or 1)
    for ticks in (1, 2, 3):
        mounts.tick(1)
        assert len(measured) == len(set(measured)) == min(ticks * MEASURED_PER_TICK, len(names))
    mounts.tick(1)
    assert len(measured) == len(names) + MEASURED_PER_TICK


def test_pushes_that_a_detached_page_has_missed_count() -> None:
    session = MountSession("m", LIMITS, 0)
    session.push("m", "moved", f'"{"x" * 1_000}"')
    assert session.missed_bytes == 1_002


def test_a_detached_page_that_comes_back_takes_no_room(world: World) -> None:
    for _ in range(10):
        detached(world, VICTIM, "x" * 15_000)
        (runner,) = world.mounts
        world.mounts.attached(runner)
        assert world.mounts._detached_bytes.total == 0
        world.mounts.remove(runner)


def test_what_a_detached_page_may_have_missed_counts_too(world: World) -> None:
    runner = world.runner(VICTIM, "x" * 100)
    runner.session.replay.add(1, b"x" * 1_000)
    assert runner.size() == 1 + 100 + 1_000


def test_every_table_is_here() -> None:
    """A table of a process is a queue, a counter or buckets; one more needs a flood above."""
    gate = Services(Signer([SECRET]), LIMITS).gate
    kinds = (FairQueue, Counter, Buckets, Turns, EndedSessions, WorkShares, Debts)
    services = Services(Signer([SECRET]), LIMITS)
    tables = {
        name.strip("_")
        for owner in (gate, Mounts(LIMITS), rechecks.Rechecks(services, 60, lambda whose: None))
        for name, value in vars(owner).items()
        if isinstance(value, kinds)
    }
    sockets = {"visitors", "addresses"}
    assert tables - sockets == set(TABLES) - {"rate", "sockets"} | {"buckets"}


def test_visitors_of_one_address_share_a_rate(world: World) -> None:
    taken = sum(
        world.gate.buckets.get(f"visitor {number % 30}", 1000.0, "192.0.2.1").take(1000.0)
        for number in range(2000)
    )
    assert taken == LIMITS.events_burst_per_address
    later = sum(
        world.gate.buckets.get(f"visitor {number % 30}", 1000.1, "192.0.2.1").take(1000.1)
        for number in range(2000)
    )
    assert later == 10, "a tenth of a second of 100"


def test_who_is_refused_for_others_of_the_address_is_not_taken_for_a_flood(world: World) -> None:
    for number in range(2000):
        world.gate.buckets.get(f"visitor {number}", 1000.0, "192.0.2.1").take(1000.0)
    bucket = world.gate.buckets.get("victim", 1000.0, "192.0.2.1")
    assert not bucket.take(1000.0)
    assert bucket.refused == 0


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "network"),
    [
        ("203.0.113.9", [], [], "203.0.113.9"),
        ("203.0.113.9", ["9.9.9.9"], [], "203.0.113.9"),  # made up
        ("2001:db8:1:2:3:4:5:6", [], [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], [], "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", [], [], "2001:db8:1:3::/64"),
        ("::ffff:10.0.0.1", ["9.9.9.9"], [], ""),
        ("100.64.3.4", ["9.9.9.9"], [], ""),
        ("::ffff:203.0.113.9", [], [], "203.0.113.9"),
        ("fe80::1%eth0", [], [], "fe80::/64"),
        ("10.0.0.1", [], [], "10.0.0.1"),
        ("10.0.0.1", ["9.9.9.9"], [], ""),  # a proxy that nobody named
        ("127.0.0.1", ["9.9.9.9"], [], ""),
        ("fd00::1", ["9.9.9.9"], [], ""),
        ("", ["9.9.9.9"], [], ""),
        ("", [], [], ""),
        ("10.0.0.1", ["9.9.9.9"], ["10.0.0.0/8"], "9.9.9.9"),
        ("10.0.0.1", ["2001:db8::7"], ["10.0.0.0/8"], "2001:db8::/64"),
        ("10.0.0.1", ["rubbish"], ["10.0.0.0/8"], "rubbish"),
    ],
)
def test_whose_share_a_request_takes(
    peer: str, forwarded: list[str], trusted: list[str], network: str
) -> None:
    assert Proxies(trusted).network(peer, forwarded, is_forwarded=bool(forwarded)) == network


def test_a_proxy_that_nobody_named_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    proxies = Proxies()
    for _ in range(3):
        proxies.network("10.0.0.1", [], is_forwarded=True)
    (record,) = caplog.records
    assert "10.0.0.1 sends forwarding headers" in record.getMessage()
    assert "proxies=['10.0.0.1']" in record.getMessage()


def test_names_that_a_page_keeps_are_bounded_in_bytes() -> None:
    fields = FieldErrors()
    for number in range(300):
        fields.reject(
            {f"{number}{'e' * 5000}": "no"}, frozenset([f"{number}{'t' * 5000}"]), "x" * 5000 + str(number)
        )
        fields.reject({f"{number}{'f' * 5000}": "no"}, frozenset([f"{number}{'s' * 5000}"]))
        fields.accept(frozenset(), f"{number}{'y' * 5000}")
    for names in (fields._touched, fields._submitted, fields._errors):
        assert sum(map(len, names)) <= MAX_NAME_CHARS


@pytest.mark.parametrize("largest", [1, 50])
def test_a_queue_takes_from_whoever_has_the_most(largest: int, rng: random.Random) -> None:
    """Against the same said slowly."""
    queue: FairQueue[int] = FairQueue()
    slow: dict[int, tuple[Owner, int]] = {}
    for number in range(2000):
        owner, size = Owner(rng.choice("abc"), rng.choice("xyz")), rng.randint(1, largest)
        queue.add(number, owner, size)
        slow[number] = owner, size
        if rng.random() < 0.3:
            gone = rng.choice(list(slow))
            queue.discard(gone)
            del slow[gone]
        for gone in queue.crowded_out(30 * largest):
            networks, visitors = Counter[str](), Counter[str]()
            most = slow[gone][0]
            for other, of_other in slow.values():
                networks[other.network] += of_other
                visitors[other.visitor] += of_other if other.network == most.network else 0
            assert networks[most.network] == max(networks.values())
            assert visitors[most.visitor] == max(visitors.values())
            assert gone == next(item for item, (other, _) in slow.items() if other == most)
            del slow[gone]
        assert list(queue) == list(slow)
        assert queue.total == sum(size for _, size in slow.values()) <= 30 * largest


def test_sizes_forget_who_has_nothing() -> None:
    sizes = Sizes()
    for change in (1, 1, -1, 1, -1, -1):
        sizes.add("a", change)
    assert not sizes
    sizes.add("b", 1)
    assert sizes.most() == "b"


def test_sizes_keep_no_more_than_twice_what_there_is() -> None:
    sizes = Sizes()
    for number in range(10_000):
        sizes.add(str(number % 7), 1 + number % 3)
        assert len(sizes._heap) <= 2 * 7 + 9
