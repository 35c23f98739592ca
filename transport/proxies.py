"""Where a request that a proxy passed on comes from: ``X-Forwarded-For`` and ``X-Forwarded-Proto``.

Anybody can send these headers, so only the proxies in ``setup(proxies=…)`` are trusted for them. The list of addresses
is read from its end: as long as an address is a trusted proxy's, the one before it, which that proxy wrote, is trusted
as well. The proxy has to keep the ``Host`` header: ``X-Forwarded-Host`` is never read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from ..vdom import AuthorError

UNIX: Final = "unix"
"""The name for a proxy that connects through a Unix socket."""
_HOP: Final = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+):\d+")
FORWARDING: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
"""Headers that proxies write an address into. Only the first is read: the others only say that there is a proxy."""
PRIVATE: Final = tuple(
    map(
        ip_network,
        (
            *(
                "127.0.0.0/8",
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "169.254.0.0/16",
                "100.64.0.0/10",
            ),
            *("::1/128", "fc00::/7", "fe80::/10"),
        ),
    )
)
"""Where proxies of one's own have their addresses (RFC 1918, 3927, 6598, 4193, 4291)."""
log = logging.getLogger("hyper")


class Proxies:
    """The trusted proxies of one application, by address or network."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        if isinstance(trusted, str):
            raise AuthorError(f"proxies={trusted!r}: give a list of addresses, such as [{trusted!r}]")
        names = set(trusted)
        self._has_unix = UNIX in names
        self._networks = [_network(name) for name in names - {UNIX}]
        self._was_told = False

    def trusts(self, address: str) -> bool:
        """Is this the address of a trusted proxy?"""
        if not address:
            return self._has_unix
        try:
            found = ip_address(address)
        except ValueError:
            return False
        plain = getattr(found, "ipv4_mapped", None) or found  # on a socket for both kinds of addresses
        return any(found in network or plain in network for network in self._networks)

    def client(self, address: str, forwarded_for: Iterable[str]) -> str:
        """The client's address, for a request that came from ``address`` with these ``X-Forwarded-For`` headers.

        A proxy may add a header of its own to one that the client made up: all count, the last first.
        """
        hops = [hop.strip() for hop in ",".join(forwarded_for).split(",") if hop.strip()]
        while hops and self.trusts(address):
            address = _without_port(hops.pop())
        return address

    def network(self, address: str, forwarded_for: Iterable[str], *, is_forwarded: bool) -> str:
        """Whose share of what is limited by address such a request takes: its client's address, or 64 bits of an IPv6
        address, as whoever has one has all addresses that begin so.

        ``""``, so that no such limit applies, if all requests seem to come from one address: from a Unix socket, or from
        a private address that sends forwarding headers although no proxy there was named. That is logged once.
        """
        if is_forwarded and not self.trusts(address) and _is_private(address):
            self._tell_undeclared(address)
            return ""
        return _network_of(self.client(address, forwarded_for))

    def _tell_undeclared(self, address: str) -> None:
        if not self._was_told:
            self._was_told = True
            log.warning(
                "%s sends forwarding headers, but is not named as a proxy: limits by address do not apply to what comes"
                " from it, as it would be one address for all. Give setup(app, proxies=[%r]), or HYPER_PROXIES",
                ascii(address or UNIX)[1:-1],
                address or UNIX,
            )

    def scheme(self, address: str, forwarded_proto: Iterable[str], default: str) -> str:
        """The scheme that the browser used, if a trusted proxy says so in ``X-Forwarded-Proto``; else ``default``."""
        said = ",".join(forwarded_proto).rpartition(",")[2].strip().lower()
        return said if said in ("http", "https") and self.trusts(address) else default


def _is_private(address: str) -> bool:
    try:
        found = ip_address(address.partition("%")[0]) if address else ip_address("127.0.0.1")
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in PRIVATE)


def _without_port(hop: str) -> str:
    """An address without the port that some proxies write behind it: ``1.2.3.4:80``, ``[::1]:80``."""
    match = _HOP.fullmatch(hop)
    return match[1] or match[2] if match else hop


def _network_of(address: str) -> str:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _network(name: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(name)
    except ValueError as error:
        raise AuthorError(
            f"{name!r} in proxies is not an address: {error}. Write '127.0.0.1', '10.0.0.0/8' or {UNIX!r}"
        ) from error
