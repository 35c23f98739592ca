"""The rows of the js-framework-benchmark, and the page they make printed as one string.

Printing is the limit that everything is compared with: what any server that renders again has to pay at
least. It is written as fast as plain Python allows, one f-string per row, and every text is escaped (numbers
need it not), by the escape function that is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Final

ADJECTIVES: Final = (
    "pretty large big small tall short long handsome plain quaint clean elegant easy angry crazy helpful "
    "mushy odd unsightly adorable important inexpensive cheap expensive fancy"
).split()
COLOURS: Final = "red yellow blue green pink brown purple brown white black orange".split()
NOUNS: Final = "table chair house bbq desk car pony cookie sandwich burger pizza mouse keyboard".split()

DANGER: Final = ' class="danger"'
HEAD: Final = """<div class="container">
      <div class="jumbotron">
        <button @click="create">Create 1,000 rows</button>
        <button @click="append">Append 1,000 rows</button>
        <button @click="update">Update every 10th row</button>
        <button @click="clear">Clear</button>
        <button @click="swap">Swap rows</button>
      </div>
      """

Escape = Callable[[str], str]

_random = Random(1)
_ids = count(1)


@dataclass(slots=True)
class Row:
    """One row of the table."""

    id: int
    label: str


def build_rows(how_many: int) -> list[Row]:
    """New rows, numbered on from the last ones that were built."""
    pick = _random.choice
    return [Row(next(_ids), f"{pick(ADJECTIVES)} {pick(COLOURS)} {pick(NOUNS)}") for _ in range(how_many)]


def print_rows(rows: Sequence[Row], selected: int, escape: Escape) -> str:
    """The HTML of some rows."""
    return "".join(
        [
            f'<tr key="{row.id}"{DANGER if row.id == selected else ""}><td class="col-md-1">{row.id}</td>'
            f'<td class="col-md-4"><a class="lbl" @click="select({row.id})">{escape(row.label)}</a></td>'
            f'<td class="col-md-1"><a class="remove" @click="remove({row.id})"><span '
            'class="glyphicon glyphicon-remove" aria-hidden="true"></span></a></td>'
            '<td class="col-md-6"></td></tr>'
            for row in rows
        ]
    )


def print_page(rows: Sequence[Row], selected: int, escape: Escape) -> str:
    """The HTML of the whole page; the same that the component ``table`` shows."""
    return (
        f'{HEAD}<table class="table table-hover table-striped test-data"><tbody>'
        f"{print_rows(rows, selected, escape)}</tbody></table>\n    </div>"
    )
