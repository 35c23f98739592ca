"""What browsers make of the text of an ``<input>``: as Chromium has it."""

from __future__ import annotations

import pytest

from hyper.dom.values import sanitized


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "a\r\nb ", "ab "),
        ("email", " a@b\n", "a@b"),
        ("number", "12.50", "12.50"),
        ("number", "12 eggs", ""),
        ("number", "1e999", ""),
        ("color", "#FF0000", "#ff0000"),
        ("color", "no color", "#000000"),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "2026-02-30", ""),
        ("time", "09:30:05.5", "09:30:05.5"),
        ("time", "24:00", ""),
        ("month", "2026-13", ""),
        ("week", "2026-W53", "2026-W53"),
        ("week", "2025-W53", ""),
        ("datetime-local", "2026-01-05 09:00:00", "2026-01-05T09:00"),
        ("datetime-local", "2026-01-05", ""),
        ("hidden", "a\nb", "a\nb"),
    ],
)
def test_a_value_is_what_its_type_allows(kind: str, text: str, value: str) -> None:
    assert sanitized(kind, text) == value


@pytest.mark.parametrize(
    ("attributes", "text", "value"),
    [
        ({}, "", "50"),
        ({}, "5.00", "5"),
        ({"max": "10"}, "80", "10"),
        ({"min": "-100"}, "-50", "-50"),
        ({"step": "10"}, "15", "20"),
        ({"min": "3", "step": "10", "max": "30"}, "29", "23"),
        ({"step": "10", "value": "15"}, "31", "35"),
        ({"step": "0.1"}, "0.34", "0.3"),
        ({"step": "any"}, "0.345", "0.345"),
        ({"min": "20", "max": "10"}, "5", "20"),
    ],
)
def test_a_slider_stays_within_its_limits(attributes: dict[str, str], text: str, value: str) -> None:
    assert sanitized("range", text, attributes) == value
