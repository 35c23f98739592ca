"""Forms read from their bytes."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.transport.form import CONTENT_TYPE, check_head, decode_form
from hyper.transport.gate import Refused
from hyper.transport.limits import Limits

LIMITS = Limits(form_bytes=100, form_fields=5)


def code_of(body: bytes) -> str:
    with pytest.raises(Refused) as caught:
        decode_form(body, LIMITS)
    return caught.value.code


def test_fields_by_name_in_order() -> None:
    body = b"text=milk+%26+honey&tag=a&tag=b&empty="
    assert decode_form(body, LIMITS) == {"text": ["milk & honey"], "tag": ["a", "b"], "empty": [""]}


def test_line_breaks_are_those_of_scripts() -> None:
    assert decode_form(b"text=a%0D%0Ab%0Ac", LIMITS) == {"text": ["a\nb\nc"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"a=" + b"x" * 99, "too_large"),
        (b"a=1&" * 5 + b"a=1", "bad_frame"),
        (b"a=%00", "bad_frame"),
        (b"%00=a", "bad_frame"),
        (b"a=%ff", "bad_frame"),
        (b"a=%ED%A0%80", "bad_frame"),
        ("a=ä".encode(), "bad_frame"),
    ],
)
def test_what_no_browser_sends(body: bytes, code: str) -> None:
    assert code_of(body) == code


def test_exactly_the_limit_is_allowed() -> None:
    assert decode_form(b"a=" + b"x" * 98, LIMITS)["a"] == ["x" * 98]
    assert len(decode_form(b"&".join(b"a%d=1" % number for number in range(5)), LIMITS)) == 5


@pytest.mark.parametrize("kind", ["multipart/form-data", "text/plain", "application/json", ""])
def test_other_kinds_are_refused_unread(kind: str) -> None:
    with pytest.raises(Refused, match=CONTENT_TYPE):
        check_head(kind, 5, LIMITS)


def test_a_length_that_is_too_much_is_refused_unread() -> None:
    check_head(CONTENT_TYPE, 100, LIMITS)
    check_head(CONTENT_TYPE, None, LIMITS)
    with pytest.raises(Refused, match="100 bytes"):
        check_head(CONTENT_TYPE, 101, LIMITS)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])),
            st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])),
        )
    )
)
def test_what_a_browser_writes_comes_back(pairs: list[tuple[str, str]]) -> None:
    fields = decode_form(urlencode(pairs).encode(), Limits())
    assert sorted((name, value) for name, values in fields.items() for value in values) == sorted(pairs)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        fields = decode_form(body, LIMITS)
    except Refused:
        return
    assert all("\0" not in text for name, values in fields.items() for text in [name, *values])
