from __future__ import annotations

from hyper.transport.limits import Limits
from hyper.transport.mounts import Lobby
from hyper.transport.session import Session
from hyper.transport.states import State


class Guest:
    def __init__(self, session_id: str, limits: Limits, now_s: float = 0) -> None:
        self.session = Session(session_id, limits, now_s)

    def come(self, lobby: Lobby[Guest]) -> None:
        lobby.attached(self)
        self.session.connect(0)

    def go(self, lobby: Lobby[Guest], now_s: float) -> list[str]:
        self.session.disconnect(now_s)
        return names(lobby.detached(self))


def names(guests: list[Guest]) -> list[str]:
    return [guest.session.id for guest in guests]


def test_a_guest_is_found_until_removed() -> None:
    limits = Limits()
    lobby: Lobby[Guest] = Lobby(limits)
    guest = Guest("a", limits)
    assert lobby.add(guest) == []
    assert lobby.get("a") is guest
    assert list(lobby) == [guest]
    lobby.remove(guest)
    assert lobby.get("a") is None
    assert len(lobby) == 0


def test_too_many_pending_push_out_the_oldest() -> None:
    limits = Limits(pending=2)
    lobby: Lobby[Guest] = Lobby(limits)
    evicted = [names(lobby.add(Guest(name, limits))) for name in "abcd"]
    assert evicted == [[], [], ["a"], ["b"]]
    assert len(lobby) == 2


def test_one_that_is_expected_pushes_nobody_out_and_expires_all_the_same() -> None:
    limits = Limits(pending=1, pending_s=10)
    lobby: Lobby[Guest] = Lobby(limits)
    lobby.add(Guest("a", limits))
    lobby.expect(Guest("b", limits))
    assert len(lobby) == 2
    assert names(lobby.tick(10)) == ["a", "b"]


def test_pending_ones_expire_in_turn() -> None:
    limits = Limits(pending_s=10)
    lobby: Lobby[Guest] = Lobby(limits)
    for now_s, name in enumerate("abc"):
        lobby.add(Guest(name, limits, now_s))
    assert names(lobby.tick(9.9)) == []
    assert names(lobby.tick(10)) == ["a"]
    assert names(lobby.tick(100)) == ["b", "c"]
    assert len(lobby) == 0


def test_attached_ones_do_not_expire_and_do_not_count() -> None:
    limits = Limits(pending=1, detached=1)
    lobby: Lobby[Guest] = Lobby(limits)
    guests = [Guest(name, limits) for name in "abc"]
    for guest in guests:
        assert lobby.add(guest) == []
        guest.come(lobby)
    assert names(lobby.tick(1e9)) == []
    assert [guest.session.state for guest in guests] == [State.ATTACHED] * 3


def test_detached_ones_expire_later_and_the_oldest_gives_way() -> None:
    limits = Limits(detached=2, detached_s=120)
    lobby: Lobby[Guest] = Lobby(limits)
    guests = [Guest(name, limits) for name in "abc"]
    for guest in guests:
        lobby.add(guest)
        guest.come(lobby)
    assert [guest.go(lobby, now_s) for now_s, guest in enumerate(guests)] == [[], [], ["a"]]
    assert names(lobby.tick(120)) == []
    assert names(lobby.tick(121)) == ["b"]


def test_who_comes_back_starts_anew() -> None:
    limits = Limits(detached_s=120)
    lobby: Lobby[Guest] = Lobby(limits)
    guest = Guest("a", limits)
    lobby.add(guest)
    guest.come(lobby)
    guest.go(lobby, 0)
    guest.come(lobby)
    guest.go(lobby, 100)
    assert names(lobby.tick(219)) == []
    assert names(lobby.tick(220)) == ["a"]
    assert guest.session.state is State.CLOSED


def test_pages_that_post_forms_wait_longer_and_the_oldest_gives_way() -> None:
    limits = Limits(kept=2, kept_s=1200)
    lobby: Lobby[Guest] = Lobby(limits)
    guests = [Guest(name, limits) for name in "abc"]
    evicted = []
    for guest in guests:
        lobby.add(guest)
        evicted += names(lobby.keep(guest, 5))
    assert evicted == ["a"]
    assert lobby.tick(5 + 1199) == []
    assert names(lobby.tick(5 + 1200)) == ["b", "c"]


def test_another_guest_of_the_same_id_is_left_alone() -> None:
    limits = Limits()
    lobby: Lobby[Guest] = Lobby(limits)
    old, new = Guest("a", limits), Guest("a", limits)
    lobby.add(old)
    lobby.add(new)
    lobby.remove(old)
    assert lobby.get("a") is new


def test_kept_ones_wait_longer_from_each_form_on() -> None:
    limits = Limits(pending_s=10, kept_s=100)
    lobby: Lobby[Guest] = Lobby(limits)
    guests = [Guest(name, limits) for name in "ab"]
    for guest in guests:
        lobby.add(guest)
        lobby.keep(guest, 5)
    assert names(lobby.tick(99)) == []
    lobby.keep(guests[0], 99)
    assert names(lobby.tick(105)) == ["b"]
    assert names(lobby.tick(198)) == []
    assert names(lobby.tick(199)) == ["a"]
    assert guests[0].session.state is State.CLOSED


def test_too_many_kept_push_out_the_one_posted_longest_ago() -> None:
    limits = Limits(kept=2)
    lobby: Lobby[Guest] = Lobby(limits)
    guests = {name: Guest(name, limits) for name in "abcd"}
    for guest in guests.values():
        lobby.add(guest)
    evicted = [names(lobby.keep(guests[name], 1)) for name in "abacd"]
    assert evicted == [[], [], [], ["b"], ["a"]]


def test_one_with_a_socket_is_not_kept_and_one_that_lost_it_is() -> None:
    limits = Limits(detached_s=50, kept_s=100)
    lobby: Lobby[Guest] = Lobby(limits)
    guest = Guest("a", limits)
    lobby.add(guest)
    guest.come(lobby)
    lobby.keep(guest, 0)
    guest.go(lobby, 0)
    lobby.keep(guest, 10)
    assert names(lobby.tick(60)) == []
    guest.come(lobby)
    assert names(lobby.tick(1000)) == []


def test_one_that_was_removed_is_not_kept() -> None:
    limits = Limits()
    lobby: Lobby[Guest] = Lobby(limits)
    guest = Guest("a", limits)
    lobby.add(guest)
    lobby.remove(guest)
    assert lobby.keep(guest, 0) == []
    assert names(lobby.tick(10_000)) == []
