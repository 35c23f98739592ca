"""A folder as the development server shows it, while its files change."""

from __future__ import annotations

from pathlib import Path

from hyper.commands.gallery import Gallery, failure_problem
from hyper.components.loader import load_module

COUNTER = '''
"""Numbers that go up."""

from hyper import live

group = "Small"
style = ".a{}"


@live
def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t'<button @click="increment">{count}</button>'
'''


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_a_card_tells_what_the_file_says(tmp_path: Path) -> None:
    card = Gallery(write(tmp_path, counter=COUNTER)).cards["counter"]
    assert (card.summary, card.group, card.file, card.line) == (
        "Numbers that go up.",
        "Small",
        "counter.py",
        10,
    )
    assert card.source.startswith("@live\ndef counter():")
    assert card.source.endswith("</button>'\n")


def test_a_components_own_docstring_goes_before_its_files(tmp_path: Path) -> None:
    source = COUNTER.replace("    count = 0", '    """Counts clicks.\n\n    More."""\n    count = 0')
    assert Gallery(write(tmp_path, counter=source)).cards["counter"].summary == "Counts clicks."


def test_style_is_the_files_string_and_the_sheet_beside_it(tmp_path: Path) -> None:
    gallery = Gallery(write(tmp_path, counter=COUNTER))
    assert gallery.style("counter") == ".a{}"
    (tmp_path / "counter.css").write_text(".b{}")
    assert gallery.style("counter") == ".a{}\n.b{}"


def test_a_file_alone_is_a_gallery(tmp_path: Path) -> None:
    write(tmp_path, counter=COUNTER, other="1 / 0 # live")
    gallery = Gallery(tmp_path / "counter.py")
    assert ([*gallery.cards], gallery.problems, gallery.folder) == (["counter"], [], tmp_path)


def test_a_broken_file_keeps_the_component_it_gave(tmp_path: Path) -> None:
    gallery = Gallery(write(tmp_path, counter=COUNTER, other=COUNTER.replace("counter", "other")))
    before = gallery.components["counter"]
    write(tmp_path, counter=COUNTER + "1 / 0\n", other=COUNTER.replace("counter", "newer"))
    gallery.reload()
    assert gallery.components["counter"] is before
    assert gallery.cards["counter"].source.endswith("</button>'\n")
    assert {*gallery.components} == {"counter", "newer"}


def test_a_problem_shows_the_place_and_goes_when_it_is_mended(tmp_path: Path) -> None:
    gallery = Gallery(write(tmp_path, counter=COUNTER + "1 / 0\n"))
    (problem,) = gallery.problems
    assert problem.title == "counter.py could not be loaded"
    assert problem.message == "ZeroDivisionError: division by zero"
    assert (problem.line, "1 / 0") in problem.excerpt
    assert "Traceback" in problem.details
    write(tmp_path, counter=COUNTER)
    gallery.reload()
    assert gallery.problems == []
    assert [*gallery.components] == ["counter"]


def test_a_component_that_is_taken_away_is_gone(tmp_path: Path) -> None:
    gallery = Gallery(write(tmp_path, a=COUNTER, b=COUNTER.replace("counter", "other")))
    (tmp_path / "b.py").unlink()
    gallery.reload()
    assert [*gallery.components] == [*gallery.cards] == ["counter"]


def test_a_failure_is_placed_in_the_authors_file(tmp_path: Path) -> None:
    file = write(tmp_path, maths="import json\n\n\ndef f():\n    json.loads('{')\n") / "maths.py"
    try:
        load_module(file).f()
    except ValueError as error:
        problem = failure_problem("/ failed", error, [file])
    assert problem.line == 5
    assert problem.place.endswith("maths.py:5")
    assert (5, "    json.loads('{')") in problem.excerpt


def test_a_change_is_told_once(tmp_path: Path) -> None:
    gallery = Gallery(write(tmp_path, a=COUNTER))
    assert gallery.changed() == set()
    write(tmp_path, a=COUNTER + "\n", b="")
    (tmp_path / "notes.txt").write_text("")
    assert gallery.changed() == {tmp_path / "a.py", tmp_path / "b.py"}
    assert gallery.changed() == set()
    (tmp_path / "b.py").unlink()
    assert gallery.changed() == {tmp_path / "b.py"}
