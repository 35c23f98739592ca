"""What a supervisor tells a worker when it starts it: as little as both can know without each other's packages."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

BACKLOG: Final = 1024
"""Connections that wait to be accepted."""
CANNOT_START: Final = 3
"""Exit code of a worker that could not load its application; it has said why."""


@dataclass(frozen=True, slots=True)
class Place:
    """One worker's place among all, and the descriptors it inherits."""

    target: str
    """What to serve: see ``targets.py``."""
    number: int
    count: int
    folder: str
    """For the sockets between workers."""
    listening: int
    """The socket that all accept from."""
    ready: int
    """A pipe to write to when ready."""
    supervised: int
    """A pipe that ends when the supervisor does."""
    stop_s: float
    """To end in."""

    def to_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Place:
        """The place that ``to_json`` told of."""
        return cls(**json.loads(text))
