"""One module for each file: a file that is loaded and imported, in whichever order, runs once.

    import chat            →   load(".")["chat"] is chat.chat
    load("examples")       →   from examples.chat import messages: the module that was loaded

A second copy would have shared values, engines and classes of its own, which look like the first one's.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Final
from weakref import WeakSet

_loaded: Final[dict[Path, ModuleType]] = {}
"""The modules that the loader has run, by their files."""
_made: Final[WeakSet[ModuleType]] = WeakSet()
"""All modules that the loader has made, also earlier ones of a file."""
_seen: Final[dict[Path, bytes]] = {}
"""What was in a file when it was first met as a module that Python had imported: after an edit it runs again."""


def imported_module(file: Path) -> ModuleType | None:
    """The module that Python imported from ``file``, also as ``__main__``; ``None`` if there is none or it is old."""
    for module in list(sys.modules.values()):
        place = getattr(module, "__dict__", {}).get("__file__")
        if not isinstance(place, str) or not place.endswith(file.name):
            continue
        if Path(place).resolve() == file and module not in _made:
            digest = hashlib.blake2b(file.read_bytes()).digest()
            return module if _seen.setdefault(file, digest) == digest else None
    return None


def note_loaded(file: Path, module: ModuleType) -> None:
    """Have later imports of ``file`` give ``module``."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
    before, _loaded[file] = _loaded.get(file), module
    _made.add(module)
    for name, known in list(sys.modules.items()):
        if before is not None and known is before and name != before.__name__:
            sys.modules[name] = module


def forget_loaded(file: Path) -> None:
    """Have later imports of ``file`` run it: it failed."""
    _loaded.pop(file, None)


class _Finder(MetaPathFinder):
    """Finds the modules that were loaded, under the names by which Python finds their files."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        name = f"{fullname.rpartition('.')[2]}.py"
        if not any(file.name == name for file in _loaded):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        module = _loaded.get(Path(spec.origin).resolve()) if spec is not None and spec.origin else None
        return None if module is None else ModuleSpec(fullname, _Given(module), origin=str(module.__file__))


class _Given(Loader):
    """Gives a module that has run already."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec


_FINDER: Final = _Finder()
