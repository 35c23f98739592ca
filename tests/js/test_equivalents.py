"""What the list of faults that are none says of the client is about the client as it is."""

from __future__ import annotations

import pytest

from tests.faults import reasons
from tests.js.mutants import EQUIVALENTS, ROOT

KNOWN = reasons(EQUIVALENTS)


@pytest.mark.parametrize("change", KNOWN)
def test_the_lines_that_are_explained_exist(change: str) -> None:
    place, *lines = change.splitlines()
    module, _, declared = place.partition(".")
    source = (ROOT / "runtime_js" / f"{module}.js").read_text(encoding="utf-8")
    gone = [line[2:] for line in lines if line.startswith("- ")]
    assert gone
    assert all(line in source for line in [declared, *gone])
    assert KNOWN[change]
