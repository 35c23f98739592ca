"""Live components from files: every Python file of a folder is compiled, t-strings included, and run.

From Python 3.14 on t-strings are part of the language; for older versions each file is translated here, so that
no file needs a magic first line. Files of one folder import each other by their plain names (``from chat import
messages``), without the folder being on ``sys.path``, and two folders may hold files of the same name. A file
whose name starts with ``_``, and one in which nothing is decorated with ``@live``, is run only when another file imports
it. A file that Python has imported already is not run again, see ``one_module``.

    load("examples")  ->  {"counter": <LiveComponent counter>, "todos": <LiveComponent todos>, ...}
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from hyper.compiling.tstrings import parse_source
from hyper.components.component import LiveComponent
from hyper.components.one_module import forget_loaded, imported_module, note_loaded
from hyper.transport.log_lines import text_of
from hyper.vdom import AuthorError


class LoadError(AuthorError):
    """A file could not be loaded: it does not compile, or it failed while it ran."""

    def __init__(self, problem: str, file: Path, line: int | None = None) -> None:
        self.problem = problem
        """What went wrong, without the file and the line."""
        self.file = file
        self.line = line
        """Line of ``file``, from 1; ``None`` if no line is at fault."""
        super().__init__(f"{self.place}: {problem}")

    @property
    def place(self) -> str:
        """``examples/chat.py:12``."""
        return place_of(self.file, self.line)


def place_of(file: Path, line: int | None) -> str:
    """``examples/chat.py:12``, relative to the working directory: editors and terminals show it as a link."""
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{shown}:{line}" if line else str(shown)


@dataclass
class Loaded:
    """The result of loading a folder: the components of the files that ran, and the errors of the others."""

    components: dict[str, LiveComponent] = field(default_factory=dict)
    """By component name, in the order of files and definitions."""
    files: dict[str, Path] = field(default_factory=dict)
    """The file of each component, by component name."""
    errors: list[LoadError] = field(default_factory=list)
    """At most one for each file."""

    def add(self, component: LiveComponent, file: Path) -> None:
        """Add a component, or an error if another file has one of that name."""
        name = component.name
        if name in self.files:
            other = self.files[name].name
            problem = f"{other} has a component {name!r} too: rename one, or start the file's name with _"
            self.errors.append(LoadError(problem, file))
        else:
            self.components[name] = component
            self.files[name] = file


def load(path: str | Path) -> dict[str, LiveComponent]:
    """The live components of a folder's Python files, or of one file, by name. Raises ``LoadError`` if one fails."""
    loaded = load_what_works(path)
    if loaded.errors:
        raise loaded.errors[0]
    return loaded.components


def load_module(file: str | Path) -> ModuleType:
    """The module of one file, with or without components. Raises ``LoadError`` if it does not compile or run."""
    file = Path(file).resolve()
    return _Modules(file.parent).get(file.stem)


def load_what_works(path: str | Path) -> Loaded:
    """The live components of the files that run, and an error for each file that does not."""
    folder, files = _folder_and_files(Path(path).resolve())
    modules = _Modules(folder)
    loaded = Loaded()
    for file in files:
        try:
            module = modules.get(file.stem)
        except LoadError as error:
            if error not in loaded.errors:  # a file that imports one with an error fails with the same error
                loaded.errors.append(error)
            continue
        for component in _components_defined_in(module):
            loaded.add(component, file)
    return loaded


def _folder_and_files(path: Path) -> tuple[Path, list[Path]]:
    if path.is_file():
        return path.parent, [path]
    if not path.is_dir():
        raise LoadError("no such file or folder", path)
    files = sorted(file for file in path.glob("*.py") if not file.name.startswith("_"))
    return path, [file for file in files if _names_live(file)]


def _names_live(file: Path) -> bool:
    """May this file define live components? One that does not compile may, so that its error is reported."""
    try:
        tree = parse_source(_read(file), str(file))
    except (SyntaxError, UnicodeError):
        return True
    nodes = list(ast.walk(tree))
    names = _names_of("live", nodes)
    modules = _names_of("hyper", nodes)
    return any(_makes_component(node, names, modules) for node in nodes)


def _names_of(name: str, nodes: Sequence[ast.AST]) -> set[str]:
    """The names that a file imports ``name`` by."""
    imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    aliases = [alias for node in imports for alias in node.names]
    return {alias.asname or name for alias in aliases if alias.name in (name, "*")}


def _makes_component(node: ast.AST, names: set[str], modules: set[str]) -> bool:
    """Is this ``@live``, ``@live(…)``, ``@hyper.live`` or ``live(function)``?"""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return any(_is_live(decorator, names, modules) for decorator in node.decorator_list)
    return isinstance(node, ast.Call) and _is_live(node.func, names, modules)


