"""Where a request that a proxy passed on comes from: ``X-Forwarded-For`` and ``X-Forwarded-Proto``.

Anybody can send these headers, so only the proxies in ``setup(proxies=…)`` are trusted for them. The list of addresses
is read from its end: as long as an address is a trusted proxy's, the one before it, which that proxy wrote, is trusted
as well. The proxy has to keep the ``Host`` header: ``X-Forwarded-Host`` is never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from ..vdom import AuthorError

UNIX: Final = "unix"
"""The name for a proxy that connects through a Unix socket."""


class Proxies:
    """The trusted proxies of one application, by address or network."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        if isinstance(trusted, str):
            raise AuthorError(f"proxies={trusted!r}: give a list of addresses, such as [{trusted!r}]")
        names = set(trusted)
        self._has_unix = UNIX in names
        self._networks = [_network(name) for name in names - {UNIX}]

    def trusts(self, address: str) -> bool:
        """Is this the address of a trusted proxy?"""
        if not address:
            return self._has_unix
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)

    def client(self, address: str, forwarded_for: Iterable[str]) -> str:
        """The client's address, for a request that came from ``address`` with these ``X-Forwarded-For`` headers.

        A proxy may add a header of its own to one that the client made up: all count, the last first.
        """
        hops = [hop.strip() for hop in ",".join(forwarded_for).split(",") if hop.strip()]
        while hops and self.trusts(address):
            address = hops.pop()
        return address

    def scheme(self, address: str, forwarded_proto: Iterable[str], default: str) -> str:
        """The scheme that the browser used, if a trusted proxy says so in ``X-Forwarded-Proto``; else ``default``."""
        said = ",".join(forwarded_proto).rpartition(",")[2].strip().lower()
        return said if said in ("http", "https") and self.trusts(address) else default


def _network(name: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(name)
    except ValueError as error:
        raise AuthorError(
            f"{name!r} in proxies is not an address: {error}. Write '127.0.0.1', '10.0.0.0/8' or {UNIX!r}"
        ) from error
