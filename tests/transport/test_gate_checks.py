"""The checks of the gate that need no connection."""

from __future__ import annotations

from typing import Any

import pytest

from hyper.transport.component import RequestContext
from hyper.transport.gate import Gate, Refused, RequestHead
from hyper.transport.limits import Limits
from hyper.transport.tokens import Signer, hash_session

from .fakes import ANN, SECRET, FakeClock


def new_gate(**limits: Any) -> Gate:
    return Gate(Signer([SECRET]), Limits(**limits), FakeClock())


def test_named_origins_may_come_from_another_site() -> None:
    gate = new_gate()
    gate.allow(["https://partner.test"])
    gate.check_origin(RequestHead("https", "own.test", ("https://partner.test",), "cross-site"))
    with pytest.raises(Refused):
        gate.check_origin(RequestHead("https", "own.test", ("https://partner.test:8443",), "cross-site"))


def test_what_is_spent_is_forgotten_when_its_token_is() -> None:
    clock = FakeClock()
    gate = Gate(Signer([SECRET]), Limits(), clock)
    assert gate.spend("a", ANN)
    clock.now_s += 24 * 3600 + 59
    gate.tick(clock())
    assert not gate.spend("a", ANN), "its token could still be good, by another clock"
    clock.now_s += 2
    gate.tick(clock())
    assert gate.spend("a", ANN)


@pytest.mark.parametrize(("later_s", "is_known"), [(-0.001, False), (0, True), (0.001, True)])
def test_only_forms_of_pages_from_its_own_time_are_known(later_s: float, is_known: bool) -> None:
    wall = FakeClock(1_700_000_000)
    nonce = Gate(Signer([SECRET], clock=wall), Limits(), FakeClock()).new_nonce()
    wall.now_s -= later_s
    assert Gate(Signer([SECRET], clock=wall), Limits(), FakeClock()).would_know(nonce) == is_known


def test_a_nonce_without_a_time_is_not_known() -> None:
    assert not new_gate().would_know("aXtz-_09")


def test_only_so_many_are_remembered() -> None:
    gate = new_gate(spent=3)
    assert all(gate.spend(str(number), ANN) for number in range(100))
    assert not gate.spend("99", ANN)
    assert not gate.spend("97", ANN)
    assert gate.spend("96", ANN)
    assert len(gate._spent) == 3


def test_forms_of_an_address_and_of_all() -> None:
    gate = new_gate(forms=3, forms_per_address=2)

    def has_room(address: str) -> bool:
        try:
            with gate.reserve_form(address):
                return True
        except Refused as refused:
            return refused.code != "busy"

    with gate.reserve_form("1"), gate.reserve_form("1"):
        assert not has_room("1"), "the address has two"
        assert has_room("2")
        with gate.reserve_form("2"):
            assert not has_room("3"), "there are three"
        assert has_room("3")
    with pytest.raises(TimeoutError), gate.reserve_form("1"):
        raise TimeoutError
    assert has_room("1")
    assert not gate._forms


def test_a_visitor_without_a_session_has_no_page() -> None:
    gate = new_gate()
    with pytest.raises(Refused, match="cookie"):
        gate.read_ticket("join", Signer([SECRET]).sign("join", [*"abc", "", "/", ""]), RequestContext(""))
    bobs = Signer([SECRET]).sign("join", [*"abc", hash_session("bob"), "/", ""])
    with pytest.raises(Refused, match="another session"):
        gate.read_ticket("join", bobs, ANN)


@pytest.mark.parametrize("what", ["socket", "form"])
def test_who_is_refused_for_lack_of_room_is_told_a_line_a_minute(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    gate = Gate(Signer([SECRET]), Limits(connections=1, forms=1), clock)

    def reserve() -> Any:
        return gate.reserve_socket("ann", "9.9.9.9") if what == "socket" else gate.reserve_form("9.9.9.9")

    with reserve():
        for _ in range(5):
            with pytest.raises(Refused), reserve():
                pass
        clock.now_s += 61
        with pytest.raises(Refused), reserve():
            pass
    assert [record.getMessage().partition(";")[0] for record in caplog.records] == [
        f"too many at once: refused a {what} of '9.9.9.9', {count} since the last line like this"
        for count in (1, 5)
    ]
