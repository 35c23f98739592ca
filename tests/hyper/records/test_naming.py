"""Records are found however the file of their class was loaded, also those that were stored before."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy import insert, select

from hyper.components.loader import load_module
from hyper.records.database import Database, documents, metadata
from hyper.records.errors import RecordError
from hyper.records.naming import record_name
from hyper.records.persistence import persistent, save

pytestmark = pytest.mark.usefixtures("stored")

SHOP = """
from dataclasses import dataclass
from hyper import live, persistent

@dataclass
class Offer:
    text: str = ""

    class Inner: ...

@dataclass
class Other:
    text: str = ""

if __name__ == "__main__":
    from hyper.records.database import use_database
    import sys
    use_database(sys.argv[1])
    offer = persistent(Offer, id=1)
    print(offer.text)
    offer.text = "of the script"
    offer.save()
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """The file of a shop, in a folder of a project."""
    folder = tmp_path / "project" / "examples"
    folder.mkdir(parents=True)
    (folder / "shop.py").write_text(SHOP)
    yield folder / "shop.py"
    for name in [
        name for name in sys.modules if name.partition("@")[0] in ("shop", "examples", "examples.shop")
    ]:
        del sys.modules[name]


def put(store: Database, model: str, id: str, text: str) -> None:
    """A record as an earlier version stored it."""
    store.prepare(metadata)
    with store.writing() as session:
        data = f'{{"text":"{text}"}}'
        session.execute(insert(documents).values(model=model, id=id, version=1, data=data))


def names(store: Database) -> list[str]:
    with store.reading() as session:
        return sorted(session.scalars(select(documents.c.model).distinct()))


def loaded(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module, as it is loaded by a command that is started in ``folder``."""
    monkeypatch.chdir(folder)
    return load_module(file)


def imported(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(folder)
    importlib.invalidate_caches()
    return importlib.import_module(name)


def test_every_way_to_load_a_file_finds_the_same_records(
    shop: Path, stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = shop.parent.parent
    ways = [
        lambda: loaded(shop, shop.parent, monkeypatch),
        lambda: loaded(shop, project, monkeypatch),
        lambda: loaded(shop, Path("/"), monkeypatch),
        lambda: imported("shop", shop.parent, monkeypatch),
        lambda: imported("examples.shop", project, monkeypatch),
    ]
    for number, way in enumerate(ways):
        offer = persistent(way().Offer, id=1)
        assert offer.text == ("" if number == 0 else f"of way {number - 1}")
        offer.text = f"of way {number}"
        save(offer)
    assert names(stored) == ["shop.Offer"]


def test_a_script_finds_them_and_so_does_a_project_elsewhere(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, stored: Database
) -> None:
    save(persistent(loaded(shop, shop.parent, monkeypatch).Offer, id=1, text="of dev"))
    said = subprocess.run(
        [sys.executable, shop, url], check=True, capture_output=True, text=True, cwd="/", timeout=60
    ).stdout
    assert said == "of dev\n"
    shutil.move(shop.parent.parent, tmp_path / "moved")
    elsewhere = loaded(tmp_path / "moved" / "examples" / "shop.py", tmp_path, monkeypatch)
    assert persistent(elsewhere.Offer, id=1).text == "of the script"
    assert names(stored) == ["shop.Offer"]


def test_a_package_is_in_the_name(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.parent / "__init__.py").touch()
    assert record_name(loaded(shop, Path("/"), monkeypatch).Offer) == "examples.shop.Offer"
    assert (
        record_name(imported("examples.shop", shop.parent.parent, monkeypatch).Offer) == "examples.shop.Offer"
    )


@pytest.mark.parametrize(
    "before", ["shop@_", "shop@examples", "shop@project/examples", "shop@/srv/old", "__main__"]
)
def test_records_of_before_are_found(
    before: str, shop: Path, stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(stored, f"{before}.Offer", "1", "of before")
    put(stored, f"{before}.Offer", "2", "also")
    put(stored, f"{before}.Offer.Inner", "1", "another class")
    put(stored, "shop2@_.Offer", "1", "another file")
    put(stored, "shopXexamples.Offer", "1", "another module")
    offer = persistent(loaded(shop, shop.parent.parent, monkeypatch).Offer, id=1)
    assert offer.text == "of before"
    offer.text = "changed"
    save(offer)
    others = [f"{before}.Offer.Inner", "shop.Offer", "shop2@_.Offer", "shopXexamples.Offer"]
    assert names(stored) == sorted(others)


def test_what_is_there_twice_is_left_and_told(
    shop: Path, stored: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(stored, "shop@examples.Offer", "1", "as it was loaded here")
    put(stored, "shop@_.Offer", "1", "elsewhere")
    put(stored, "shop@_.Offer", "2", "only elsewhere")
    module = loaded(shop, shop.parent.parent, monkeypatch)
    assert persistent(module.Offer, id=1).text == "as it was loaded here"
    assert persistent(module.Offer, id=2).text == "only elsewhere"
    assert names(stored) == ["shop.Offer", "shop@_.Offer"]
    assert "records of shop@_.Offer have the same ids as records of shop.Offer" in caplog.text


def test_records_of_another_file_that_exists_are_not_taken(
    shop: Path, tmp_path: Path, stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "project" / "blog"
    shutil.copytree(shop.parent, other)
    put(stored, "shop@blog.Offer", "1", "of the blog")
    assert persistent(loaded(shop, other.parent, monkeypatch).Offer, id=1).text == ""
    assert names(stored) == ["shop@blog.Offer"]


def test_two_files_with_one_name_are_refused(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "blog"
    shutil.copytree(shop.parent, other)
    one, two = loaded(shop, tmp_path, monkeypatch), loaded(other / "shop.py", tmp_path, monkeypatch)
    persistent(one.Offer, id=1)
    with pytest.raises(RecordError, match=r"stored as 'shop\.Offer'.*__persistent_name__"):
        persistent(two.Offer, id=1)
    two.Other.__persistent_name__ = "blog.Other"
    persistent(one.Other, id=1)
    persistent(two.Other, id=1)


def test_a_chosen_name_is_that_of_its_class_alone() -> None:
    @dataclass
    class Base:
        __persistent_name__ = "base"

    class Derived(Base):
        pass

    assert record_name(Base) == "base"
    assert record_name(Derived).endswith(
        "test_naming.test_a_chosen_name_is_that_of_its_class_alone.<locals>.Derived"
    )


def test_a_class_without_a_file_is_named_after_its_module() -> None:
    module = type("Offer", (), {"__module__": "nowhere@_"})
    assert record_name(module) == "nowhere.Offer"
