"""The prefix that a proxy takes off the path: what is taken for one, and from whom."""

from __future__ import annotations

import logging

import pytest

from hyper.transport.prefix import MAX_PREFIX_LENGTH, Prefix
from hyper.transport.proxies import Proxies
from hyper.vdom import AuthorError

NEAR = Proxies(["127.0.0.1", "10.0.0.0/8", "unix"])
GOOD = [
    ("/shop", "/shop"),
    ("/shop/", "/shop"),
    ("/a/b-c/d_e/f.g/~me", "/a/b-c/d_e/f.g/~me"),
    ("", ""),
    ("/", ""),
    ("/" + "a" * (MAX_PREFIX_LENGTH - 1), "/" + "a" * (MAX_PREFIX_LENGTH - 1)),
]
BAD = [
    "//evil.test",
    "/shop//evil.test",
    "///",
    "shop",
    "https://evil.test",
    "/..",
    "/shop/..",
    "/shop/../admin",
    "/.",
    "/.hidden",
    "/\\evil.test",
    "\\\\evil.test",
    '/"onload="x',
    "/'",
    "/<b>",
    "/a b",
    "/a%2f%2fevil.test",
    "/%2e%2e",
    "/a?b",
    "/a#b",
    "/a;b",
    "/a\r\nSet-Cookie: b",
    "/a\n",
    "/é",
    "/" + "a" * MAX_PREFIX_LENGTH,
]


@pytest.mark.parametrize(("text", "prefix"), GOOD)
def test_a_prefix_is_given_or_said_by_a_proxy(text: str, prefix: str) -> None:
    assert Prefix(text, Proxies()).of("9.9.9.9", []) == prefix
    assert Prefix(None, NEAR).of("127.0.0.1", [text]) == prefix


@pytest.mark.parametrize("text", BAD)
def test_what_could_lead_elsewhere_or_end_an_attribute_is_no_prefix(text: str) -> None:
    with pytest.raises(AuthorError, match="such as '/shop'"):
        Prefix(text, Proxies())
    assert Prefix(None, NEAR).of("127.0.0.1", [text]) == ""


@pytest.mark.parametrize("address", ["9.9.9.9", "127.0.0.2", "", "not-an-address"])
def test_nobody_else_is_believed(address: str) -> None:
    assert Prefix(None, Proxies(["127.0.0.1"])).of(address, ["/shop"]) == ""


@pytest.mark.parametrize(
    ("said", "prefix"),
    [
        (["/evil", "/shop"], "/shop"),
        (["/evil, /shop"], "/shop"),
        (["//evil.test,/shop"], "/shop"),
        (["/shop, //evil.test"], ""),
        ([], ""),
    ],
)
def test_the_last_one_is_the_proxys(said: list[str], prefix: str) -> None:
    assert Prefix(None, NEAR).of("10.1.2.3", said) == prefix


@pytest.mark.parametrize("given", ["/shop", ""])
def test_what_the_application_says_comes_first(given: str) -> None:
    assert Prefix(given, NEAR).of("127.0.0.1", ["/other"]) == given


def test_a_proxy_that_says_nonsense_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    prefix = Prefix(None, NEAR)
    with caplog.at_level(logging.WARNING, "hyper"):
        for _ in range(3):
            prefix.of("127.0.0.1", ["//evil.test\x1b[2J" + "x" * 1000])
    [record] = caplog.records
    assert "X-Forwarded-Prefix" in record.getMessage()
    assert len(record.getMessage()) < 400
    assert "\x1b" not in record.getMessage()
