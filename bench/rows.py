"""The rows of the js-framework-benchmark, and the page they make printed as one string.

Printing is the limit that everything is compared with: what any server that renders again has to pay at
least. It is written as fast as plain Python allows, one f-string for each row, in two ways: with every value
escaped, as any template engine does, and with only the labels escaped, by somebody who knows that all else
are numbers. The escape function is given.
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
      <table class="table table-hover table-striped test-data"><tbody>"""

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
    """The HTML of some rows, every value escaped."""
    return "".join(
        [
            f'<tr key="{escape(str(row.id))}"{DANGER if row.id == selected else ""}>'
            f'<td class="col-md-1">{escape(str(row.id))}</td><td class="col-md-4"><a class="lbl" '
            f'@click="select({escape(str(row.id))})">{escape(row.label)}</a></td><td class="col-md-1"><a '
            f'class="remove" @click="remove({escape(str(row.id))})"><span class="glyphicon glyphicon-remove" '
            'aria-hidden="true"></span></a></td><td class="col-md-6"></td></tr>'
            for row in rows
        ]
    )


def print_rows_knowing(rows: Sequence[Row], selected: int, escape: Escape) -> str:
    """The same, printed by somebody who knows that only labels need escaping."""
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


def in_page(rows_html: str) -> str:
    """The HTML of the page around printed rows; the same that the component ``table`` shows."""
    return f"{HEAD}{rows_html}</tbody></table>\n    </div>"
