from __future__ import annotations

from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from hyper.compiling.function_source import function_node, line_of
from hyper.errors import ComponentError

TWO = """
def decorated(function): return function

def f():
    pass

@decorated
@decorated
def f(n):
    pass
"""


def function_in(file: Path, source: str) -> FunctionType:
    file.write_text(source)
    scope: dict[str, Any] = {}
    exec(compile(source, str(file), "exec"), scope)
    function: FunctionType = scope["f"]
    return function


def test_of_two_functions_with_one_name_the_line_decides(tmp_path: Path) -> None:
    node = function_node(function_in(tmp_path / "two.py", TWO))
    assert [argument.arg for argument in node.args.args] == ["n"]


def test_a_function_without_source_is_refused() -> None:
    scope: dict[str, Any] = {}
    exec(compile("def f():\n    'x'", "<nowhere>", "exec"), scope)
    with pytest.raises(ComponentError, match="source of f cannot be read"):
        function_node(scope["f"])


def test_a_file_that_has_changed_is_told_of(tmp_path: Path) -> None:
    function = function_in(tmp_path / "two.py", TWO)
    (tmp_path / "two.py").write_text(TWO.replace("def f(n)", "def longer(n)"))
    with pytest.raises(ComponentError, match="f is not where its code says"):
        function_node(function)


def test_the_line_that_binds_a_handler(tmp_path: Path) -> None:
    file = tmp_path / "view.py"
    file.write_text("def save(): pass\n\nt'''\n<p>\n<b @click=\"save\">x</b></p>'''")
    assert line_of(str(file), 3, "save") == 5
    assert line_of(str(file), 3, "other") == 3
