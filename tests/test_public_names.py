"""The public names are a promise: whoever adds or drops one says so in ``tests/public_names.json``."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

PROMISED: dict[str, list[str]] = json.loads((Path(__file__).parent / "public_names.json").read_text("utf-8"))
"""Sorted public names of each package."""


@pytest.mark.parametrize("package", PROMISED)
def test_the_public_names_are_the_promised_ones(package: str) -> None:
    assert sorted(importlib.import_module(package).__all__) == PROMISED[package]


@pytest.mark.parametrize("package", PROMISED)
def test_every_public_name_can_be_had(package: str) -> None:
    module = importlib.import_module(package)
    assert all(getattr(module, name) is not None for name in PROMISED[package])


@pytest.mark.parametrize("package", PROMISED)
def test_dir_shows_every_public_name(package: str) -> None:
    assert set(PROMISED[package]) <= set(dir(importlib.import_module(package)))


def test_no_public_name_hides_a_package() -> None:
    packages = {name.rpartition(".")[2] for name in PROMISED if "." in name}
    assert not packages & set(PROMISED["hyper"])


def test_no_public_name_is_a_modules_name() -> None:
    """Importing ``hyper.page`` would put the module where the function ``hyper.page`` was."""
    modules = {file.stem for file in (Path(__file__).parent.parent / "src" / "hyper").glob("*.py")}
    assert not modules & set(PROMISED["hyper"])
