"""All pages closed, on whatever event loop they were mounted."""

from __future__ import annotations

from hyper.testing import loop
from hyper.testing.session import Session, open_sessions


def close_all() -> None:
    """Unmount every page that is open, and end the loop of the synchronous ones."""
    failures: list[Exception] = []
    for session in open_sessions():
        try:
            _close(session)
        except Exception as error:
            failures.append(error)
    loop.close()
    if failures:
        raise failures[0]


def _close(session: Session) -> None:
    own = session.loop
    if own is None or own.is_closed() or own.is_running() or loop.is_own(own):
        loop.run(session.close())
    else:
        own.run_until_complete(session.close())
