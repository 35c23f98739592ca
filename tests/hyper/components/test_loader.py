"""Components from files: what is run, what imports mean, and where an error is said to be."""

from __future__ import annotations

import importlib
import inspect
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hyper.components.loader import LoadError, load, load_module, load_what_works

COUNTER = """
from hyper import live

@live
def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t'<button @click="increment">{count}</button>'
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def error_of(folder: Path) -> LoadError:
    with pytest.raises(LoadError) as caught:
        load(folder)
    return caught.value


def test_a_folder_gives_its_components_by_name(tmp_path: Path) -> None:
    write(tmp_path, counter=COUNTER, other=COUNTER.replace("counter", "clicker"))
    assert [*load(tmp_path)] == ["counter", "clicker"]


def test_a_file_gives_its_own_only(tmp_path: Path) -> None:
    write(tmp_path, counter=COUNTER, other=COUNTER.replace("counter", "clicker"))
    assert [*load(tmp_path / "other.py")] == ["clicker"]


def test_a_renamed_component_goes_by_its_new_name(tmp_path: Path) -> None:
    write(tmp_path, counter=COUNTER.replace("@live", "@live(name='clicks')"))
    assert [*load(str(tmp_path))] == ["clicks"]


def test_a_file_with_an_underscore_is_for_its_neighbours(tmp_path: Path) -> None:
    shared = "START = 41\n" + COUNTER.replace("counter", "hidden")
    write(tmp_path, _shared=shared, page="from _shared import START, hidden\n" + COUNTER)
    assert [*load(tmp_path)] == ["counter"]


def test_a_file_that_never_names_live_is_not_run(tmp_path: Path) -> None:
    write(tmp_path, counter=COUNTER, script="'''Not live, in a docstring.'''\nraise SystemExit(3)")
    assert [*load(tmp_path)] == ["counter"]


def test_neighbours_import_each_other_by_plain_names(tmp_path: Path) -> None:
    chat = "from messages import log\n" + COUNTER.replace("counter", "chat").replace(
        "count = 0", "count = len(log)"
    )
    write(tmp_path, messages="log = t'{1}', 2", chat=chat)
    component = load(tmp_path)["chat"]
    assert len(component.function.__globals__["log"]) == 2
    assert "messages" not in sys.modules


def test_a_neighbour_runs_once_for_all(tmp_path: Path) -> None:
    user = COUNTER + "\nfrom state import log\n"
    write(tmp_path, state="log = []", a=user, b=user.replace("counter", "other"))
    components = load(tmp_path)
    logs = [component.function.__globals__["log"] for component in components.values()]
    assert logs[0] is logs[1]


def test_a_component_belongs_to_the_file_that_defines_it(tmp_path: Path) -> None:
    write(
        tmp_path, counter=COUNTER, page="from counter import counter\n" + COUNTER.replace("counter", "page")
    )
    loaded = load_what_works(tmp_path)
    assert {name: file.name for name, file in loaded.files.items()} == {
        "counter": "counter.py",
        "page": "page.py",
    }


def test_relative_imports_of_neighbours_work(tmp_path: Path) -> None:
    write(tmp_path, state="log = [1]", page="from .state import log\n" + COUNTER)
    assert load(tmp_path)["counter"].function.__globals__["log"] == [1]


def test_two_folders_may_hold_files_of_one_name(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        write(folder, state=f"number = {number}", page="from state import number\n" + COUNTER)
    numbers = [load(folder)["counter"].function.__globals__["number"] for folder in folders]
    assert numbers == [0, 1]


def test_a_component_of_the_same_name_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, a=COUNTER, b=COUNTER)
    assert "a.py has a component 'counter' too" in str(error_of(tmp_path))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert "no such file or folder" in str(error_of(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("from hyper import live\n\nx = 1 +\n", 3, "SyntaxError"),
        ("from hyper import live\n\n\nx = t'{1 +}'\n", 4, "SyntaxError"),
        ("from hyper import live\nif live:\n  a\n b\n", 4, "IndentationError: unindent does not match"),
        ("from hyper import live\nx = 1 / 0\n", 2, "ZeroDivisionError: division by zero"),
        ("from hyper import live\n\ndef f():\n    return nothing\n\nf()\n", 4, "NameError: name 'nothing'"),
        ("from hyper import live\nimport no_such_module\n", 2, "No module named 'no_such_module'"),
        ("from hyper import live\nraise SystemExit(1)\n", 2, "SystemExit: 1"),
        ("from hyper import live\n\n@live\ndef page():\n    t'<p>'\n", 5, "<p> is never closed"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, source: str, line: int, message: str) -> None:
    write(tmp_path, broken=source if "@live" in source else f"{source}\n@live\ndef page(): ...\n")
    error = error_of(tmp_path)
    assert (error.file, error.line) == (tmp_path / "broken.py", line)
    assert message in error.problem


def test_an_error_in_a_neighbour_names_the_neighbour_once(tmp_path: Path) -> None:
    write(tmp_path, state="x = 1 / 0", a="import state\n" + COUNTER, b="import state\n" + COUNTER)
    loaded = load_what_works(tmp_path)
    assert [(error.file.name, error.line) for error in loaded.errors] == [("state.py", 1)]


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_bytes(b"from hyper import live\nx = '\xff'\n")
    assert "UnicodeDecodeError" in str(error_of(tmp_path))


def test_what_works_is_loaded_beside_what_does_not(tmp_path: Path) -> None:
    write(tmp_path, counter=COUNTER, broken="from hyper import live\n1 / 0\n" + COUNTER)
    loaded = load_what_works(tmp_path)
    assert [*loaded.components] == ["counter"]
    assert [error.file.name for error in loaded.errors] == ["broken.py"]


def test_a_failed_load_leaves_the_module_of_the_last_one(tmp_path: Path) -> None:
    write(tmp_path, page="class Model: pass\n" + COUNTER)
    model = load_module(tmp_path / "page.py").Model
    write(tmp_path, page="from hyper import live\n1 / 0\n" + COUNTER)
    error_of(tmp_path)
    assert sys.modules[model.__module__].Model is model


def test_loading_again_sees_the_edit_at_once(tmp_path: Path) -> None:
    write(tmp_path, page="start = 1\n" + COUNTER)
    assert load(tmp_path)["counter"].function.__globals__["start"] == 1
    write(tmp_path, page="start = 2\n" + COUNTER)  # same size, same second
    assert load(tmp_path)["counter"].function.__globals__["start"] == 2


def test_source_is_found_where_it_was_written(tmp_path: Path) -> None:
    write(tmp_path, page=COUNTER)
    function = load(tmp_path)["counter"].function
    assert inspect.getsourcelines(function)[1] == 4
    assert "nonlocal count" in inspect.getsource(function)


def test_classes_of_a_file_pickle(tmp_path: Path) -> None:
    module = load_module(write(tmp_path, page="class Model:\n    x = 1\n") / "page.py")
    assert pickle.loads(pickle.dumps(module.Model())).x == 1


SCRIPTS = {
    "a variable": "live = True\nprint(live)\n",
    "an attribute": "class server: live = True\nserver.live\nserver.live = False\n",
    "a method": "class server:\n    def live(self): ...\nserver().live()\n",
    "a text": "# @live\n'@live def page(): ...'\n",
    "a name that is only imported": "from hyper import live\n",
    "a keyword": "dict(live=True)\n",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_with_the_word_live_is_not_run(tmp_path: Path, script: str) -> None:
    write(tmp_path, script=script + "raise SystemExit('it was run')\n", page=COMPONENT)
    assert [*load(tmp_path)] == ["page"]


COMPONENT = "from hyper import live\nlog = []\n@live\ndef page(): return None\n"
WAYS = {
    "decorator": "from hyper import live\n@live\ndef page(): t'x'\n",
    "with arguments": "from hyper import live\n@live(name='page')\ndef other(): t'x'\n",
    "another name": "from hyper import live as component\n@component\ndef page(): t'x'\n",
    "of the package": "import hyper\n@hyper.live\ndef page(): t'x'\n",
    "of the package by another name": "import hyper as h\n@h.live(name='page')\ndef other(): t'x'\n",
    "all names": "from hyper import *\n@live\nasync def page(): t'x'\n",
    "within a block": "from hyper import live\nif True:\n    @live\n    def page(): t'x'\n",
}


@pytest.mark.parametrize("source", WAYS.values(), ids=WAYS)
def test_ways_to_define_a_component(tmp_path: Path, source: str) -> None:
    assert [*load(write(tmp_path, file=source))] == ["page"]


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on ``sys.path`` with a package of components."""
    (tmp_path / "rooms_of_tests").mkdir()
    write(tmp_path / "rooms_of_tests", hall=COMPONENT)
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.mark.parametrize("is_imported_first", [True, False])
@pytest.mark.parametrize("name", ["rooms_of_tests.hall", "hall"])
def test_what_is_loaded_and_imported_is_one_module(
    importable: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_imported_first: bool
) -> None:
    folder = importable / "rooms_of_tests"
    monkeypatch.syspath_prepend(str(folder))
    imported = importlib.import_module(name) if is_imported_first else None
    page = load(folder)["page"]
    module = imported or importlib.import_module(name)
    assert module.page is page
    assert page.function.__globals__ is vars(module)
    if is_imported_first:
        assert load_module(folder / "hall.py") is module


