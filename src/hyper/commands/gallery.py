"""A folder of live components as the development server shows it: what works, what does not, what changed.

Knows files and components; no request, no socket, no HTML.
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
from hyper.vdom import AuthorError

EXCERPT_LINES = 3
"""How many lines of source are shown before and after the one to blame."""


WATCHED = (".py", ".css")


class Gallery:
    """The live components of a folder or file; a broken file keeps what it gave while it was sound."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.components: dict[str, LiveComponent] = {}
        """The newest working version of each, by name."""
        self.cards: dict[str, Card] = {}
        self.problems: list[Problem] = []
        """What is broken now."""
        self._files: dict[str, Path] = {}
        self._stamps: dict[Path, tuple[int, int] | None] = {}
        self.changed()
        self.reload()

    @property
    def folder(self) -> Path:
        """The folder to watch."""
        return self.path.parent if self.path.is_file() else self.path

    def reload(self) -> Loaded:
        """What the files give now. Afterwards ``components``, ``cards`` and ``problems`` are up to date."""
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
        """The files that are not as they were when this was last asked: watchers tell of old changes, too."""
        stamps = {file: _stamp(file) for file in self.folder.iterdir() if file.suffix in WATCHED}
        before, self._stamps = self._stamps, stamps
        return {file for file in {*before, *stamps} if before.get(file, 0) != stamps.get(file, 0)}

    def style(self, name: str) -> str:
        """CSS of a component's page: its file's ``style`` string, and the ``.css`` file beside it."""
        text = self.components[name].function.__globals__.get("style", "")
        sheet = self._files[name].with_suffix(".css")
        sheets = [text if isinstance(text, str) else "", sheet.read_text("utf-8") if sheet.is_file() else ""]
        return "\n".join(filter(None, sheets))


def _stamp(file: Path) -> tuple[int, int] | None:
    """Differs after every change of a file; None for one that is gone by now."""
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
    """A file that could not be loaded, for a person."""
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
    """An exception, with the innermost line of one of ``files`` that it came through."""
    known = {str(file) for file in files}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in known]
    file, line = (Path(frames[-1].filename), frames[-1].lineno) if frames else (None, None)
    return Problem(
        title=title,
        message=f"{type(error).__name__}: {error}",
        place=place_of(file, line) if file else "",
        excerpt=_excerpt(file, line) if file else (),
        line=line,
        details=_traceback(error),
    )


def _traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).rstrip()


def _excerpt(file: Path, line: int | None) -> list[tuple[int, str]]:
    """The lines around ``line``, each with its number."""
    if line is None:
        return []
    linecache.checkcache(str(file))
    lines = linecache.getlines(str(file))
    first = max(1, line - EXCERPT_LINES)
    return list(enumerate((text.rstrip("\n") for text in lines[first - 1 : line + EXCERPT_LINES]), first))
