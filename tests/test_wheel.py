"""What is in the house is in the wheel: no folder forgotten, nothing shipped that is not the package."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
FOLDERS = {name: ROOT / SETUPTOOLS["package-dir"][name] for name in SETUPTOOLS["packages"]}
"""Folder of each package, by import name."""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def names_in_wheel(dist: Path) -> set[str]:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


@pytest.fixture(scope="module")
def names_in_sdist(dist: Path) -> set[str]:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


def test_every_folder_of_the_package_is_listed() -> None:
    holding = {
        file.parent for top in {ROOT / "src" / "hyper", *FOLDERS.values()} for file in _inits_below(top)
    }
    assert holding == set(FOLDERS.values())


def _inits_below(folder: Path) -> list[Path]:
    inner = [place for place in folder.iterdir() if place.is_dir() and not place.is_symlink()]
    return [*folder.glob("__init__.py"), *(file for place in inner for file in _inits_below(place))]


def test_the_wheel_holds_the_package_and_nothing_else(names_in_wheel: set[str]) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in names_in_wheel} == {"hyper", "hyper_live"}


@pytest.mark.parametrize("package", FOLDERS)
def test_every_module_is_in_the_wheel(package: str, names_in_wheel: set[str]) -> None:
    place = package.replace(".", "/")
    modules = {f"{place}/{file.name}" for file in FOLDERS[package].glob("*.py")}
    assert modules
    assert modules <= names_in_wheel


def test_the_files_that_are_no_modules_are_in_the_wheel(names_in_wheel: set[str]) -> None:
    client = {f"hyper/runtime_js/{file.name}" for file in (ROOT / "runtime_js").glob("*.js")}
    assets = {f"hyper/commands/assets/{file.name}" for file in (ROOT / "src/hyper/commands/assets").iterdir()}
    assert client
    assert assets
    assert {"hyper/py.typed", "hyper/vdom/browser_rules.json", *client, *assets} <= names_in_wheel


def test_the_sdist_holds_every_file_of_the_repository(names_in_sdist: set[str]) -> None:
    if shutil.which("git") is None:
        pytest.skip("no git here")
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False, cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout: this may be the sdist itself")
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    assert tracked - names_in_sdist == set()


def test_no_link_is_packed(names_in_sdist: set[str]) -> None:
    links = tuple(f"src/hyper/{room}/" for room in ("vdom", "diff", "transport", "runtime_js"))
    assert not [name for name in names_in_sdist if name.startswith(links)]
