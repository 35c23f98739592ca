"""djust: its Rust view alone, without the Django consumer around it: state in, template rendered, HTML parsed, patches.

That is the part of its work that is the library's own; a real event costs about four times as much. Where it makes
no patches, its consumer sends the whole HTML, and so does this.
"""

from __future__ import annotations

from typing import Any

import djust._rust

from bench.others.measuring import measure
from bench.rows import HEAD, Row

TEMPLATE = (
    HEAD.replace("@click", "dj-click").replace("<div", "<div dj-root", 1)
    + """{% for row in rows %}<tr dj-key="{{row.id}}" class="{{row.style}}"><td class="col-md-1">{{row.id}}</td>
<td class="col-md-4"><a class="lbl" dj-click="select" data-id="{{row.id}}">{{row.label}}</a></td>
<td class="col-md-1"><a class="remove" dj-click="remove" data-id="{{row.id}}"><span
class="glyphicon glyphicon-remove" aria-hidden="true"></span></a></td><td class="col-md-6"></td></tr>{% endfor %}
</tbody></table></div>"""
)


class Page:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.selected = 0
        self.view: Any = djust._rust.RustLiveView(TEMPLATE)

    async def update(self) -> str:
        rows = [
            {"id": row.id, "label": row.label, "style": "danger" if row.id == self.selected else ""}
            for row in self.rows
        ]
        self.view.update_state({"rows": rows})
        html, patches, _ = self.view.render_with_diff()
        return str(patches or html)


async def open_page() -> Page:
    return Page()


if __name__ == "__main__":
    measure(open_page)
