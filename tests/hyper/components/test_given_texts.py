"""Mistakes in ``setup(error_texts=…)`` are told when the application starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from hyper.components.error_texts import TEXTS
from hyper.components.given_texts import checked_texts, names_of
from hyper.errors import AuthorError


def told(kind: str, context: Mapping[str, Any]) -> str | None:
    return None


@pytest.mark.parametrize(
    "texts",
    [
        None,
        told,
        {},
        TEXTS,
        {"greater_than_equal": "Mindestens {ge}."},
        {"greater_than_equal": "Mindestens {ge:.2f}, {{so}}."},
        {"string_too_short": "{min_length} Zeichen{s}, oder mehr"},
        {"too_long": "{actual_length} sind zu viele"},
        {"email": "Bitte eine Adresse. {reason}"},
        {"value_error": "{error}"},
    ],
)
def test_what_is_good(texts: Any) -> None:
    assert checked_texts(texts) is texts


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["int_parsing"], "give texts by pydantic's error types, such as {'int_parsing'"),
        ({"greater_then_equal": "x"}, "did you mean 'greater_than_equal'? A function"),
        ({"qqq": "x"}, "'qqq' is none of pydantic's error types: A function error_texts(type, context)"),
        ({5: "x"}, "5 is none of pydantic's error types"),
        ({"int_parsing": 5}, "setup(error_texts={'int_parsing': 5}): give a text"),
        ({"greater_than_equal": "Mindestens {min}."}, "{min} is not known of this error, but {ge}; write {{"),
        ({"int_parsing": "Keine Zahl: {input}"}, "{input} is not known of this error, but nothing in braces"),
        ({"less_than": "{}"}, "{} is not known of this error, but {lt}"),
        ({"less_than": "{"}, "write {{ and }} for braces"),
        ({"less_than": "{gt.real}"}, "{gt} is not known"),
    ],
)
def test_what_is_not(texts: Any, message: str) -> None:
    with pytest.raises(AuthorError, match=re.escape(message)):
        checked_texts(texts)


def test_what_pydantic_says_of_an_error() -> None:
    assert names_of("less_than") == {"lt"}
    assert names_of("string_pattern_mismatch") == {"pattern"}
    assert names_of("too_short") == {"field_type", "min_length", "actual_length"}
    assert names_of("int_parsing") == set()
    assert names_of("email") is None
