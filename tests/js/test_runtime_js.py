"""The built client as Python serves it."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from hyper import runtime_js

PATCHES = {"PatchError", "applyPatches", "createMirror"}


@pytest.fixture(scope="session")
def built(root: Path) -> Path:
    return root / "runtime_js"


def exports_of(source: str) -> set[str]:
    exported = source.rpartition("export{")[2]
    return {name.rpartition(" as ")[2].strip("};\n") for name in exported.split(",")}


def test_source_is_the_built_file(built: Path) -> None:
    file = (built / "hyper-live-patcher.js").read_bytes()
    assert runtime_js.source().encode() == file
    assert runtime_js.digest() == sha256(file).hexdigest()[:12]


def test_source_is_one_module_without_dependencies() -> None:
    assert exports_of(runtime_js.source()) == PATCHES


def test_the_first_file_starts_what_is_on_the_page(built: Path) -> None:
    source = (built / "hyper-live.js").read_text("utf-8")
    assert exports_of(source) == {"start", "need"}


def test_no_file_makes_code_of_text(built: Path) -> None:
    for file in built.glob("hyper-live*.js"):
        source = file.read_text("utf-8")
        assert "eval(" not in source, file
        assert "Function(" not in source, file


@pytest.mark.parametrize("part", ["forms", "modifiers"])
def test_the_first_file_asks_for_the_others_by_what_is_in_them(built: Path, part: str) -> None:
    digest = sha256((built / f"hyper-live-{part}.js").read_bytes()).hexdigest()[:12]
    assert f"./{part}-{digest}.js" in (built / "hyper-live.js").read_text("utf-8")


PAGES = {
    '<p>5</p><button @click="add">+</button>': "",
    '<button @click="remove(5)">×</button>': "",
    '<b @click="f(&quot;a,b)&quot;, -1.5e3, true)"></b>': "",
    '<a @click.prevent.stop="go(1)"></a><i @scroll.window.passive="go"></i>': "",
    "a @click.once here, in a text": "",
    "<form></form>": "forms",
    "<p><input></p>": "forms",
    "<textarea></textarea>": "forms",
    "<select></select>": "forms",
    '<button type="button" value="5">+</button>': "forms",
    "<formula></formula><inputs></inputs>": "",
    "<b @click=\"f('a')\"></b>": "forms",
    '<b @click="f(a)"></b>': "forms",
    '<b @click="f(1"></b>': "forms",
    "<b @click=\"$toggle('#a')\"></b>": "forms",
    '<b @keydown="f"></b>': "forms",
    '<b @click.once="f"></b>': "forms modifiers",
    '<b @keydown.enter="f"></b>': "forms modifiers",
    '<b @click.outside="f"></b>': "forms modifiers",
}


@pytest.mark.parametrize("html", PAGES)
def test_what_a_page_needs(html: str) -> None:
    assert " ".join(sorted(runtime_js.parts_for(html))) == PAGES[html]


def test_the_first_file_knows_no_more_modifiers_than_python_thinks(built: Path) -> None:
    rules = (built / "rules.js").read_text("utf-8")
    simple = re.search(r"SIMPLE = /\^\((.*)\)", rules)
    assert simple is not None
    for word in simple[1].split("|"):
        assert not runtime_js.parts_for(f'<b @click.{word}="f"></b>')
