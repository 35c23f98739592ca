"""Ten thousand rows: search, sort and page through them. Only what changes on the screen is sent."""

import random
from functools import cache
from operator import itemgetter
from typing import Literal

from hyper import live

Column = Literal["number", "customer", "city", "ordered", "amount"]
Row = dict[Column, str | int | float]
TITLES: dict[Column, str] = {
    "number": "No.", "customer": "Customer", "city": "City", "ordered": "Ordered", "amount": "Amount",
}  # fmt: skip
ROWS, PAGE = 10_000, 10
FIRST = "Ada Alan Barbara Bjarne Donald Edsger Frances Grace Guido Hedy John Katherine Ken Margaret Radia".split()
LAST = "Allen Backus Dijkstra Hamilton Hopper Johnson Kernighan Knuth Lamarr Liskov Lovelace Perlman Turing".split()
CITIES = "Accra Bergen Cusco Dakar Espoo Fes Galway Hanoi Izmir Kyoto Lagos Malmö Nantes Porto Quito Turin".split()


@cache
def orders() -> list[Row]:
    chance = random.Random(7)
    return [
        {
            "number": number,
            "customer": f"{chance.choice(FIRST)} {chance.choice(LAST)}",
            "city": chance.choice(CITIES),
            "ordered": f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            "amount": round(chance.uniform(5, 2000), 2),
        }
        for number in range(1, ROWS + 1)
    ]


@cache
def texts() -> list[str]:
    """What the search looks at, row by row."""
    return [" ".join(map(str, row.values())).lower() for row in orders()]


def matching(query: str) -> list[Row]:
    words = query.lower().split()
    return [row for row, text in zip(orders(), texts(), strict=True) if all(word in text for word in words)]


@live
def table():
    query = ""
    found = orders()
    column: Column = "number"
    down = False
    page = 0

    def search(value: str):
        nonlocal query, page
        query, page = value, 0
        _arrange()

    def sort(by: Column):
        nonlocal column, down, page
        column, down, page = by, by == column and not down, 0
        _arrange()

    def turn(by: int):
        nonlocal page
        page = max(0, min(page + by, (len(found) - 1) // PAGE))

    def _arrange():
        nonlocal found
        found = sorted(matching(query), key=itemgetter(column), reverse=down)

    first = page * PAGE
    shown = found[first : first + PAGE]
    t"""
    <section class="orders" aria-labelledby="title">
        <header>
            <h1 id="title">Orders</h1>
            <input type="search" aria-label="Search" placeholder="Search {ROWS:,} orders" autocomplete="off"
                @input.debounce.150ms="search(value)">
        </header>
        <div class="scroller" tabindex="0" role="region" aria-label="Rows"><table>
            <thead><tr>{[t'''
                <th scope="col" class="{name}" aria-sort="{
                    ("descending" if down else "ascending") if name == column else "none"
                }"><button @click="sort({name})">{title}</button></th>''' for name, title in TITLES.items()]}</tr></thead>
            <tbody>{[t'''
                <tr key="{row["number"]}">{[
                    t'<td class="{name}">{f"{value:,.2f}" if name == "amount" else value}</td>'
                    for name, value in row.items()
                ]}</tr>''' for row in shown]}</tbody>
        </table></div>
        <footer>
            <p aria-live="polite">{f"{first + 1:,}–{first + len(shown):,} of {len(found):,}" if found else "Nothing found"}</p>
            <nav aria-label="Pages">
                <button @click="turn(-1)" aria-disabled="{first == 0}">← Back</button>
                <button @click="turn(1)" aria-disabled="{first + PAGE >= len(found)}">Next →</button>
            </nav>
        </footer>
    </section>
    """
