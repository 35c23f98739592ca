"""What all tests share: paths, and one seed for the tests that draw random numbers themselves."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_report_header() -> str:
    """The seed of this run; ``HYPER_SEED=… pytest`` draws the same numbers again."""
    return f"HYPER_SEED={_seed()}"


def _seed() -> str:
    return os.environ.setdefault("HYPER_SEED", str(random.SystemRandom().randrange(2**32)))


@pytest.fixture
def rng() -> random.Random:
    """Random numbers that come again with the same HYPER_SEED, whatever tests ran before."""
    return random.Random(int(_seed()))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT
