"""A thread that notices when the event loop is blocked, and logs where.

One handler that computes, or waits without ``await``, stops all pages of its process. Nothing in the loop can
tell which one, so another thread looks at the stack while it happens. It checks ten times a second; a block is
logged once, and again when it is over.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import sysconfig
import threading
import time
import traceback
from types import FrameType
from typing import Final

from .log_lines import Lines

PAUSE_S: Final = 0.1
"""Time between two checks. A block that is longer than this and ``loop_lag_s`` together is always noticed."""
LIBRARIES: Final = tuple({sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")})
log = logging.getLogger("hyper")


class Watchdog:
    """Watches the event loop of the thread that starts it."""

    def __init__(self, lag_s: float) -> None:
        self.blocks = 0
        """How many times the loop was blocked for ``lag_s``."""
        self.longest_s = 0.0
        self._lag_s = lag_s
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start the thread, unless ``lag_s`` is 0."""
        if self._lag_s > 0:
            watched = asyncio.get_running_loop(), threading.get_ident()
            threading.Thread(target=self._watch, args=watched, name="hyper watchdog", daemon=True).start()

    def stop(self) -> None:
        """Tell the thread to end; it does so soon."""
        self._stopped.set()

    def _watch(self, loop: asyncio.AbstractEventLoop, thread: int) -> None:
        while not self._stopped.wait(PAUSE_S):
            asked_s, answer = time.monotonic(), threading.Event()
            try:
                loop.call_soon_threadsafe(answer.set)
            except RuntimeError:  # it is closed
                return
            if not answer.wait(self._lag_s):
                self._tell(sys._current_frames().get(thread))
                self._wait_for_end(answer, asked_s)

    def _tell(self, frame: FrameType | None) -> None:
        self.blocks += 1
        place = author_frame(frame)
        where = "an unknown place"
        if place is not None:
            where = f"{place.f_code.co_filename}:{place.f_lineno}, in {place.f_code.co_name}"
        log.error(
            "the event loop has been blocked for %d ms at %s: all pages of this process wait. Await it, or run it"
            " in a thread (asyncio.to_thread)\n%s",
            1000 * self._lag_s,
            where,
            Lines("".join(traceback.format_stack(frame))),
            extra={"blocked_at": where},
        )

    def _wait_for_end(self, answer: threading.Event, asked_s: float) -> None:
        while not answer.wait(1):
            if self._stopped.is_set():
                return
        blocked_s = time.monotonic() - asked_s
        self.longest_s = max(self.longest_s, blocked_s)
        log.warning("the event loop continues after %d ms", 1000 * blocked_s, extra={"blocked_s": blocked_s})


def author_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost frame of the application's own code; the innermost of all if there is none."""
    inner = frame
    while frame is not None:
        if not _is_library(frame):
            return frame
        frame = frame.f_back
    return inner


def _is_library(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__"))
    return module.partition(".")[0] == "hyper" or frame.f_code.co_filename.startswith(LIBRARIES)
