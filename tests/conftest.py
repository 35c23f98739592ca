"""What all tests share: paths, and one seed for the tests that draw random numbers themselves."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# No test fails for being slow: the machine may be busy. On top of the profile that hypothesis chose (in CI it
# draws the same examples in every run).
settings.register_profile("hyper", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hyper")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """The seed of a run that failed; ``HYPER_SEED=… pytest`` draws the same numbers again."""
    if exitstatus:
        terminalreporter.write_line(f"HYPER_SEED={_seed()}")


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
