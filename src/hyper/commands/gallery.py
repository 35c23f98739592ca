"""The live components of a folder as the development server shows them, with their files and problems.

Deals with files and components only: no request, no socket, no HTML.
"""

from __future__ import annotations

import inspect
import linecache
import textwrap
import traceback
from collections.abc import Iterable
from pathlib import Path

from hyper.commands.dev_pages import Card, Problem
from hyper.components.component import LiveComponent
from hyper.components.loader import Loaded, LoadError, load_what_works, place_of
from hyper.transport.log_lines import text_of
from hyper.vdom import AuthorError

EXCERPT_LINES = 3
"""How many lines of source are shown before and after the line at fault."""

WATCHED = (".py", ".css")
"""Suffixes of the files whose changes cause a reload."""


class Gallery:
    """The live components of a folder or file. A broken file keeps the components that it had before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.components: dict[str, LiveComponent] = {}
        """The newest working version of each component, by name."""
        self.cards: dict[str, Card] = {}
        self.problems: list[Problem] = []
        """The files that cannot be loaded."""
        self._files: dict[str, Path] = {}
        self._stamps: dict[Path, tuple[int, int] | None] = {}
        self.changed()
        self.reload()

    @property
    def folder(self) -> Path:
        """The folder to watch."""
        return self.path.parent if self.path.is_file() else self.path

    def reload(self) -> Loaded:
        """Load the files again, and update ``components``, ``cards`` and ``problems``. Returns what was loaded."""
        loaded = load_what_works(self.path)
        broken = {error.file for error in loaded.errors}
        kept = {
            name for name, file in self._files.items() if file in broken and name not in loaded.components
        }
        self.components = {**{name: self.components[name] for name in kept}, **loaded.components}
        self.cards = {
            **{name: self.cards[name] for name in kept},
            **{name: _card(component, loaded.files[name]) for name, component in loaded.components.items()},
        }
        self._files = {**{name: self._files[name] for name in kept}, **loaded.files}
        self.problems = [load_problem(error) for error in loaded.errors]
        return loaded

    def changed(self) -> set[Path]:
        """The files that changed since the last call. Needed because file watchers also report earlier changes."""
        stamps = {file: _stamp(file) for file in self.folder.iterdir() if file.suffix in WATCHED}
        before, self._stamps = self._stamps, stamps
        return {file for file in {*before, *stamps} if before.get(file, 0) != stamps.get(file, 0)}

    def style(self, name: str) -> str:
        """The CSS of a component's page: the ``style`` string of its module, and the ``.css`` file beside it."""
        text = self.components[name].function.__globals__.get("style", "")
        sheet = self._files[name].with_suffix(".css")
        sheets = [text if isinstance(text, str) else "", sheet.read_text("utf-8") if sheet.is_file() else ""]
        return "\n".join(filter(None, sheets))


def _stamp(file: Path) -> tuple[int, int] | None:
    """A value that differs after every change of the file; None if it has been deleted."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _card(component: LiveComponent, file: Path) -> Card:
    names = component.function.__globals__
    lines, line = inspect.getsourcelines(component.function)
    summary = inspect.getdoc(component.function) or names.get("__doc__") or ""
    return Card(
        name=component.name,
        summary=summary.strip().partition("\n")[0],
        group=str(names.get("group", "")),
        file=file.name,
        source=textwrap.dedent("".join(lines)),
        line=line,
    )


def load_problem(error: LoadError) -> Problem:
    """The problem, for the author, that a file could not be loaded."""
    cause = error.__cause__
    details = "" if cause is None or isinstance(cause, (SyntaxError, AuthorError)) else _traceback(cause)
    return Problem(
        title=f"{error.file.name} could not be loaded",
        message=error.problem,
        file=error.file.name,
        place=error.place,
        excerpt=_excerpt(error.file, error.line),
        line=error.line,
        details=details,
    )


def failure_problem(title: str, error: BaseException, files: Iterable[Path]) -> Problem:
    """The problem, for the author, that an exception was raised: with the innermost line of one of ``files``."""
    known = {str(file) for file in files}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in known]
    file, line = (Path(frames[-1].filename), frames[-1].lineno) if frames else (None, None)
    return Problem(
        title=title,
        message=f"{type(error).__name__}: {text_of(error)}",
        place=place_of(file, line) if file else "",
        excerpt=_excerpt(file, line) if file else (),
        line=line,
        details=_traceback(error),
    )


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).rstrip()


def _excerpt(file: Path, line: int | None) -> list[tuple[int, str]]:
    """The source lines around ``line``, each with its number; empty for None."""
    if line is None:
        return []
    linecache.checkcache(str(file))
    lines = linecache.getlines(str(file))
    first = max(1, line - EXCERPT_LINES)
    return list(enumerate((text.rstrip("\n") for text in lines[first - 1 : line + EXCERPT_LINES]), first))
