"""PyView: a list in a template, and the way that its socket takes for an ``InfoEvent``; only the socket is none."""

from __future__ import annotations

from typing import Any

from pyview import LiveView
from pyview.events import InfoEvent
from pyview.instrumentation import NoOpInstrumentation
from pyview.live_socket import ConnectedLiveViewSocket
from pyview.template.live_template import LiveRender, LiveTemplate
from pyview.vendor.ibis import Template

from bench.others.measuring import measure
from bench.rows import HEAD, Row

TEMPLATE = LiveTemplate(
    Template(
        HEAD.replace("@click", "phx-click")
        + """{% for row in rows %}<tr id="{{row.id}}" class="{{row.style}}"><td class="col-md-1">{{row.id}}</td>
<td class="col-md-4"><a class="lbl" phx-click="select" phx-value-id="{{row.id}}">{{row.label}}</a></td>
<td class="col-md-1"><a class="remove" phx-click="remove" phx-value-id="{{row.id}}"><span
class="glyphicon glyphicon-remove" aria-hidden="true"></span></a></td><td class="col-md-6"></td></tr>{% endfor %}
</tbody></table></div>""",
        template_id="table",
    )
)


class Table(LiveView[Any]):
    async def handle_info(self, event: InfoEvent, socket: Any) -> None:
        """The state was changed before."""

    async def render(self, assigns: Any, meta: Any) -> Any:
        return LiveRender(TEMPLATE, assigns, meta)


class Page:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.selected = 0
        self.sent = ""
        self.socket: Any = ConnectedLiveViewSocket(
            self,
            "lv:table",
            Table(),
            None,
            NoOpInstrumentation(),  # type: ignore[arg-type]
        )

    async def send_text(self, text: str) -> None:
        self.sent = text

    async def update(self) -> str:
        rows = [
            {"id": row.id, "label": row.label, "style": "danger" if row.id == self.selected else ""}
            for row in self.rows
        ]
        self.socket.context = {"rows": rows}
        await self.socket.send_info(InfoEvent("changed", None))
        return self.sent


async def open_page() -> Page:
    return Page()


if __name__ == "__main__":
    measure(open_page)
