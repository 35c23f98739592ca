"""Tables of the HTML standard that more than one file needs."""

from __future__ import annotations

import re
from typing import Final

PLAIN_NAME: Final = re.compile(r"[A-Za-z][\w.:-]*", re.ASCII)
"""Names and ids that stand unquoted in a path."""
