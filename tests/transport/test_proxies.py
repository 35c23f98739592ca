"""What proxies say of a request, and who is believed."""

from __future__ import annotations

import pytest

from hyper.transport.proxies import Proxies
from hyper.vdom import AuthorError

NEAR = Proxies(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("address", "forwarded_for", "client"),
    [
        ("9.9.9.9", None, "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", "9.9.9.9"),  # said by nobody we know
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),  # the first is what the client wrote
        ("127.0.0.1", "1.1.1.1, 10.3.2.1", "1.1.1.1"),  # two proxies
        ("127.0.0.1", "10.0.0.7", "10.0.0.7"),  # a client in the proxies' network
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("127.0.0.1", "unknown", "unknown"),
        ("127.0.0.1", "1.1.1.1, not-an-address", "not-an-address"),
        ("127.0.0.1", " , ,", "127.0.0.1"),
        ("", "1.1.1.1", ""),  # a Unix socket that was not named
    ],
)
def test_the_client_is_whom_the_last_known_proxy_saw(
    address: str, forwarded_for: str | None, client: str
) -> None:
    headers = [] if forwarded_for is None else [forwarded_for]
    assert NEAR.client(address, headers) == client
    assert Proxies().client(address, headers) == address


def test_a_header_that_a_proxy_added_comes_before_one_that_the_client_made_up() -> None:
    assert NEAR.client("127.0.0.1", ["6.6.6.6", "1.1.1.1"]) == "1.1.1.1"
    assert NEAR.scheme("127.0.0.1", ["https", "http"], "http") == "http"


@pytest.mark.parametrize(
    ("address", "said", "scheme"),
    [
        ("127.0.0.1", "https", "https"),
        ("127.0.0.1", "HTTPS", "https"),
        ("127.0.0.1", "http, https", "https"),
        ("127.0.0.1", "javascript", "http"),
        ("127.0.0.1", "", "http"),
        ("9.9.9.9", "https", "http"),
        ("127.0.0.1.evil.test", "https", "http"),
    ],
)
def test_the_scheme_is_what_a_known_proxy_says(address: str, said: str, scheme: str) -> None:
    assert NEAR.scheme(address, [said], "http") == scheme


def test_a_unix_socket_can_be_named() -> None:
    assert Proxies(["unix"]).client("", ["1.1.1.1"]) == "1.1.1.1"


@pytest.mark.parametrize("trusted", [["proxy.example"], ["10.0.0.1/8"], ["*"], [""], "127.0.0.1"])
def test_what_is_no_address_is_told(trusted: object) -> None:
    with pytest.raises(AuthorError, match="proxies"):
        Proxies(trusted)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["::ffff:10.3.2.1", "::FFFF:127.0.0.1", "10.3.2.1"])
def test_a_proxy_is_known_on_a_socket_for_both_kinds_of_addresses(address: str) -> None:
    assert NEAR.trusts(address)
    assert NEAR.client(address, ["1.1.1.1"]) == "1.1.1.1"
    assert NEAR.network(address, ["1.1.1.1"], is_forwarded=True) == "1.1.1.1"
    assert Proxies([address]).trusts(address)


@pytest.mark.parametrize(
    ("said", "network"),
    [
        ("1.1.1.1:4711", "1.1.1.1"),
        ("[2001:db8::5]:4711", "2001:db8::/64"),
        ("[2001:db8::5]", "2001:db8::/64"),
        ("::ffff:1.1.1.1", "1.1.1.1"),
        ("[::ffff:1.1.1.1]:80", "1.1.1.1"),
        ("2001:db8::5", "2001:db8::/64"),
    ],
)
def test_the_port_of_a_client_is_no_part_of_its_address(said: str, network: str) -> None:
    """Some proxies write it, and each connection has another one."""
    assert NEAR.network("127.0.0.1", [said], is_forwarded=True) == network
    assert NEAR.network("127.0.0.1", [f"6.6.6.6, {said}, 10.0.0.7:99"], is_forwarded=True) == network
