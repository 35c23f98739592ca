"""Which option ``@bind`` marks for a value, and what comes back when another is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.testing import mount
from hyper.testing.sources import one

PAGE = '''
import datetime, enum
class Size(enum.Enum):
    S = "small"
    L = "large"
@live
def page():
    held: TYPE = FIRST
    t"""<select @bind="held">{[t\'<option value="{text}">{text}</option>\' for text in TEXTS]}</select><p>{repr(held)}</p>"""
'''


@pytest.mark.parametrize(
    ("kind", "first", "texts", "marked", "chosen", "held"),
    [
        ("Size", "Size.L", ["small", "large"], "large", "small", "<Size.S: 'small'>"),
        ("bool", "False", ["true", "false"], "false", "true", "True"),
        ("int | None", "None", ["", "5"], "", "5", "5"),
        ("int | None", "5", ["", "5"], "5", "", "None"),
        ("float", "1.0", ["2.5", "1"], "1", "2.5", "2.5"),
        (
            "datetime.date",
            "datetime.date(2026, 1, 2)",
            ["2026-01-01", "2026-01-02"],
            "2026-01-02",
            "2026-01-01",
            "datetime.date(2026, 1, 1)",
        ),
    ],
)
def test_an_option_for_a_value(
    tmp_path: Path, kind: str, first: str, texts: list[str], marked: str, chosen: str, held: str
) -> None:
    source = PAGE.replace("TYPE", kind).replace("FIRST", first).replace("TEXTS", repr(texts))
    with mount(one(tmp_path, source)) as page:
        assert page.value("select") == marked
        page.select("select", chosen)
        assert page.text("p") == held
