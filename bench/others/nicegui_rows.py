"""NiceGUI: a refreshable part that shows all rows, and what its outbox gives Socket.IO to send.

Elements are its state: whoever changes a label himself sends that label. This is its way to show what a function of
the state says, as all others here do.
"""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import core, ui
from nicegui.client import Client
from nicegui.element import Element

from bench.others.measuring import measure
from bench.rows import Row


class Page:
    """One page whose browser is connected; its server runs only as far as its event loop."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.selected = 0
        self.sent = ""
        self.is_sent = asyncio.Event()
        core.app.config.message_history_length = 1000  # as ui.run() sets it
        self.client = Client(ui.page("/", reconnect_timeout=3))
        self.client.tab_id = "a browser"
        core.sio.emit = self.send
        with self.client.content:
            self.table()

    async def send(self, kind: str, message: Any, room: str) -> None:
        """Instead of Socket.IO's own: what it would write."""
        self.sent = core.sio.packet_class(data=[kind, message]).encode()
        self.is_sent.set()

    @ui.refreshable_method
    def table(self) -> None:
        with Element("table").classes("table table-hover table-striped test-data"), Element("tbody"):
            for row in self.rows:
                self.row(row)

    def row(self, row: Row) -> None:
        with Element("tr").classes("danger" if row.id == self.selected else ""):
            _text(Element("td").classes("col-md-1"), str(row.id))
            with Element("td").classes("col-md-4"):
                _text(Element("a").classes("lbl").on("click", lambda: self.select(row.id)), row.label)
            with (
                Element("td").classes("col-md-1"),
                Element("a").classes("remove").on("click", lambda: self.remove(row.id)),
            ):
                Element("span").classes("glyphicon glyphicon-remove").props("aria-hidden=true")
            Element("td").classes("col-md-6")

    def select(self, id: int) -> None:
        self.selected = id

    def remove(self, id: int) -> None:
        self.rows = [row for row in self.rows if row.id != id]

    async def update(self) -> str:
        self.is_sent.clear()
        self.table.refresh()
        await self.is_sent.wait()
        return self.sent


def _text(element: Element, text: str) -> None:
    element._text = text  # as ui.label and ui.link do


async def open_page() -> Page:
    core.loop = asyncio.get_running_loop()
    return Page()


if __name__ == "__main__":
    measure(open_page)
