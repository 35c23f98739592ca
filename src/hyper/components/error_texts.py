"""What a visitor is told of a field that is not valid.

Pydantic says for programmers what was wrong ("Input should be a valid integer, unable to parse string as an integer");
here each of its error types has a sentence for everybody. ``setup(error_texts=…)`` replaces them, in one place for
sockets and forms: a mapping from pydantic's types, with what pydantic knows in braces, or a function that may look at
``request()``, for the visitor's language.

    {"int_parsing": "Bitte eine ganze Zahl.", "greater_than_equal": "Mindestens {ge}."}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import pydantic
from pydantic_core.core_schema import ErrorType

from hyper.components.running import running_component

_NUMBER: Final = "Please enter a number."
_WHOLE: Final = "Please enter a whole number."
_DATE: Final = "Please enter a date."
_MOMENT: Final = "Please enter a date and a time."
_TIME: Final = "Please enter a time."
_DURATION: Final = "Please enter a duration."
_OPTION: Final = "Please choose one of the options."
_SEVERAL: Final = "Please choose from the options."
_ADDRESS: Final = "Please enter a web address."

TEXTS: Final[Mapping[str, str]] = {
    "missing": "Please fill this in.",
    "string_type": "Please enter a text.",
    "string_too_short": "Please enter at least {min_length} character{s}.",
    "string_too_long": "Please enter at most {max_length} character{s}.",
    "string_pattern_mismatch": "This does not have the right form.",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(
        ("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"), _NUMBER
    ),
    "greater_than": "Please enter more than {gt}.",
    "greater_than_equal": "Please enter {ge} or more.",
    "less_than": "Please enter less than {lt}.",
    "less_than_equal": "Please enter {le} or less.",
    "multiple_of": "Please enter a multiple of {multiple_of}.",
    "decimal_max_digits": "Please enter at most {max_digits} digit{s}.",
    "decimal_max_places": "Please enter at most {decimal_places} decimal place{s}.",
    "decimal_whole_digits": "Please enter at most {whole_digits} digit{s} before the decimal point.",
    **dict.fromkeys(("bool_type", "bool_parsing"), "Please choose yes or no."),
    **dict.fromkeys(("enum", "literal_error"), _OPTION),
    **dict.fromkeys(("list_type", "set_type", "frozen_set_type", "tuple_type"), _SEVERAL),
    "too_short": "Please choose at least {min_length}.",
    "too_long": "Please choose at most {max_length}.",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DATE
    ),
    "date_past": "Please enter a date in the past.",
    "date_future": "Please enter a date in the future.",
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), _MOMENT),
    "datetime_past": "Please enter a time in the past.",
    "datetime_future": "Please enter a time in the future.",
    **dict.fromkeys(("time_type", "time_parsing"), _TIME),
    **dict.fromkeys(("time_delta_type", "time_delta_parsing"), _DURATION),
    **dict.fromkeys(("url_type", "url_parsing", "url_scheme", "url_syntax_violation"), _ADDRESS),
    "email": "Please enter an email address.",
}
"""By pydantic's error types; ``email`` is for those of ``EmailStr``, which has no type of its own."""
_OTHERWISE: Final = "Please check this."
_COUNTS: Final = ("min_length", "max_length", "max_digits", "decimal_places", "whole_digits")
_OWN_WORDS: Final = ("Value error, ", "Assertion failed, ")
"""Before the message of an author's ``ValueError`` or ``AssertionError``."""
_PYDANTICS: Final = frozenset(get_args(ErrorType)) - {"value_error", "assertion_error"}


def error_text(kind: str, context: Mapping[str, Any], message: str = _OTHERWISE) -> str:
    """The text for an error of pydantic's type ``kind``, for the visitor of the running component.

    ``message`` is its own, which an author may have written.
    """
    if kind == "value_error" and message.startswith("value is not a valid email address"):
        kind = "email"
    mounted = running_component()
    request = mounted.page.request if mounted is not None else None
    texts = request.error_texts if request is not None else None
    found = texts(kind, context) if callable(texts) else (texts or {}).get(kind)
    text = TEXTS.get(kind) if found is None else found
    if text is not None:
        return text.format_map(_Context(context))
    for prefix in _OWN_WORDS:
        message = message.removeprefix(prefix)
    return _OTHERWISE if kind in _PYDANTICS else message


class _Context(dict[str, Any]):
    """What pydantic knows of an error, and ``s`` for more than one."""

    def __missing__(self, name: str) -> str:
        """``{s}`` of the texts above; any other name stays as it is written."""
        if name != "s":
            return f"{{{name}}}"
        return "" if any(self.get(count) == 1 for count in _COUNTS) else "s"


def texts_of(error: pydantic.ValidationError) -> list[tuple[tuple[int | str, ...], str]]:
    """The place and the text of each error, for visitors."""
    return [
        (item["loc"], error_text(item["type"], item.get("ctx", {}), item["msg"]))
        for item in error.errors(include_url=False, include_input=False)
    ]
