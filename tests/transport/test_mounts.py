from __future__ import annotations

from hyper.transport.limits import Limits
from hyper.transport.mounts import Mounts
from hyper.transport.session import Session
from hyper.transport.states import State


class Guest:
    def __init__(self, session_id: str, limits: Limits, now_s: float = 0) -> None:
        self.session = Session(session_id, limits, now_s)

    def come(self, mounts: Mounts[Guest]) -> None:
        mounts.attached(self)
        self.session.connect(0)

    def go(self, mounts: Mounts[Guest], now_s: float) -> list[str]:
        self.session.disconnect(now_s)
        return names(mounts.detached(self))


def names(guests: list[Guest]) -> list[str]:
    return [guest.session.id for guest in guests]


def test_a_guest_is_found_until_removed() -> None:
    limits = Limits()
    mounts: Mounts[Guest] = Mounts(limits)
    guest = Guest("a", limits)
    assert mounts.add(guest) == []
    assert mounts.get("a") is guest
    assert list(mounts) == [guest]
    mounts.remove(guest)
    assert mounts.get("a") is None
    assert len(mounts) == 0


def test_too_many_pending_push_out_the_oldest() -> None:
    limits = Limits(pending=2)
    mounts: Mounts[Guest] = Mounts(limits)
    evicted = [names(mounts.add(Guest(name, limits))) for name in "abcd"]
    assert evicted == [[], [], ["a"], ["b"]]
    assert len(mounts) == 2


def test_one_that_is_expected_pushes_nobody_out_and_expires_all_the_same() -> None:
    limits = Limits(pending=1, pending_s=10)
    mounts: Mounts[Guest] = Mounts(limits)
    mounts.add(Guest("a", limits))
    mounts.expect(Guest("b", limits))
    assert len(mounts) == 2
    assert names(mounts.tick(10)) == ["a", "b"]


def test_pending_ones_expire_in_turn() -> None:
    limits = Limits(pending_s=10)
    mounts: Mounts[Guest] = Mounts(limits)
    for now_s, name in enumerate("abc"):
        mounts.add(Guest(name, limits, now_s))
    assert names(mounts.tick(9.9)) == []
    assert names(mounts.tick(10)) == ["a"]
    assert names(mounts.tick(100)) == ["b", "c"]
    assert len(mounts) == 0


def test_attached_ones_do_not_expire_and_do_not_count() -> None:
    limits = Limits(pending=1, detached=1)
    mounts: Mounts[Guest] = Mounts(limits)
    guests = [Guest(name, limits) for name in "abc"]
    for guest in guests:
        assert mounts.add(guest) == []
        guest.come(mounts)
    assert names(mounts.tick(1e9)) == []
    assert [guest.session.state for guest in guests] == [State.ATTACHED] * 3


def test_detached_ones_expire_later_and_the_oldest_gives_way() -> None:
    limits = Limits(detached=2, detached_s=120)
    mounts: Mounts[Guest] = Mounts(limits)
    guests = [Guest(name, limits) for name in "abc"]
    for guest in guests:
        mounts.add(guest)
        guest.come(mounts)
    assert [guest.go(mounts, now_s) for now_s, guest in enumerate(guests)] == [[], [], ["a"]]
    assert names(mounts.tick(120)) == []
    assert names(mounts.tick(121)) == ["b"]


def test_who_comes_back_starts_anew() -> None:
    limits = Limits(detached_s=120)
    mounts: Mounts[Guest] = Mounts(limits)
    guest = Guest("a", limits)
    mounts.add(guest)
    guest.come(mounts)
    guest.go(mounts, 0)
    guest.come(mounts)
    guest.go(mounts, 100)
    assert names(mounts.tick(219)) == []
    assert names(mounts.tick(220)) == ["a"]
    assert guest.session.state is State.CLOSED


def test_pages_that_post_forms_wait_longer_and_the_oldest_gives_way() -> None:
    limits = Limits(kept=2, kept_s=1200)
    mounts: Mounts[Guest] = Mounts(limits)
    guests = [Guest(name, limits) for name in "abc"]
    evicted = []
    for guest in guests:
        mounts.add(guest)
        evicted += names(mounts.keep(guest, 5))
    assert evicted == ["a"]
    assert mounts.tick(5 + 1199) == []
    assert names(mounts.tick(5 + 1200)) == ["b", "c"]


def test_another_guest_of_the_same_id_is_left_alone() -> None:
    limits = Limits()
    mounts: Mounts[Guest] = Mounts(limits)
    old, new = Guest("a", limits), Guest("a", limits)
    mounts.add(old)
    mounts.add(new)
    mounts.remove(old)
    assert mounts.get("a") is new


def test_kept_ones_wait_longer_from_each_form_on() -> None:
    limits = Limits(pending_s=10, kept_s=100)
    mounts: Mounts[Guest] = Mounts(limits)
    guests = [Guest(name, limits) for name in "ab"]
    for guest in guests:
        mounts.add(guest)
        mounts.keep(guest, 5)
    assert names(mounts.tick(99)) == []
    mounts.keep(guests[0], 99)
    assert names(mounts.tick(105)) == ["b"]
    assert names(mounts.tick(198)) == []
    assert names(mounts.tick(199)) == ["a"]
    assert guests[0].session.state is State.CLOSED


def test_too_many_kept_push_out_the_one_posted_longest_ago() -> None:
    limits = Limits(kept=2)
    mounts: Mounts[Guest] = Mounts(limits)
    guests = {name: Guest(name, limits) for name in "abcd"}
    for guest in guests.values():
        mounts.add(guest)
    evicted = [names(mounts.keep(guests[name], 1)) for name in "abacd"]
    assert evicted == [[], [], [], ["b"], ["a"]]


def test_one_with_a_socket_is_not_kept_and_one_that_lost_it_is() -> None:
    limits = Limits(detached_s=50, kept_s=100)
    mounts: Mounts[Guest] = Mounts(limits)
    guest = Guest("a", limits)
    mounts.add(guest)
    guest.come(mounts)
    mounts.keep(guest, 0)
    guest.go(mounts, 0)
    mounts.keep(guest, 10)
    assert names(mounts.tick(60)) == []
    guest.come(mounts)
    assert names(mounts.tick(1000)) == []


def test_one_that_was_removed_is_not_kept() -> None:
    limits = Limits()
    mounts: Mounts[Guest] = Mounts(limits)
    guest = Guest("a", limits)
    mounts.add(guest)
    mounts.remove(guest)
    assert mounts.keep(guest, 0) == []
    assert names(mounts.tick(10_000)) == []
