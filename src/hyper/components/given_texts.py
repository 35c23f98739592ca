"""``setup(error_texts=…)`` is checked when the application starts: no visitor is the first to meet a mistake in it.

{"greater_than_equal": "Mindestens {ge}."}    is good
{"greater_then_equal": "Mindestens {ge}."}    pydantic has no such type
{"greater_than_equal": "Mindestens {min}."}   pydantic says {ge} of it, and no {min}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from string import Formatter
from typing import Any, Final, TypeAlias, get_args

from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import ErrorType

from hyper.components.error_texts import TEXTS
from hyper.errors import AuthorError

GivenTexts: TypeAlias = "Mapping[str, str] | Callable[[str, Mapping[str, Any]], str | None] | None"
_KINDS: Final = frozenset({*get_args(ErrorType), *TEXTS})
_ALWAYS: Final = frozenset({"s", "actual_length"})
"""``s`` is for more than one; the other is in some errors of a type."""
_REQUIRED: Final = re.compile(r"'(\w+)' required in context")
_SAMPLES: Final = (1, "1", ["1"])
"""Values that pydantic takes for what it says of an error: each name takes one of them."""
_MAX_NAMES: Final = 8


def checked_texts(texts: GivenTexts) -> GivenTexts:
    """The texts. Raises ``AuthorError`` if a mapping has a type or a name in braces that pydantic does not know."""
    if texts is None or callable(texts):
        return texts
    if not isinstance(texts, Mapping):
        raise AuthorError(
            f"setup(error_texts={texts!r:.80}): give texts by pydantic's error types, "
            "such as {'int_parsing': 'Bitte eine ganze Zahl.'}, or a function of type and context"
        )
    for kind, text in texts.items():
        _check(kind, text)
    return texts


def _check(kind: object, text: object) -> None:
    where = f"setup(error_texts={{{kind!r}: {text!r:.80}}})"
    if kind not in _KINDS:
        near = get_close_matches(str(kind), sorted(_KINDS), 1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise AuthorError(
            f"{where}: {kind!r} is none of pydantic's error types: {meant}"
            "A function error_texts(type, context) may also answer for types of your own"
        )
    if not isinstance(text, str):
        raise AuthorError(f"{where}: give a text")
    known = names_of(str(kind))
    for name in _names_in(text, where):
        if known is not None and name not in known | _ALWAYS:
            said = ", ".join(f"{{{one}}}" for one in sorted(known)) or "nothing in braces"
            raise AuthorError(
                f"{where}: {{{name}}} is not known of this error, but {said}; write {{{{ and }}}} for braces"
            )


def _names_in(text: str, where: str) -> list[str]:
    """The names in braces of a text."""
    try:
        found = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise AuthorError(f"{where}: {error}; write {{{{ and }}}} for braces") from None
    return [re.split(r"[.\[]", name)[0] for name in found]


def names_of(kind: str) -> frozenset[str] | None:
    """What pydantic says of an error of this type, by name; ``None`` if it does not tell."""
    context: dict[str, Any] = {}
    for _ in range(_MAX_NAMES):
        missing = _missing(kind, context)
        if not missing:
            return frozenset(context) if missing is not None else None
        context[missing] = next(
            (sample for sample in _SAMPLES if _missing(kind, {**context, missing: sample}) is not None), None
        )
    return None


def _missing(kind: str, context: Mapping[str, Any]) -> str | None:
    """The next name that an error of this type needs; ``""`` if none, ``None`` if it takes no such values."""
    try:
        PydanticKnownError(kind, dict(context))  # type: ignore[arg-type]
    except KeyError:  # a type of ours
        return None
    except TypeError as error:
        found = _REQUIRED.search(str(error))
        return found[1] if found else None
    return ""
