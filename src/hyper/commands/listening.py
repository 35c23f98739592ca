"""A socket to listen on, and why there is none."""

from __future__ import annotations

import errno
import socket


def open_port(host: str, port: int, backlog: int) -> socket.socket:
    """A listening socket; raises ``OSError``, of which ``why_not`` tells."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = found[0]
    return socket.create_server(address[:2], family=family, backlog=backlog)


def url_of(address: tuple[object, ...]) -> str:
    """``("127.0.0.1", 8000)`` as a browser takes it."""
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in str(host) else f"http://{host}:{port}"


def why_not(error: OSError, host: str, port: int) -> str:
    """What to tell somebody whose server cannot listen."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken, perhaps by another hyper: use --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} is for privileged programs: use --port 8000 or another one above 1023"
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"
