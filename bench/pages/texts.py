"""Pages on which one text changes: a counter alone, beside rows that stay, and among others of its kind."""

from __future__ import annotations

from bench.rows import build_rows
from hyper import live


@live
def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t"""<div><p>Count: {count}</p><button @click="increment">+</button></div>"""


@live
def counter_beside_rows(how_many: int):
    rows = build_rows(how_many)

    def clear():
        rows.clear()

    lines = [t"<li key={row.id}>{row.label}</li>" for row in rows]
    t"""<main><{counter} /><ul @dblclick="clear">{lines}</ul></main>"""


@live
def many_counters(how_many: int):
    t"<main>{[t'<{counter} key={number} />' for number in range(how_many)]}</main>"