def test_the_program_itself_is_not_run_again(tmp_path: Path) -> None:
    source = """
from hyper.components.loader import load
from hyper.components.component import live

@live
def page():
    return None

print(load(__file__)["page"] is page, load(".")["page"] is page)
"""
    write(tmp_path, program=source)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["True", "True"], done


def test_an_edit_after_an_import_is_run(importable: Path) -> None:
    folder = importable / "rooms_of_tests"
    first = load(folder)["page"]
    module = importlib.import_module("rooms_of_tests.hall")
    write(folder, hall=COMPONENT + "log.append(2)\n")
    second = load(folder)["page"]
    assert module.page is first
    assert importlib.import_module("rooms_of_tests.hall").page is second


def test_a_formatted_date_does_not_ask_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's C code imports a module for it, by the ``__import__`` of the file that formats."""
    asked: list[str] = []
    is_file = Path.is_file

    def look(path: Path) -> bool:
        asked.append(path.name)
        return is_file(path)

    file = tmp_path / "clock.py"
    file.write_text(
        "from datetime import date, datetime\n"
        "def show(day):\n"
        "    datetime.strptime('2026', '%Y')\n"
        "    return f'{day:%d.%m.%Y}'\n",
        encoding="utf-8",
    )
    show = load_module(file).show
    assert show(date(2026, 1, 2)) == "02.01.2026"
    monkeypatch.setattr(Path, "is_file", look)
    for _ in range(3):
        show(date(2026, 1, 2))
    assert asked == []


