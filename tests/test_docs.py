"""What the README and the documentation show is run: a page that lies fails here.

The ``python`` blocks of a page are one module, loaded as ``hyper.load`` loads any file, with the page's line
numbers, so an error names the line of the page. Functions named ``test_…`` in it are called. A block marked
``python partial`` shows a fragment that cannot run alone; ``json output`` shows what the page prints.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import json
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

import hyper
from hyper.commands.diff_report import report_text
from hyper.components.loader import load_module
from hyper.testing import Page, mount
from hyper.transport.component import BadArgumentError
from hyper.transport.limits import Limits
from tests.browser.behaviours.rows import DIFFERENCES, ENGINES, table_for

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
def test_python_blocks_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    module = run(page, tmp_path)
    shown = [code for language, _, code in blocks_of(page.read_text("utf-8")) if language == "json output"]
    assert capsys.readouterr().out.splitlines() == [line for code in shown for line in code]
    for name, value in list(vars(module).items()):
        if name.startswith("test_") and callable(value):
            result = value()
            if inspect.iscoroutine(result):
                asyncio.run(result)


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


def test_every_behaviour_of_the_table_is_a_test_and_the_other_way_round() -> None:
    text = (ROOT / "docs" / "behaviours.md").read_text("utf-8").partition("## What does not apply")[0]
    rows = {row.lower().replace(" ", "_") for row in re.findall(r"^\| (.*?) \|", text, re.MULTILINE)}
    sources = [file.read_text("utf-8") for file in (ROOT / "tests/browser/behaviours").glob("test_*.py")]
    tests = {
        name for source in sources for name in re.findall(r"^async def test_(\w+)", source, re.MULTILINE)
    }
    assert rows - {"behaviour"} == tests


def test_the_table_of_controls_is_as_large_as_its_page_says() -> None:
    text = (ROOT / "docs" / "behaviours.md").read_text("utf-8").partition("## The table of controls")[2]
    found = re.findall(
        r"^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| (\d+) \| (\d{4}-\d\d-\d\d) \|$", text, re.MULTILINE
    )
    numbers = {engine.lower(): [int(n.replace(",", "")) for n in found] for engine, *found, _ in found}
    assert {engine: rows for engine, (rows, *_) in numbers.items()} == {
        engine: len(table_for(engine)) for engine in ENGINES
    }
    assert all(tried <= rows for rows, tried, _ in numbers.values())
    for difference in DIFFERENCES:
        assert f"| {difference.engine} | {difference.what} |".lower() in text.lower()


def test_the_limits_of_the_guide_are_those_of_the_code() -> None:
    text = (ROOT / "docs/guides/deployment.md").read_text("utf-8").partition("## Limits")[2]
    rows = re.findall(r"^\| (`.*?`) \| (\d.*?) \|", text, re.MULTILINE)
    assert len(rows) > 5
    for names, defaults in rows:
        said = [float(default.replace(",", "")) for default in defaults.split(", ")]
        assert said == [getattr(Limits(), name) for name in re.findall(r"\w+", names)]


def test_the_loggers_have_the_names_that_applications_configure() -> None:
    sources = [
        file for part in ("src/hyper", "transport", "vdom", "diff") for file in (ROOT / part).rglob("*.py")
    ]
    used = {
        name for file in sources for name in re.findall(r'getLogger\("([\w.]+)"\)', file.read_text("utf-8"))
    }
    guide = (ROOT / "docs/guides/deployment.md").read_text("utf-8")
    named = set(re.findall(r"`([\w.]+)`", guide.partition("loggers ")[2].partition(". What")[0]))
    assert used == {"hyper", "hyper.state"}
    assert used <= named


def test_the_guide_shows_what_hyper_diff_prints() -> None:
    text = (ROOT / "docs/guides/just-the-diff.md").read_text("utf-8").partition("## On the command line")[2]
    blocks = [(language, "\n".join(code)) for language, _, code in blocks_of(text)]
    old, new = (code for language, code in blocks if language == "html")
    (report,) = (code for language, code in blocks if language == "text")
    assert report_text(f"{old}\n", f"{new}\n") == report


def test_every_error_of_the_reference_can_be_caught_by_name_and_the_other_way_round() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    told = set(re.findall(r"`((?:hyper\.)?\w+(?:Error|Warning))`", text)) - {"CancelledError", "LookupError"}
    homes = [importlib.import_module(name) for name in ("hyper", "hyper.vdom", "hyper.diff")]
    public = {name: getattr(home, name) for home in homes for name in home.__all__}
    assert told <= set(public)
    classes = {
        name
        for name in hyper.__all__
        if isinstance(found := public[name], type) and issubclass(found, Exception)
    }
    assert classes - {"Invalid"} <= told


def test_every_trap_names_tests_that_are_there() -> None:
    rows = re.findall(
        r"^\| .* \| .* \| (`.*`) \|$", (ROOT / "docs" / "traps.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows
    for file, name in re.findall(r"`([^`]+?)::([^`]+)`", "".join(rows)):
        text = (ROOT / "tests" / file).read_text("utf-8")
        assert f"def {name}(" in text or f'"{name}"' in text, f"{file}::{name}"


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


@pytest.mark.parametrize("package", NAMES)
def test_every_public_name_stands_in_the_reference(site: ModuleType, package: str) -> None:
    body = site.reference_page(package).body
    assert set(NAMES[package]) <= set(re.findall(r'<h2 id="(\w+)"', body))


# What the pages say about their components, on those components


@pytest.fixture
def page_of(tmp_path: Path) -> Callable[..., Page]:
    """Mounts a component of a page: ``page_of("guides/forms", "sign_up")``."""

    def mounted(name: str, component: str, **props: object) -> Page:
        module = run(ROOT / "docs" / f"{name}.md", tmp_path)
        return mount(getattr(module, component), **props)

    return mounted


PageOf = Callable[..., Page]


def test_index_a_click_sends_the_patch_that_is_shown(page_of: PageOf) -> None:
    page = page_of("index", "counter")
    page.click("button")
    assert page.patches == [{"path": "div/p/text", "value": "Count: 1"}]


def test_tutorial_items_are_added_ticked_and_removed(page_of: PageOf) -> None:
    page = page_of("tutorial", "todos")
    page.submit("form", text="Milk")
    page.submit("form", text="Bread")
    page.check("li:first-child input")
    assert page.texts("li label") == ["Milk", "Bread"]
    assert page.text("form ~ p") == "1 left"
    page.click("li:first-child button")
    assert page.texts("li label") == ["Bread"]


def test_tutorial_chat_shows_what_was_sent(page_of: PageOf) -> None:
    page = page_of("tutorial", "chat")
    page.submit("form", text="Hello")
    assert page.texts("li") == ["Hello"]


def test_events_each_argument_arrives(page_of: PageOf) -> None:
    page = page_of("guides/events", "basket")
    page.click("button", "Two teas")
    page.submit("form", name="milk")
    page.click("button", "Buy")
    page.fill("input[\\@keydown]", "a note ")
    page.keydown("input[\\@keydown]", "x")
    assert page.text("pre") == "{'tea': 2, 'milk': 1, 'article 17': 1} a note x x"


def test_events_a_search_shows_that_it_searches(page_of: PageOf) -> None:
    page = page_of("guides/events", "search")
    page.fill("input", "tea")
    assert len(page.updates) == 2
    assert page.texts("li") == ["tea 0", "tea 1", "tea 2"]
    assert not page.has("p")


def test_forms_only_edited_fields_complain_until_a_submit(page_of: PageOf) -> None:
    page = page_of("guides/forms", "sign_up")
    with suppress(BadArgumentError):
        page.fill("[name=email]", "ada")
    assert page.texts("[role=alert]") == ["This does not look like an address"]
    with suppress(BadArgumentError):
        page.event("save", email="ada", age="")
    assert len(page.texts("[role=alert]")) == 2
    with suppress(BadArgumentError):
        page.event("save", email="ada@example.com", age=20)
    assert page.texts("[role=alert]") == ["There is an account with this address"]
    page.event("save", email="grace@example.com", age=20)
    assert page.text("form + p") == "1 members"
    assert not page.has("[role=alert]")


def test_forms_nested_names_fill_a_model(page_of: PageOf) -> None:
    page = page_of("guides/forms", "order_form")
    fields = {"lines[0].article": "Tea", "lines[1].article": "Milk", "lines[1].number": "2"}
    with suppress(BadArgumentError):
        page.submit("form", name="Ada", **fields, **{"lines[0].number": "x"})
    assert "whole number" in page.text("form p")
    page.submit("form", **{"lines[0].number": "1"})
    assert page.text("form + p") == "1 orders"


def test_forms_a_bound_control_follows_and_leads(page_of: PageOf) -> None:
    page = page_of("guides/forms", "greeting")
    page.fill("input:not([type])", "you")
    page.check("[type=checkbox]")
    assert page.text("p") == "HELLO, YOU"
    page.click("button")
    assert page.value("input:not([type])") == ""


def test_composition_nested_components_keep_their_state(page_of: PageOf) -> None:
    page = page_of("guides/composition", "dashboard")
    page.click("[data-live-component$='.1'] button")
    page.submit("form", name="green")
    assert page.texts("p") == ["red: 1 +", "blue: 0 +", "green: 0 +"]


def test_shared_state_is_seen_by_everybody(page_of: PageOf) -> None:
    mine, yours = page_of("guides/shared-state", "poll"), page_of("guides/shared-state", "visitors")
    mine.click("button", "tea")
    assert mine.texts("button") == ["tea: 1", "coffee: 0"]
    assert yours.text("p").endswith("visits so far")


def test_security_what_is_rendered_is_escaped(page_of: PageOf) -> None:
    page = page_of("guides/security", "profile")
    assert page.find("a")["href"] == "about:blank#blocked"
    assert page.text("a") == "<script>alert(1)</script>"
    assert page.text("em") == "mine"


def test_security_a_handler_asks_who_it_is(page_of: PageOf) -> None:
    page = page_of("guides/security", "settings")
    with suppress(BadArgumentError):
        page.submit("form", title_now="Mine")
    assert page.text("h1") == "Home"


def test_templates_views_are_python(page_of: PageOf) -> None:
    page = page_of("guides/templates", "stock")
    page.click("button")
    assert page.texts("p") == ["Tea: 4", "Coffee is sold out", "Milk: 2"]
    assert [found.text for found in page.all(".low")] == ["Milk: 2"]
    assert page_of("guides/templates", "old_page").text("strong") == "engine"


def test_in_the_browser_a_handler_runs_after_what_was_confirmed(page_of: PageOf) -> None:
    page = page_of("guides/in-the-browser", "menu")
    page.event("remove", 5)
    assert page.text("p") == "1 removed"


def test_in_the_browser_what_fades_has_gone(page_of: PageOf) -> None:
    page = page_of("guides/in-the-browser", "shopping")
    page.click("p[key=milk] button")
    assert page.texts("p") == ["tea ✕", "bread ✕"]


def test_work_a_task_shows_what_there_is(page_of: PageOf) -> None:
    page = page_of("guides/work", "report")
    page.click("button")
    page.wait_for("button:enabled")
    assert page.texts("li") == ["Line 0", "Line 1", "Line 2"]
