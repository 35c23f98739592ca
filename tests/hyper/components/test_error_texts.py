"""What visitors are told of fields, and how applications replace it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hyper.components.error_texts import error_text
from hyper.testing import mount
from hyper.testing.sources import one
from hyper.transport.component import RequestContext

FORM = """
from typing import Annotated
from pydantic import Field
from hyper import error
@live
def page():
    user = {"age": 5}
    def save(age: Annotated[int, Field(ge=18)]): pass
    t'''<form @submit="save"><input name="age"></form><b>{error("age")}</b>
    <input id="bound" @bind="user.age"><i>{error("user.age")}</i>'''
"""


def told(folder: Path, texts: Any, **headers: str) -> tuple[str, str, str]:
    page = mount(one(folder, FORM), request=RequestContext("s", headers=headers, error_texts=texts))
    said = []
    for age in ("x", "5"):
        page.fill("[name=age]", age)
        page.submit("form")
        said.append(page.text("b"))
    page.fill("#bound", "x")
    return said[0], said[1], page.text("i")


def test_visitors_are_told_in_plain_words(tmp_path: Path) -> None:
    whole = "Please enter a whole number."
    assert told(tmp_path, None) == (whole, "Please enter 18 or more.", whole)


def test_a_mapping_replaces_some_texts(tmp_path: Path) -> None:
    texts = {"greater_than_equal": "Mindestens {ge}, {other}."}
    whole = "Please enter a whole number."
    assert told(tmp_path, texts) == (whole, "Mindestens 18, {other}.", whole)


def test_a_function_knows_the_page(tmp_path: Path) -> None:
    from hyper import request

    def texts(kind: str, context: Mapping[str, Any]) -> str | None:
        language = request().headers.get("accept-language")
        return f"{language}: {kind} {context.get('ge', '-')}" if language else None

    assert told(tmp_path, texts, **{"accept-language": "de"}) == (
        "de: int_parsing -",
        "de: greater_than_equal 18",
        "de: int_parsing -",
    )
    assert told(tmp_path, texts)[0] == "Please enter a whole number."


@pytest.mark.parametrize(
    ("kind", "context", "message", "text"),
    [
        ("value_error", {}, "Value error, Taken", "Taken"),
        ("assertion_error", {}, "Assertion failed, No", "No"),
        ("my_own", {}, "As I say", "As I say"),
        ("json_invalid", {}, "Invalid JSON: …", "Please check this."),
        (
            "value_error",
            {"reason": "no @"},
            "value is not a valid email address: no @",
            "Please enter an email address.",
        ),
        ("string_too_short", {"min_length": 1}, "", "Please enter at least 1 character."),
        ("string_too_short", {"min_length": 2}, "", "Please enter at least 2 characters."),
    ],
)
def test_texts_of_other_errors(kind: str, context: dict[str, Any], message: str, text: str) -> None:
    assert error_text(kind, context, message) == text
