"""Every reason why an event can fail, from ``vectors/events/failures.json``, and a page on which all of them can happen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

SOURCE: Final = """
import asyncio
from hyper import Invalid, push

@live
def page():
    count, wrong, taken = 0, "", None
    def add():
        nonlocal count, wrong
        count, wrong = count + 1, ""
    def take(given):
        nonlocal taken
        taken = given
    def number(given: int):
        pass
    def refuse():
        raise Invalid(given="Not this one.")
    def refuse_oddly():
        raise Invalid(given=object())
    def fail():
        raise ZeroDivisionError("on purpose")
    async def meet():
        work = asyncio.ensure_future(asyncio.sleep(60))
        work.cancel()
        await work
    async def cancel():
        raise asyncio.CancelledError
    async def wait():
        await asyncio.sleep(3600)
    def push_oddly():
        push("note", object())
    def push_circle():
        circle = []
        circle.append(circle)
        push("note", circle)
    def push_nameless():
        push(object())
    def break_view():
        nonlocal wrong
        wrong = "raises"
    def cancel_view():
        nonlocal wrong
        wrong = "cancelled"
    def shown():
        if wrong == "raises":
            raise ZeroDivisionError("in the view")
        if wrong == "cancelled":
            raise asyncio.CancelledError
        return count
    t'''<div><b>{shown()}</b><button @click="add">+</button>
    <i @pick="take(given)" @chosen="number(given)" @odd="take(nothing)"></i>
    <a @refuse="refuse" @refuse_oddly="refuse_oddly" @fail="fail" @meet="meet" @cancel="cancel" @wait="wait"></a>
    <u @push_oddly="push_oddly" @push_circle="push_circle" @push_nameless="push_nameless"></u>
    <s @break_view="break_view" @cancel_view="cancel_view"></s></div>'''
"""


class Failure(NamedTuple):
    """One reason."""

    name: str
    call: str
    by: str
    """``client``, ``server`` or ``view``."""
    code: str
    given: Any

    @property
    def handler(self) -> str:
        return self.call.partition("(")[0]

    @property
    def args(self) -> list[Any] | None:
        return [self.given] if "(" in self.call else None


class Circle(list[Any]):
    """A list that holds itself; one that pytest can print."""

    def __init__(self) -> None:
        super().__init__()
        self.append(self)


def made(how: list[Any]) -> Any:
    """A value that JSON cannot hold, or that would be too long to write down."""
    kind, *rest = how
    if kind == "repeat":
        return rest[0] * rest[1]
    if kind == "many":
        return list(range(rest[0]))
    if kind == "integer":
        return int(rest[0])
    if kind == "nest":
        value: list[Any] = []
        for _ in range(rest[0]):
            value = [value]
        return value
    return Circle() if kind == "circle" else object()


TABLE: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "vectors/events/failures.json").read_text("utf-8")
)["failures"]

FAILURES: Final = [
    Failure(
        row["name"],
        row["call"],
        row["by"],
        row["code"],
        made(row["make"]) if "make" in row else row.get("given"),
    )
    for row in TABLE
]
