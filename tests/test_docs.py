"""What the README and the documentation show is run: a page that lies fails here.

The ``python`` blocks of a page are one module, loaded as ``hyper.load`` loads any file, with the page's line
numbers, so an error names the line of the page. Functions named ``test_…`` in it are called. A block marked
``python partial`` shows a fragment that cannot run alone; ``json output`` shows what the page prints.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hyper.loader import load_module

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LANGUAGES = {
    "",
    "python",
    "python partial",
    "console",
    "html",
    "css",
    "js",
    "json",
    "json output",
    "text",
    "toml",
    "ini",
    "nginx",
}
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>.*)$")


def blocks_of(text: str) -> list[tuple[str, int, list[str]]]:
    """Language, line of the fence (from 1) and lines of each code block."""
    blocks: list[tuple[str, int, list[str]]] = []
    inside: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if inside is not None and fence and fence["fence"] == inside and not fence["language"]:
            inside = None
        elif inside is not None:
            blocks[-1][2].append(line)
        elif fence:
            inside = fence["fence"]
            blocks.append((fence["language"].strip(), number, []))
    return blocks


def module_source(text: str) -> str:
    """The runnable blocks of a page, each line where it stands on the page."""
    lines = [""] * len(text.splitlines())
    for language, fence_line, code in blocks_of(text):
        if language == "python":
            lines[fence_line : fence_line + len(code)] = code
    return "\n".join(lines) + "\n"


def run(page: Path, folder: Path) -> ModuleType:
    """The page's module, as far as it is Python."""
    file = folder / f"{page.stem.replace('-', '_').lower()}.py"
    file.write_text(module_source(page.read_text("utf-8")), encoding="utf-8")
    return load_module(file)


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_blocks_are_of_a_known_language(page: Path) -> None:
    assert {language for language, _, _ in blocks_of(page.read_text("utf-8"))} <= LANGUAGES


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "```python\n" in page.read_text("utf-8")], ids=page_id
)
async def test_python_blocks_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    module = run(page, tmp_path)
    shown = [code for language, _, code in blocks_of(page.read_text("utf-8")) if language == "json output"]
    assert capsys.readouterr().out.splitlines() == [line for code in shown for line in code]
    for name, value in list(vars(module).items()):
        if name.startswith("test_") and callable(value):
            await _called(value)


async def _called(function: Any) -> None:
    result = function()
    if inspect.isawaitable(result):
        await result


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_json_blocks_are_json(page: Path) -> None:
    for language, line, code in blocks_of(page.read_text("utf-8")):
        if language.startswith("json"):
            for text in code:  # one document to a line, as on the wire
                assert json.loads(text) is not None, line


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """``docs/build.py``."""
    pytest.importorskip("markdown_it")
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "docs_build", module)
    spec.loader.exec_module(module)
    return module


def test_the_site_is_built_from_every_page(site: ModuleType, tmp_path: Path) -> None:
    pages = {page.path for page in site.build(tmp_path)}
    files = {str(page.relative_to(ROOT / "docs").with_suffix("")) for page in ROOT.glob("docs/**/*.md")}
    assert files <= pages
    assert (tmp_path / "index.html").is_file()


def test_a_link_that_leads_nowhere_is_found(site: ModuleType) -> None:
    pages = [
        site.Page("a", "A", '<a href="guides/b.html#x">b</a>'),
        site.Page("guides/b", "B", '<h2 id="y"></h2>'),
    ]
    assert list(site.broken_links(pages)) == ["a: nothing at guides/b.html#x"]


NAMES: dict[str, list[str]] = json.loads((ROOT / "tests/public_names.json").read_text("utf-8"))


@pytest.mark.parametrize("package", NAMES)
def test_every_public_name_is_documented(package: str) -> None:
    module = importlib.import_module(package)
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name in NAMES[package]:
        value = getattr(module, name)
        described = inspect.getdoc(value) if inspect.isroutine(value) or inspect.isclass(value) else ""
        shown = re.search(rf"\b{re.escape(name)}\b", text)
        assert described or shown, f"{package}.{name} has no docstring and stands on no page"
        assert package != "hyper" or shown, f"{package}.{name} stands on no page"
