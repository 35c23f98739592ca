"""ReactPy: one component whose rows have keys; what its Starlette backend sends is the layout's next update."""

from __future__ import annotations

import json
from collections.abc import Callable

from reactpy import component, html, use_state
from reactpy.core.layout import Layout

from bench.others.measuring import measure
from bench.rows import Row, build_rows


class Page:
    def __init__(self) -> None:
        self.rows: list[Row] = build_rows(0)
        self.selected = 0
        self.redraw: Callable[[], None] = lambda: None
        self.layout = Layout(table(self))

    async def update(self) -> str:
        self.redraw()
        return json.dumps(await self.layout.render())

    def select(self, id: int) -> None:
        self.selected = id

    def remove(self, id: int) -> None:
        self.rows = [row for row in self.rows if row.id != id]


@component
def table(page):  # type: ignore[no-untyped-def]
    version, set_version = use_state(0)
    page.redraw = lambda: set_version(version + 1)
    names = ("Create 1,000 rows", "Append 1,000 rows", "Update every 10th row", "Clear", "Swap rows")
    return html.div(
        {"class_name": "container"},
        html.div({"class_name": "jumbotron"}, [html.button({"key": name}, name) for name in names]),
        html.table(
            {"class_name": "table table-hover table-striped test-data"},
            html.tbody([_row(page, row) for row in page.rows]),
        ),
    )


def _row(page: Page, row: Row):  # type: ignore[no-untyped-def]
    return html.tr(
        {"key": row.id, "class_name": "danger" if row.id == page.selected else None},
        html.td({"class_name": "col-md-1"}, row.id),
        html.td(
            {"class_name": "col-md-4"},
            html.a({"class_name": "lbl", "on_click": lambda event: page.select(row.id)}, row.label),
        ),
        html.td(
            {"class_name": "col-md-1"},
            html.a(
                {"class_name": "remove", "on_click": lambda event: page.remove(row.id)},
                html.span({"class_name": "glyphicon glyphicon-remove", "aria_hidden": "true"}),
            ),
        ),
        html.td({"class_name": "col-md-6"}),
    )


async def open_page() -> Page:
    page = Page()
    await page.layout.__aenter__()
    await page.layout.render()
    return page


if __name__ == "__main__":
    measure(open_page)
