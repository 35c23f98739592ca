"""What a session does that no page says: answers arrive one by one."""

from __future__ import annotations

from pathlib import Path

from hyper.testing import mount
from hyper.testing.sources import one

FORM = """
@live
def page():
    text = ""
    def type(value: str):
        nonlocal text
        text = value.upper()
    t'<input value="{text}" @input="type(value)">'
"""


def test_an_older_answer_does_not_overwrite_what_was_typed_since(tmp_path: Path) -> None:
    page = mount(one(tmp_path, FORM))
    seen = []
    with page.latency():
        for text in ("t", "te", "tea"):
            page.fill("input", text)
            seen.append(page.value("input"))
        arrivals = page._under_test.in_transit
        for arrive in arrivals[:-1]:
            arrive()
            seen.append(page.value("input"))
        del arrivals[:-1]
    assert set(seen[:3]) == {"t", "te", "tea"}
    assert set(seen[3:-1]) == {"tea"}
    assert page.value("input") == "TEA"
