"""The shared vectors, on trees and on lxml trees; ``tests/js`` and ``tests/browser`` run the same files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from lxml import html as lxml_html

from hyper.diff import PatchError, apply_patches, patches_from_json, patches_to_json
from hyper.diff.lxml import apply_to_lxml, tree_from_lxml
from hyper.vdom import Root, parse_document, parse_html, to_html
from hyper.vdom.htmlspec import NAMESPACE_URIS
from tests.vectors.generate import files

VECTORS = Path(__file__).parent.parent / "vectors"
CASES = [case for file in sorted(VECTORS.glob("*.json")) for case in json.loads(file.read_text("utf-8"))]
REFUSED = json.loads((VECTORS / "refused" / "refused.json").read_text("utf-8"))


def parse(html: str, context: str) -> Root:
    return parse_document(html) if context == "#document" else parse_html(html, context=context)


def names(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", CASES, ids=names)
def test_patches_turn_old_into_new(case: dict[str, Any]) -> None:
    old, new = parse(case["old"], case["context"]), parse(case["new"], case["context"])
    assert [to_html(old), to_html(new)] == [case["old"], case["new"]]
    assert apply_patches(old, case["patches"]) == new
    assert patches_from_json(patches_to_json(case["patches"])) == case["patches"]


def lxml_element(context: str) -> Any:
    namespace, _, tag = context.rpartition(":")
    if context in ("svg", "math"):
        namespace = context
    return etree.Element(f"{{{NAMESPACE_URIS[namespace]}}}{tag}") if namespace else lxml_html.Element(tag)


@pytest.mark.parametrize("case", [case for case in CASES if case["context"] != "#document"], ids=names)
def test_on_lxml_trees(case: dict[str, Any]) -> None:
    page = lxml_element(case["context"])
    try:
        apply_to_lxml(page, [{"path": "", "insert": 0, "html": case["old"]}], "html")
    except PatchError:
        pytest.skip("lxml cannot hold the old page")
    if to_html(tree_from_lxml(page, "html")) != case["old"]:
        pytest.skip("without namespaces this page is another one")
    try:
        apply_to_lxml(page, case["patches"], "html")
    except PatchError as error:
        assert "lxml cannot hold" in str(error)  # noqa: PT017
    else:
        found = to_html(tree_from_lxml(page, "html"))
        assert parse(found, case["context"]) == parse(case["new"], case["context"])


@pytest.mark.parametrize("case", REFUSED, ids=names)
def test_what_does_not_fit_is_refused_whole(case: dict[str, Any]) -> None:
    with pytest.raises(PatchError):
        apply_patches(parse_html(case["old"]), case["bad"])
    page = lxml_html.Element("body")
    apply_to_lxml(page, [{"path": "", "insert": 0, "html": case["old"]}], "html")
    with pytest.raises(PatchError):
        apply_to_lxml(page, case["bad"], "html")
    assert to_html(tree_from_lxml(page, "html")) == case["old"]


def test_there_are_enough_cases() -> None:
    assert len(CASES) > 400
    assert len(REFUSED) > 20
    shapes = {tuple(patch) for case in CASES for patch in case["patches"]}
    assert len(shapes) == 9


def test_the_files_are_what_the_generator_writes() -> None:
    for path, text in files().items():
        assert path.read_text("utf-8") == text, f"run python -m tests.vectors.generate: {path.name} is old"
