"""django-unicorn: the POST of one action, from its body, which brings the state, to the text of the answer."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import django
import orjson
from django.conf import settings

from bench.others.measuring import measure
from bench.rows import HEAD, Row

TEMPLATE = (
    HEAD.replace("@click", "unicorn:click")
    + """{% for row in rows %}<tr unicorn:key="{{ row.id }}" class="{% if row.id == selected %}danger{% endif %}"><td
class="col-md-1">{{ row.id }}</td><td class="col-md-4"><a class="lbl" unicorn:click="select({{ row.id }})">{{ row.label
}}</a></td><td class="col-md-1"><a class="remove" unicorn:click="remove({{ row.id }})"><span
class="glyphicon glyphicon-remove" aria-hidden="true"></span></a></td><td class="col-md-6"></td></tr>{% endfor %}
</tbody></table></div>"""
)

settings.configure(
    SECRET_KEY="benchmarks sign with this and it is no secret",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django_unicorn"],
    UNICORN={"APPS": ["shop"]},
    ROOT_URLCONF="django_unicorn.urls",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.locmem.Loader", {"unicorn/table.html": TEMPLATE})],
            },
        }
    ],
)
django.setup()

from django.test import RequestFactory  # noqa: E402
from django_unicorn.components import UnicornView  # noqa: E402
from django_unicorn.utils import generate_checksum  # noqa: E402
from django_unicorn.views import message  # noqa: E402


class TableView(UnicornView):  # type: ignore[misc]
    """All that it has comes with the request."""

    template_name = "unicorn/table.html"
    rows: list[dict[str, Any]] = []  # noqa: RUF012
    selected = 0

    def select(self, id: int) -> None:
        self.selected = id

    def remove(self, id: int) -> None:
        self.rows = [row for row in self.rows if row["id"] != id]


def _register() -> None:
    """Where django-unicorn looks for a component: a module of the application."""
    for name in ("shop", "shop.components", "shop.components.table"):
        sys.modules[name] = ModuleType(name)
    sys.modules["shop.components.table"].TableView = TableView  # type: ignore[attr-defined]


class Page:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.selected = 0
        self.requests = RequestFactory()
        self.epoch = 0

    async def update(self) -> str:
        """The browser holds the state: what it posts once that has changed, and the answer."""
        request = self.requests.post("/message/table", self.said(), content_type="application/json")
        request._dont_enforce_csrf_checks = True
        return str(message(request, "table").content.decode())

    def said(self) -> bytes:
        """A few per cent of the time, and the browser's work."""
        self.epoch += 1
        rows = [{"id": row.id, "label": row.label} for row in self.rows]
        data = {"rows": rows, "selected": self.selected}
        refresh = {"type": "callMethod", "payload": {"name": "$refresh"}}
        meta = f"{generate_checksum(data)}::{self.epoch}"
        return orjson.dumps({"id": "table", "data": data, "meta": meta, "actionQueue": [refresh]})


async def open_page() -> Page:
    _register()
    return Page()


if __name__ == "__main__":
    measure(open_page)
