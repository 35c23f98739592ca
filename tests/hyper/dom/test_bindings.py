"""Names of ``@event`` attributes, on the examples that the browser client is tested with too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyper.dom.bindings import parse_binding
from hyper.dom.calls import bind_event, data_attribute

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "vectors" / "events" / "bindings.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("attribute", "kind", "words", "keys"), EXAMPLES["names"])
def test_names(attribute: str, kind: str, words: list[str], keys: list[str]) -> None:
    binding = parse_binding(attribute)
    assert (bind_event(binding) if binding.type == "bind" else binding.type) == kind
    assert binding.words == set(words)
    assert {*binding.chords, *binding.keys} == set(keys)


@pytest.mark.parametrize(("attribute", "key", "held", "is_heard"), EXAMPLES["presses"])
def test_presses(attribute: str, key: str | None, held: list[str], is_heard: bool) -> None:
    assert parse_binding(attribute).matches_keys(key, frozenset(held)) is is_heard


def test_words_of_a_binding() -> None:
    binding = parse_binding("@input.debounce.1s.prevent")
    assert (binding.type, binding.words, binding.keys) == ("input", {"debounce", "1s", "prevent"}, ())
    assert parse_binding("@click.outside").is_global
    assert not parse_binding("@click").is_global


@pytest.mark.parametrize("name", ["item_id", "dataset.item_id"])
def test_data_attributes(name: str) -> None:
    assert data_attribute(name) == "data-item-id"
