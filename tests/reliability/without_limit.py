"""A pytest plugin that takes one limit away: ``HYPER_WITHOUT_LIMIT=join_s pytest -p tests.reliability.without_limit``."""

from __future__ import annotations

import os
from typing import Any, Final

from hyper.transport.limits import Limits

NO_LIMIT: Final = 2**31 - 2
"""The largest that aiohttp takes for the size of a message."""

_make = Limits.__init__
_name = os.environ["HYPER_WITHOUT_LIMIT"]


def _make_without(self: Limits, *values: Any, **named: Any) -> None:
    _make(self, *values, **named)
    object.__setattr__(self, _name, NO_LIMIT)


Limits.__init__ = _make_without  # type: ignore[method-assign]
