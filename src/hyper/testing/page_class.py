"""Which pages ``mount`` opens: simulated ones, or with ``--live-browser`` those in Chromium."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from hyper.components.component import LiveComponent
from hyper.testing.page_under_test import PageUnderTest
from hyper.transport.component import RequestContext

_page_class: ContextVar[type[PageUnderTest]] = ContextVar("hyper_page_class", default=PageUnderTest)


def open_pages_as(page_class: type[PageUnderTest]) -> None:
    """Use another class for new pages, ``ChromiumPage`` with ``--live-browser``."""
    _page_class.set(page_class)


def new_page(
    component: LiveComponent,
    properties: Mapping[str, Any],
    check: bool,
    request: RequestContext | None,
    raises: bool,
) -> PageUnderTest:
    """A page for a component, simulated or in a real browser, not yet started."""
    return _page_class.get()(component, properties, check, request, raises)