def _is_live(node: ast.expr, names: set[str], modules: set[str]) -> bool:
    match node:
        case ast.Name(name):
            return name in names
        case ast.Attribute(ast.Name(module), "live"):
            return module in modules
        case ast.Call(function):
            return _is_live(function, names, modules)
    return False


def _components_defined_in(module: ModuleType) -> Iterator[LiveComponent]:
    """The components that a module defines, each once, without those that it imports from another file."""
    seen: set[int] = set()
    for value in vars(module).values():
        if isinstance(value, LiveComponent) and value.__module__ == module.__name__ and id(value) not in seen:
            seen.add(id(value))
            yield value


class _Modules:
    """The modules of one folder, each run once, when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: dict[str, ModuleType] = {}
        self.errors: dict[str, LoadError] = {}
        self._elsewhere = set(sys.builtin_module_names)
        """Names of modules that are not of the folder."""
        # No import statement can contain this name, so it never hides another module. It is the same in every
        # process started in the same folder: names of shared values and of pickled classes are made from it.
        below = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        self.suffix = "@" + below.as_posix().replace(".", "_")

    def get(self, stem: str) -> ModuleType:
        """The module of ``stem``.py, which is run first if it was not yet; incomplete while it is still running."""
        if stem in self.errors:
            raise self.errors[stem]
        if stem not in self.modules:
            self._run(stem)
        return self.modules[stem]

    def _run(self, stem: str) -> None:
        file = self.folder / f"{stem}.py"
        known = imported_module(file)
        if known is not None:
            self.modules[stem] = known
            return
        module = _new_module(stem + self.suffix, file)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        before = sys.modules.get(module.__name__)
        self.modules[stem] = sys.modules[module.__name__] = module
        note_loaded(file, module)
        try:
            _Loader(module.__name__, str(file)).exec_module(module)
        except (Exception, SystemExit) as error:
            del self.modules[stem]
            _put_back(module.__name__, before)
            forget_loaded(file)
            self.errors[stem] = error if isinstance(error, LoadError) else _load_error(error, file)
            raise self.errors[stem] from error

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """``__import__`` for the folder's files: another file of the folder comes first, as it does for a script."""
        if level <= 1 and self._is_here(name):
            return self.get(name)
        return builtins.__import__(name, globals, locals, fromlist or (), level)

    def _is_here(self, name: str) -> bool:
        """Is there a file of that name in the folder? It is looked for once: each formatted date imports ``time``."""
        if name in self._elsewhere:
            return False
        is_here = name.isidentifier() and (self.folder / f"{name}.py").is_file()
        if not is_here:
            self._elsewhere.add(name)
        return is_here


def _put_back(name: str, module: ModuleType | None) -> None:
    if module is None:
        del sys.modules[name]
    else:
        sys.modules[name] = module


def _new_module(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file, loader=_Loader(name, str(file)))
    assert spec is not None
    return importlib.util.module_from_spec(spec)


class _Loader(SourceFileLoader):
    """Compiles t-strings on every Python; writes no .pyc, as its time stamp would miss two edits in a second."""

    def get_code(self, fullname: str) -> CodeType:
        return compile(parse_source(_read(Path(self.path)), self.path), self.path, "exec", dont_inherit=True)


def _read(file: Path) -> str:
    return importlib.util.decode_source(file.read_bytes())


SYNTAX_FIXES = {
    "'await' outside async function": ": make the function around it async def",
    "outside async function": ": make the function around it async def",
    "no binding for nonlocal": ": set the variable in the component, above the handler",
    "expected 'else' after 'if' expression": ": a condition inside {…} needs both, {a if b else c}",
}
"""How to fix the syntax errors that beginners make in components."""


def _load_error(error: BaseException, file: Path) -> LoadError:
    """``error`` as a ``LoadError`` with the line of the author's file that caused it."""
    if isinstance(error, SyntaxError) and error.filename:
        fix = next((fix for words, fix in SYNTAX_FIXES.items() if words in error.msg), "")
        return LoadError(f"{type(error).__name__}: {error.msg}{fix}", Path(error.filename), error.lineno)
    if isinstance(error, AuthorError) and (named := _WITH_PLACE.match(str(error))):
        return LoadError(named["problem"], Path(named["file"]), int(named["line"]))
    frames = traceback.extract_tb(error.__traceback__)
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == str(file)), None)
    return LoadError(f"{type(error).__name__}: {text_of(error)}", file, line)


_WITH_PLACE = re.compile(r"(?P<file>\S.*?\.py):(?P<line>\d+): (?P<problem>.+)", re.DOTALL)
"""The message of an ``AuthorError`` that names its file and line."""
