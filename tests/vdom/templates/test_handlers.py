"""Handlers and arguments in event attributes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hyper.vdom import TemplateError
from hyper.vdom.templates.handlers import (
    argument,
    called_handler,
    double_quoted,
    handler,
    handler_owner,
    single_quoted,
)
from hyper.vdom.templates.values import HandlerName


def save() -> None:
    """A handler of the component below."""


class Owner:
    """A component with one handler."""

    def name_of(self, handler: object) -> str | None:
        return "save" if handler is save else None


@contextmanager
def running_component() -> Iterator[None]:
    token = handler_owner.set(Owner())
    yield
    handler_owner.reset(token)


def test_a_handler_has_the_name_that_its_component_gives_it() -> None:
    with running_component():
        assert type(handler(save)) is type(called_handler(save)) is HandlerName
        assert handler(save) == "save"


def test_without_a_handler_there_is_no_attribute() -> None:
    assert handler(None) is None
    assert handler(False) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (print, "print, which is not a handler here"),
        (None, "None: write it only"),
        ("save", "the text 'save'"),
    ],
)
def test_what_is_not_a_handler_of_the_component_is_refused(value: object, message: str) -> None:
    with running_component(), pytest.raises(TemplateError, match=message):
        called_handler(value)


def test_outside_of_components_there_are_no_handlers() -> None:
    with pytest.raises(TemplateError, match="save, which is not a handler here"):
        handler(save)


@pytest.mark.parametrize(
    ("value", "literal"), [(5, 5), ("a\"b'", '"a\\"b\'"'), (None, "null"), (True, "true"), (1.5, "1.5")]
)
def test_arguments_are_json(value: object, literal: object) -> None:
    assert argument(value) == literal


def test_pieces_of_strings_are_escaped_for_their_quotes() -> None:
    assert double_quoted("a\"b'") == "a\\\"b'"
    assert single_quoted("a\"b'") == "a\\\"b\\'"
    assert double_quoted(None) == ""
    assert double_quoted(True) == "true"
    with pytest.raises(TemplateError, match="an event's argument is a list"):
        argument([1])