def test_a_file_named_like_a_built_in_module_does_not_take_its_place(tmp_path: Path) -> None:
    (tmp_path / "time.py").write_text("raise RuntimeError('not this one')\n", encoding="utf-8")
    (tmp_path / "clock.py").write_text("def show(day):\n    return f'{day:%Y}'\n", encoding="utf-8")
    assert load_module(tmp_path / "clock.py").show(date(2026, 1, 2)) == "2026"


def test_a_file_runs_again_after_a_mistake_was_mended(tmp_path: Path) -> None:
    file = tmp_path / "board.py"
    for text in ("one", "two", ""):
        source = f"from hyper import live\ntext = {text!r}\n@live\ndef board():\n    t'<p>{{text}}</p>'\n"
        file.write_text(source if text else "this is no Python", encoding="utf-8")
        if text:
            assert load_module(file).text == text
        else:
            with pytest.raises(LoadError):
                load_module(file)
    file.write_text(source.replace("''", "'three'"), encoding="utf-8")
    assert load_module(file).text == "three"


def test_an_error_that_cannot_say_its_text_is_told_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "mute.py"
    file.write_text(
        "class MuteError(Exception):\n    def __str__(self):\n        raise AttributeError\nraise MuteError\n",
        encoding="utf-8",
    )
    with pytest.raises(LoadError, match="MuteError, whose text cannot be read"):
        load_module(file)
