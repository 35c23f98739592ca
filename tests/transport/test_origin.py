from __future__ import annotations

import pytest

from hyper.transport.origin import check_origins, is_allowed, is_local_name, own_origin
from hyper.vdom import AuthorError

ALLOWED = check_origins(["https://example.com", "https://app.example.com:8443", "http://[::1]:8000"])

FORBIDDEN = [
    "",
    " ",
    "null",
    "*",
    "https://",
    "//example.com",
    "example.com",
    "http://example.com",
    "wss://example.com",
    "HTTPS://EXAMPLE.COM",
    "https://Example.com",
    "https://example.com/",
    "https://example.com/path",
    "https://example.com?",
    "https://example.com#",
    "https://example.com:443",
    "https://example.com:8443",
    "https://example.com:80",
    "https://example.com:",
    "https://example.com.",
    "https://example.com,https://evil.test",
    "https://example.com https://evil.test",
    "https://evil.test,https://example.com",
    "https://example.com.evil.test",
    "https://example.comevil.test",
    "https://evil-example.com",
    "https://evilexample.com",
    "https://evil.test/https://example.com",
    "https://evil.test?https://example.com",
    "https://evil.test#https://example.com",
    "https://evil.test\\@example.com",
    "https://example.com@evil.test",
    "https://user@example.com",
    "https://user:password@example.com",
    "https://sub.example.com",
    "https://www.example.com",
    "https://app.example.com",
    "https://app.example.com:8444",
    "http://app.example.com:8443",
    "https://exa%6dple.com",
    "https://ex\u0430mple.com",
    "https://xn--exmple-cua.com",
    "https://example.com\t",
    "https://example.com\0",
    "\u00a0https://example.com",
    "http://own.test",
    "http://own.test:80",
    "http://own.test:8081",
    "https://own.test:8080",
    "http://OWN.test:8080",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://[::1]",
    "http://::1:8000",
    "file://",
    "chrome-extension://abcdef",
    "javascript:alert(1)",
    "data:text/html,x",
]


def test_there_are_enough_of_them() -> None:
    assert len(set(FORBIDDEN)) >= 40


@pytest.mark.parametrize("origin", FORBIDDEN)
def test_forbidden(origin: str) -> None:
    assert not is_allowed([origin], "http", "own.test:8080", ALLOWED)


@pytest.mark.parametrize("origin", [*sorted(ALLOWED), "http://own.test:8080"])
def test_allowed(origin: str) -> None:
    assert is_allowed([origin], "http", "own.test:8080", ALLOWED)


@pytest.mark.parametrize(
    "sent", [[], ["https://example.com", "https://example.com"], ["https://example.com", "https://evil.test"]]
)
def test_exactly_one_origin_is_needed(sent: list[str]) -> None:
    assert not is_allowed(sent, "http", "own.test:8080", ALLOWED)


def test_a_request_without_a_host_has_no_origin_of_its_own() -> None:
    assert not is_allowed(["http://"], "http", "", frozenset())


@pytest.mark.parametrize(
    ("scheme", "host", "origin"),
    [
        ("http", "own.test", "http://own.test"),
        ("http", "own.test:80", "http://own.test"),
        ("https", "Own.Test:443", "https://own.test"),
        ("http", "own.test:443", "http://own.test:443"),
        ("http", "own.test:8080", "http://own.test:8080"),
        ("http", "[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_own_origin(scheme: str, host: str, origin: str) -> None:
    assert own_origin(scheme, host) == origin


@pytest.mark.parametrize(
    "origin",
    [
        "example.com",
        "https://example.com/",
        "https://*.example.com",
        "*",
        "HTTPS://example.com",
        "https://Example.com",
        "https://example.com:443",
        "http://example.com:80",
        "ws://example.com",
        "https://exämple.com",
        "",
    ],
)
def test_an_origin_no_browser_sends_is_the_authors_fault(origin: str) -> None:
    with pytest.raises(AuthorError, match="in origins"):
        check_origins([origin])


def test_a_string_is_not_a_list() -> None:
    with pytest.raises(AuthorError, match="give a list"):
        check_origins("https://example.com")


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8000", True),
        ("app.localhost", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("192.168.1.7", True),
        ("my.box:80", True),
        ("localhost.", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("[", False),
    ],
)
def test_only_names_that_mean_this_machine_are_its_own(host: str, own: bool) -> None:
    assert is_local_name(host, "my.box") is own
