"""The built client as Python serves it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from hyper import runtime_js


def test_source_is_the_built_file(root: Path) -> None:
    built = (root / "runtime_js" / "hyper-live.js").read_bytes()
    assert runtime_js.source().encode() == built
    assert runtime_js.digest() == sha256(built).hexdigest()[:16]


def test_source_is_one_module_without_dependencies() -> None:
    source = runtime_js.source()
    exported = source.rpartition("export{")[2]
    assert {name.rpartition(" as ")[2].strip("};\n") for name in exported.split(",")} == {
        "PatchError",
        "applyPatches",
        "createMirror",
        "start",
    }
    assert "eval(" not in source
    assert "Function(" not in source
