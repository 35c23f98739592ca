"""Exceptions of a mount, recorded for the test from the first render on."""

from __future__ import annotations

from typing import cast

from hyper.components.page import PageMount
from hyper.transport.component import HandlerFailedError


class ReportingMount(PageMount):
    """A mount that records exceptions, from the first render on."""

    failures: list[BaseException]

    def report(self, error: Exception, what: str) -> None:
        self.failures.append(cause_of(error))


def cause_of(error: Exception) -> Exception:
    """What a test is to see of a handler or view that failed: the exception that it raised."""
    is_told_otherwise = isinstance(error, HandlerFailedError) and isinstance(error.__cause__, Exception)
    return cast("Exception", error.__cause__) if is_told_otherwise else error
