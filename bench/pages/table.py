"""The table of the js-framework-benchmark, and its operations as handlers."""

from __future__ import annotations

from bench.rows import Row, build_rows
from hyper import live


@live
def table(how_many: int = 0):
    rows: list[Row] = build_rows(how_many)
    selected = 0

    def create(count: int = 1000):
        nonlocal rows, selected
        rows, selected = build_rows(count), 0

    def append(count: int = 1000):
        rows.extend(build_rows(count))

    def update():
        for row in rows[::10]:
            row.label += " !!!"

    def swap():
        rows[1], rows[-2] = rows[-2], rows[1]

    def clear():
        rows.clear()

    def select(id: int):
        nonlocal selected
        selected = id

    def remove(id: int):
        rows[:] = [row for row in rows if row.id != id]

    lines = [
        t"""
        <tr key="{row.id}" class="{"danger" if row.id == selected else None}"><td
            class="col-md-1">{row.id}</td><td class="col-md-4"><a
            class="lbl" @click="select({row.id})">{row.label}</a></td><td class="col-md-1"><a
            class="remove" @click="remove({row.id})"><span class="glyphicon glyphicon-remove"
            aria-hidden="true"></span></a></td><td class="col-md-6"></td></tr>
        """
        for row in rows
    ]
    t"""
    <div class="container">
      <div class="jumbotron">
        <button @click="create">Create 1,000 rows</button>
        <button @click="append">Append 1,000 rows</button>
        <button @click="update">Update every 10th row</button>
        <button @click="clear">Clear</button>
        <button @click="swap">Swap rows</button>
      </div>
      <table class="table table-hover table-striped test-data"><tbody>{lines}</tbody></table>
    </div>
    """
