"""The client in Chromium: one patch on a large page, and whole operations beside what others do for them.

The operations are those of the js-framework-benchmark on 1,000 rows. Our client is given the patches that the
server makes of the two pages; ``innerHTML``, morphdom and idiomorph are given the new page. Measured is script time
alone, in the page, by a clock of 5 µs; layout and painting come after, and are the same for all. The versions of
the others are pinned, and installed into a temporary folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from bench.results import Result
from bench.rows import Row, build_rows, in_page, print_rows
from hyper import runtime_js
from hyper.diff import diff_trees, patches_to_json
from hyper.vdom import parse_html

CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PACKAGES: Final = ("morphdom@2.7.8", "idiomorph@0.8.0")
WEB: Final = Path(__file__).parent / "web"
ROWS: Final = 1000
MANY: Final = 5000
PATCHES: Final = 200
"""Single patches on the large page."""
ROUND_S: Final = 0.5
"""About what a round of all ways takes."""


def run(seconds: float) -> Iterator[Result]:
    """One result for a patch, and one for each operation."""
    with _page() as page:
        yield _one_patch(page)
        rounds = max(3, round(seconds / len(OPERATIONS) / ROUND_S))
        for name, change in OPERATIONS.items():
            yield _operation(page, name, change, rounds)


# What changes ----------------------------------------------------------------------------------------------


def _update(rows: list[Row]) -> None:
    for row in rows[::10]:
        row.label += " !!!"


def _swap(rows: list[Row]) -> None:
    rows[1], rows[-2] = rows[-2], rows[1]


def _replace(rows: list[Row]) -> None:
    rows[:] = build_rows(ROWS)


OPERATIONS: Final = {
    "update_every_10th": _update,
    "swap_rows": _swap,
    "remove_row": lambda rows: rows.pop(ROWS // 2),
    "replace_all": _replace,
    "append_1000": lambda rows: rows.extend(build_rows(ROWS)),
    "clear_rows": lambda rows: rows.clear(),
}


def _html(rows: list[Row]) -> str:
    """The page, its rows with ids: that is the key that all of the others know."""
    return in_page(print_rows(rows, 0, escape)).replace('key="', 'id="r')


def _patches(old: str, new: str) -> str:
    before = parse_html(old)
    return patches_to_json(diff_trees(before, parse_html(new, before)))


def _operation(page: Page, name: str, change: Any, rounds: int) -> Result:
    rows = build_rows(ROWS)
    old = _html(rows)
    change(rows)
    new = _html(rows)
    given = [old, {"html": new, "patches": _patches(old, new)}, rounds]
    times: dict[str, float] = page.evaluate("given => bench.measureWays(...given)", given)
    details: dict[str, float | int | str] = {f"{way}_ms": ms for way, ms in times.items()}
    return Result(f"client_{name}", times["ours"] / times["innerHTML"], "× innerHTML", details=details)


def _one_patch(page: Page) -> Result:
    rows = build_rows(MANY)
    first = _html(rows)
    tree, batches = parse_html(first), list[str]()
    for number in range(PATCHES):
        rows[number * 7919 % MANY].label += "!"
        new = parse_html(_html(rows), tree)
        batches.append(patches_to_json(diff_trees(tree, new)))
        tree = new
    times = page.evaluate("given => bench.measurePatches(...given)", [first, batches])
    details: dict[str, float | int | str] = {"first_ms": times["first"], "rows": MANY, "patches": PATCHES}
    return Result("client_one_patch_ms", times["median"], "ms of script", 0.2, details=details)


# Chromium, and what it loads --------------------------------------------------------------------------------


@contextmanager
def _page() -> Iterator[Page]:
    """The page of ``web/client.html`` in Chromium, with ``bench`` in it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        _fill(Path(folder))
        with _serving(folder) as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"{address}/client.html")
            page.evaluate("async () => { window.bench = await import('/bench.js') }")
            yield page
            browser.close()


def _fill(folder: Path) -> None:
    install = ["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund", "--prefix"]
    subprocess.run([*install, str(folder), *PACKAGES], check=True)
    shutil.copy(WEB / "client.html", folder / "client.html")
    shutil.copy(WEB / "client.js", folder / "bench.js")
    (folder / "client.js").write_text(runtime_js.source(), encoding="utf-8")


class _Handler(SimpleHTTPRequestHandler):
    """Files, isolated from other origins: then the page has a clock of 5 µs instead of 100."""

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody wants to read it."""


@contextmanager
def _serving(folder: str) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: _Handler(*given, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
