"""Pages that work without the client, a small and a large one."""

from __future__ import annotations

from hyper import live


@live(fallback="htmx")
def small():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t'<p>{count}</p><button @click="increment">+</button>'


@live(fallback="htmx")
def large():
    count = 0

    def increment():
        nonlocal count
        count += 1

    rows = range(1000)

    t"""
    <p>{count}</p>
    <button @click="increment">+</button>
    <table><tbody>{[t'<tr key="{row}"><td>{row}</td><td><input @change="increment"></td></tr>' for row in rows]}</tbody></table>
    """
