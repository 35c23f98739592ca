"""Texts for notices: how they are given, and what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import hyper
from hyper.errors import AuthorError
from hyper.web.notices import MAX_NOTICES_LENGTH, Notices

REQUEST = make_mocked_request("GET", "/")
TEXTS = {"offline": 'Weg & "ab" <b>', "http_404": "Fehlt\ud800"}


@pytest.mark.parametrize("given", [TEXTS, lambda request: TEXTS], ids=["texts", "function"])
def test_texts_are_written_into_an_address(given: Any) -> None:
    query = Notices(given).query(REQUEST)
    assert not set(query) & set("\"'<> ")
    assert parse_qs(query[1:]) == {"offline": ['Weg & "ab" <b>'], "http_404": ["Fehlt?"]}


@pytest.mark.parametrize("given", [None, {}, lambda request: {}])
def test_without_texts_there_is_no_query(given: Any) -> None:
    assert Notices(given).query(REQUEST) == ""


@pytest.mark.parametrize(
    "texts",
    [
        "offline",
        ["offline"],
        {"offline": 5},
        {5: "a"},
        {"a b": "c"},
        {"offline": "a" * (MAX_NOTICES_LENGTH + 1)},
    ],
)
def test_what_is_no_text_is_refused(texts: Any) -> None:
    with pytest.raises(AuthorError, match="Verbindung verloren"):
        hyper.setup(web.Application(), secret="of these tests", notices=texts)
    with pytest.raises(AuthorError, match="Verbindung verloren"):
        Notices(lambda request: texts).query(REQUEST)
