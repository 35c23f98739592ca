from __future__ import annotations

import base64
import random
import string

import pytest
import ujson
from hypothesis import given
from hypothesis import strategies as st

from hyper.transport.limits import Limits
from hyper.transport.tokens import Signer, Ticket, TokenError, digest, hash_session
from hyper.vdom import AuthorError

from .fakes import SECRET, FakeClock

TICKET = Ticket(
    "m1", "counter", {"start": 5, "tags": ["é", None]}, hash_session("ann"), "/page", digest("<p>")
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_700_000_000)


@pytest.fixture
def signer(clock: FakeClock) -> Signer:
    return Signer([SECRET], clock=clock)


def test_a_ticket_comes_back(signer: Signer) -> None:
    token = signer.sign_ticket(TICKET)
    assert signer.read_ticket(token) == TICKET
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")


def test_every_flipped_bit_is_noticed(signer: Signer) -> None:
    token = signer.sign_ticket(TICKET).encode()
    for position in range(len(token)):
        for bit in range(8):
            changed = bytearray(token)
            changed[position] ^= 1 << bit
            with pytest.raises(TokenError):
                signer.read_ticket(changed.decode("latin-1"))


def test_every_other_spelling_is_noticed(signer: Signer) -> None:
    token = signer.sign_ticket(TICKET)
    for position in range(len(token)):
        for character in string.ascii_letters + string.digits + "-_.=":
            changed = token[:position] + character + token[position + 1 :]
            if changed != token:
                with pytest.raises(TokenError):
                    signer.read_ticket(changed)


def test_cut_lengthened_and_spliced_tokens(signer: Signer, rng: random.Random) -> None:
    tokens = [signer.sign_ticket(_named(number)) for number in range(9)]
    known = set(tokens)
    for _ in range(20_000):
        first, second = rng.choice(tokens), rng.choice(tokens)
        changed = first[: rng.randint(0, len(first))] + second[rng.randint(0, len(second)) :]
        if changed not in known:
            with pytest.raises(TokenError):
                signer.read_ticket(changed)


def _named(number: int) -> Ticket:
    return Ticket(f"m{number}", "counter", {"start": number}, "s" * number, "/", "")


@given(st.text())
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(TokenError):
        Signer([SECRET]).read("join", text)


def test_each_purpose_has_its_own_key(signer: Signer) -> None:
    with pytest.raises(TokenError):
        signer.read("session", signer.sign("join", "ann"))
    with pytest.raises(TokenError):
        signer.read_ticket(signer.sign("session", "ann"))


def test_another_secret(signer: Signer, clock: FakeClock) -> None:
    with pytest.raises(TokenError):
        Signer(["another"], clock=clock).read_ticket(signer.sign_ticket(TICKET))


def test_changing_the_secret(signer: Signer, clock: FakeClock) -> None:
    old_token = signer.sign_ticket(TICKET)
    both = Signer(["the new one", SECRET], clock=clock)
    assert both.read_ticket(old_token) == TICKET
    new_token = both.sign_ticket(TICKET)
    assert Signer(["the new one"], clock=clock).read_ticket(new_token) == TICKET
    with pytest.raises(TokenError):
        signer.read_ticket(new_token)


@pytest.mark.parametrize("secrets", [[], [""], ["good", ""]])
def test_an_empty_secret_is_refused(secrets: list[str]) -> None:
    with pytest.raises(AuthorError, match="secret"):
        Signer(secrets)


def test_age_with_leeway(signer: Signer, clock: FakeClock) -> None:
    token = signer.sign_ticket(TICKET)
    clock.now_s += 100 + 30
    assert signer.read_ticket(token, max_age_s=100) == TICKET
    clock.now_s += 1
    with pytest.raises(TokenError) as caught:
        signer.read_ticket(token, max_age_s=100)
    assert caught.value.expired
    assert signer.read_ticket(token) == TICKET, "without an age it is good for ever"


def test_a_token_that_was_valid_lately_is_still_too_old_later(signer: Signer, clock: FakeClock) -> None:
    token = signer.sign("session", {"id": ["a"]})
    signer.read("session", token, max_age_s=60)["id"].append("changed by whoever read it")
    assert signer.read("session", token, max_age_s=60) == {"id": ["a"]}
    clock.now_s += 1000
    with pytest.raises(TokenError, match="too old"):
        signer.read("session", token, max_age_s=60)


def test_only_valid_tokens_are_remembered_and_so_many(signer: Signer) -> None:
    for number in range(600):
        signer.read("session", signer.sign("session", number))
        with pytest.raises(TokenError):
            signer.read("session", f"{number}.forged.token")
    assert signer._opened.cache_info().currsize == 500


def test_a_clock_that_is_behind(signer: Signer, clock: FakeClock) -> None:
    token = signer.sign_ticket(TICKET)
    clock.now_s -= 30
    assert signer.read_ticket(token, max_age_s=100) == TICKET
    clock.now_s -= 1
    with pytest.raises(TokenError, match="clocks"):
        signer.read_ticket(token, max_age_s=100)


def test_a_forged_token_is_not_called_expired(signer: Signer) -> None:
    with pytest.raises(TokenError) as caught:
        signer.read_ticket("a.b.c", max_age_s=1)
    assert not caught.value.expired


def test_props_that_are_too_large_are_the_authors_fault(signer: Signer) -> None:
    with pytest.raises(AuthorError, match=r"counter make a token of \d+ bytes, more than 4096"):
        signer.sign_ticket(Ticket("m1", "counter", {"text": "x" * 4096}, "", "/", ""))
    roomy = Signer([SECRET], Limits(token_bytes=10_000))
    assert roomy.read_ticket(roomy.sign_ticket(Ticket("m1", "c", {"text": "x" * 4096}, "", "/", "")))


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_props_that_json_cannot_say_are_the_authors_fault(signer: Signer, value: object) -> None:
    with pytest.raises(AuthorError, match="props of counter cannot be kept"):
        signer.sign_ticket(Ticket("m1", "counter", {"x": value}, "", "/", ""))


def test_a_huge_token_is_not_even_looked_at(signer: Signer) -> None:
    with pytest.raises(TokenError, match="not a join token"):
        signer.read_ticket("x" * 4097)


def test_the_payload_is_readable_and_says_nothing_of_the_session_id(signer: Signer) -> None:
    text = signer.sign_ticket(TICKET).partition(".")[0]
    payload = ujson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert payload[:3] == ["m1", "counter", {"start": 5, "tags": ["é", None]}]
    assert "ann" not in str(payload)


def test_digests() -> None:
    assert digest("a") == digest("a") != digest("b")
    assert len(digest("")) == 16
    assert digest("\ud800")
