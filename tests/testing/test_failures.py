"""After an event that fails, for whatever reason, the next ones run; the test's author is shown what was refused.

``--live-browser`` runs the same tests in Chromium.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hyper.simulated.query import QueryError
from hyper.testing import Page, mount
from hyper.testing.sources import load_source, one
from hyper.transport.bad_frames import BadFrameError
from hyper.transport.component import BadArgumentError, CallError, HandlerFailedError

from ..failures import FAILURES, SOURCE, Failure

# there is no limit of time in these tests
RUN_HERE = [row for row in FAILURES if row.code != "handler_timeout"]
RAISED: dict[str, type[BaseException] | tuple[type[BaseException], ...]] = {
    "too_large": BadFrameError,
    "bad_frame": (BadFrameError, QueryError),  # Python cannot write what is very deep
    "expression": QueryError,
    "unknown_event": CallError,
    "bad_argument": CallError,
    "handler_failed": (ZeroDivisionError, TypeError, ValueError, OverflowError, HandlerFailedError),
}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with mount(load_source(tmp_path, SOURCE)["page"]) as page:
        yield page


def cause(page: Page, failure: Failure) -> None:
    """Let the event happen."""
    if failure.handler == "nobody":
        page.event("nobody")
        return
    kinds = {"take(given)": "pick", "number(given)": "chosen", "take(nothing)": "odd"}
    kind = kinds.get(failure.call, failure.call)
    (element,) = page._under_test.browser.listeners(kind)
    page.trigger(element.tag, kind, **({"detail": {"given": failure.given}} if kind != failure.call else {}))


@pytest.mark.parametrize("failure", RUN_HERE, ids=lambda row: row.name)
def test_after_it_two_clicks_count(page: Page, failure: Failure) -> None:
    with pytest.raises(RAISED[failure.code]) as raised:
        cause(page, failure)
    assert str(raised.value)
    assert not page.has(".live-loading")
    assert not page.has("[aria-busy]")
    for count in ("1", "2"):
        page.click("button")
        assert page.text("b") == count


def test_the_author_reads_which_event_was_refused_and_why(page: Page) -> None:
    with pytest.raises(BadFrameError, match=r"^take was not run: a string with a NUL character$"):
        page.event("take", "a\0b")
    with pytest.raises(BadFrameError, match=r"^take was not run: more than 65536 bytes$"):
        page.event("take", "x" * 70_000)


FIELDS = """
@live
def form():
    text, count = "", 0
    def save(text: str):
        nonlocal count
        count += 1
    t'''<form @submit.prevent="save"><input name="text" @bind="text"><button>Save</button></form><p>{text}</p><b>{count}</b>'''
"""


@pytest.mark.parametrize("bad", ["a\0b", "y" * 70_000])
def test_what_is_typed_after_a_refused_text_arrives(tmp_path: Path, bad: str) -> None:
    with mount(one(tmp_path, FIELDS)) as page:
        with pytest.raises(BadFrameError):
            page.fill("input", bad)
        assert page.text("p") == "", "the older value is kept"
        with pytest.raises(BadFrameError):
            page.submit("form")
        assert not page.find("button").disabled
        for count, text in enumerate(("good", "better"), 1):
            page.fill("input", text)
            assert page.text("p") == text
            page.submit("form")
            assert page.text("b") == str(count)


@pytest.mark.parametrize("bad", ["a\0b", "y" * 70_000])
def test_a_refused_text_that_waited_for_the_connection(tmp_path: Path, bad: str) -> None:
    with mount(one(tmp_path, FIELDS)) as page:
        page.disconnect()
        page.fill("input", bad)
        with pytest.raises(BadFrameError):
            page.connect()
        page.fill("input", "good")
        assert page.text("p") == "good"


def test_a_refused_text_that_a_restarted_server_is_told_again(tmp_path: Path) -> None:
    with mount(one(tmp_path, FIELDS)) as page:
        with pytest.raises(BadFrameError):
            page.fill("input", "a\0b")
        with pytest.raises(BadFrameError):
            page.restart()
        page.fill("input", "good")
        assert page.text("p") == "good"


def test_what_an_event_past_the_page_changed_is_shown(tmp_path: Path) -> None:
    page = mount(
        one(
            tmp_path,
            """
            @live
            def page():
                count = 0
                def add(n: int):
                    nonlocal count
                    count += n
                t'<p>{count}</p><button @click="add(1)">+</button>'
            """,
        )
    )
    page.event("add", 5)
    assert page.text("p") == "5"
    with pytest.raises(BadArgumentError, match="whole number"):
        page.event("add", "x")
    page.event("add", 2)
    assert page.text("p") == "7"
