"""What is owed after a handler ran: its records are committed before its event is acknowledged.

The runtime calls these for every handler, and need not know whether ``persistent()`` is in use or installed.
"""

from __future__ import annotations

import sys


async def commit(page: object) -> None:
    """Commit what the handler changed in persistent records; CallError if that fails."""
    persistence = sys.modules.get("hyper.records.persistence")
    if persistence is not None:
        await persistence.commit(page)


async def rollback(page: object) -> None:
    """Take back what a handler that failed changed in persistent records."""
    persistence = sys.modules.get("hyper.records.persistence")
    if persistence is not None:
        await persistence.rollback(page)
