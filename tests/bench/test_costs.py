"""What the benchmarks measure in milliseconds, counted: these numbers are the same on every machine.

A test that fails here says that something costs more than it did; if that is worth it, the number is changed.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import pytest

from bench.mounts import MOUNT_ID, MountedPage, run_now
from bench.one_text import NESTED_ID
from bench.rows import build_rows, in_page, print_rows, print_rows_knowing
from bench.table import OPERATIONS, Operation
from hyper.diff import diff_trees, patches_to_json
from hyper.vdom import Comment, Element, Text, lexbor, parse_html
from hyper.vdom.templates import printing

NAMES = [operation.name for operation in OPERATIONS]


@contextmanager
def counting_calls() -> Iterator[Counter[str]]:
    """How often each function written in Python is called."""
    calls: Counter[str] = Counter()

    def note(frame: Any, kind: str, argument: object) -> None:
        if kind == "call":
            calls[frame.f_code.co_qualname] += 1

    gc.collect()
    gc.disable()  # what is collected meanwhile may have something to call
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)
        gc.enable()


@contextmanager
def counting_nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How many nodes are made by hand, by their class."""
    made: Counter[str] = Counter()
    for kind in (Element, Text, Comment):
        make = kind.__init__

        def noted(self: Any, *args: Any, make: Any = make, **named: Any) -> None:
            made[type(self).__name__] += 1
            make(self, *args, **named)

        monkeypatch.setattr(kind, "__init__", noted)
    yield made
    monkeypatch.undo()


def changed(operation: Operation, rows: int = 1000) -> MountedPage:
    """A page on which an operation has changed the state and nothing is rendered yet.

    It was done before on another page, so that what is made once for each template is there.
    """
    _prepared(operation, rows).frames()
    return _prepared(operation, rows)


def _prepared(operation: Operation, rows: int) -> MountedPage:
    page = MountedPage("table")
    if operation.rows:
        page.call("create", count=rows)
        page.frames()
    operation.change(page)
    return page


def test_the_component_shows_what_is_printed() -> None:
    page = MountedPage("table")
    page.call("create", count=3)
    page.frames()
    rows = page.state("rows")
    page.call("select", rows[1].id)
    page.frames()
    selected = rows[1].id
    assert page.mount.html() == in_page(print_rows(rows, selected, escape))
    assert page.mount.html() == in_page(print_rows_knowing(rows, selected, escape))


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_no_operation_builds_a_node(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    page = changed(operation)
    with counting_nodes(monkeypatch) as made:
        page.frames()
    assert made == {}


SENT_BYTES = {
    "update_every_10th": 7_400,
    "select_row": 150,
    "swap_rows": 150,
    "remove_row": 130,
    "create_1000": 335_000,
    "replace_all": 335_000,
    "append_1000": 335_000,
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_bytes_sent(operation: Operation) -> None:
    frames = changed(operation).frames()
    assert len(frames) == 1
    assert len(frames[0]) <= SENT_BYTES[operation.name]


@pytest.mark.parametrize("operation", OPERATIONS[1:], ids=NAMES[1:])
def test_rows_are_looked_at_in_c(operation: Operation) -> None:
    """Twice the rows, as many calls (but for a few): what is done for each row is done without a call."""
    counts = []
    for rows in (1000, 2000):
        page = changed(operation, rows)
        with counting_calls() as calls:
            page.frames()
        counts.append(sum(calls.values()))
    assert abs(counts[0] - counts[1]) < 10
    assert max(counts) < 160


def test_only_slots_that_differ_are_looked_at() -> None:
    page = changed(OPERATIONS[0])
    with counting_calls() as calls:
        page.frames()
    assert calls["_diff_site"] == 1 + 100
    assert calls["diff_texts"] == 100
    assert sum(calls.values()) < 100 * 18 + 160


def test_only_new_rows_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[int] = []
    print_rows_of = printing._print_rows
    monkeypatch.setattr(
        printing,
        "_print_rows",
        lambda template, rows: printed.append(len(rows)) or print_rows_of(template, rows),
    )
    for operation in OPERATIONS:
        page = changed(operation)
        printed.clear()
        page.frames()
        assert sum(printed) == operation.new_rows, operation.name


def test_one_text_costs_the_same_on_any_page() -> None:
    counts = []
    for how_many in (10, 1000):
        page = MountedPage("counter_beside_rows", how_many=how_many)
        for _ in range(2):
            run_now(page.mount.call(NESTED_ID, "increment", None, {}))
            with counting_calls() as calls:
                (frame,) = page.frames()
        counts.append(calls)
        assert len(frame) < 140
    assert counts[0] == counts[1]


def test_a_counters_event_takes_few_calls() -> None:
    page = MountedPage("counter")
    page.call("increment")
    page.frames()
    with counting_calls() as calls:
        run_now(page.mount.call(MOUNT_ID, "increment", None, {"value": ""}))
        page.frames()
    assert sum(calls.values()) < 75


def test_many_components_that_changed_cost_the_same_each() -> None:
    """As after a broadcast: which is next is not looked for among all of them."""
    counts = []
    for how_many in (100, 1000):
        page = MountedPage("many_counters", how_many=how_many)
        nested = list((page.mount.nested or {}).values())
        for counter in nested:
            counter.cells()["count"].cell_contents += 1
        with counting_calls() as calls:
            for counter in reversed(nested):
                counter.invalidate()
            assert len(page.frames()) == how_many
        counts.append(sum(calls.values()) / how_many)
    assert counts[1] <= counts[0]


@contextmanager
def counting_bytes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """How many bytes of HTML the C parser is given."""
    given: list[int] = []
    parse = lexbor.LexborHTMLParser

    def noted(html: Any, *args: Any, **named: Any) -> Any:
        given.append(len(html))
        return parse(html, *args, **named)

    monkeypatch.setattr(lexbor, "LexborHTMLParser", noted)
    yield lambda: sum(given)
    monkeypatch.undo()


@pytest.mark.parametrize(("every", "most"), [(1000, 0), (10, 0)])
def test_a_printed_page_is_parsed_where_it_changed(
    every: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = build_rows(1000)
    old = parse_html(in_page(print_rows(rows, 0, escape)))
    for row in rows[::every]:
        row.label += " !!!"
    html = in_page(print_rows(rows, 0, escape))
    with counting_bytes(monkeypatch) as parsed_bytes:
        new = parse_html(html, old)
    assert parsed_bytes() <= most
    assert new == parse_html(html)
    assert len(patches_to_json(diff_trees(old, new))) <= 73 * 1000 / every + 20


def test_what_follows_a_printed_page_costs_what_changed() -> None:
    """Parse and diff: of twice the rows as many calls, and few for each row that changed."""
    counts = []
    for how_many in (1000, 2000):
        rows = build_rows(how_many)
        old = parse_html(in_page(print_rows(rows, 0, escape)))
        for row in rows[:1000:10]:
            row.label += " !!!"
        html = in_page(print_rows(rows, 0, escape))
        parse_html(html, old)  # which measures the old page, once
        with counting_calls() as calls:
            new = parse_html(html, old)
            patches = diff_trees(old, new)
        assert len(patches) == 100
        assert calls["edited_in_place"] <= 2 * 100 + 10
        assert calls["match_children"] == calls["Element.__hash__"] == calls["Element.__eq__"] == 0
        counts.append(sum(calls.values()))
    assert abs(counts[0] - counts[1]) < 20
    assert counts[0] < 100 * 92
