"""The command line: what it prints, and that a wrong call is one readable paragraph with exit code 2."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hyper.commands.cli import default_folder, main

OLD, NEW = "<div><p>4</p></div>", "<div><p>5</p></div>"


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def pages(tmp_path: Path) -> tuple[Path, Path]:
    """Two HTML files that differ in one text."""
    old, new = tmp_path / "old.html", tmp_path / "new.html"
    old.write_text(OLD)
    new.write_text(NEW)
    return old, new


def test_the_version_is_the_packages() -> None:
    assert run("--version").output.startswith("hyper, version ")


def test_python_m_hyper_is_the_command(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "hyper", "--help"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "python -m hyper" in shown.stdout
    assert {"dev", "diff"} <= set(shown.stdout.split())


def test_diff_prints_the_patches_as_they_go_over_the_wire(pages: tuple[Path, Path]) -> None:
    assert json.loads(run("diff", *pages).output) == [{"path": "div/p/text", "value": "5"}]


@pytest.mark.parametrize("report", ["json", "text", "html"])
def test_diff_writes_each_report_to_a_file(pages: tuple[Path, Path], report: str, tmp_path: Path) -> None:
    target = tmp_path / "report"
    result = run("diff", *pages, "--format", report, "--output", target)
    assert (result.exit_code, result.output) == (0, "")
    assert "div/p/text" in target.read_text("utf-8")


def test_diff_takes_one_side_from_standard_input(pages: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["diff", "-", str(pages[1])], input=OLD)
    assert json.loads(result.output) == [{"path": "div/p/text", "value": "5"}]


def test_diff_of_html_that_is_too_deep_is_refused(pages: tuple[Path, Path]) -> None:
    pages[1].write_text("<div>" * 2000)
    result = run("diff", *pages)
    assert result.exit_code == 2
    assert "Error: " in result.output


def test_diff_of_a_file_that_is_not_utf8_is_refused(pages: tuple[Path, Path]) -> None:
    pages[1].write_bytes(b"<p>\xff")
    result = run("diff", *pages)
    assert result.exit_code == 2
    assert "new.html is not UTF-8" in result.output


def test_diff_takes_no_byte_order_mark_for_text(pages: tuple[Path, Path]) -> None:
    pages[0].write_bytes(b"\xef\xbb\xbf<!doctype html><title>a</title>")
    pages[1].write_text("<!doctype html><title>b</title>")
    assert json.loads(run("diff", *pages).output) == [{"path": "html/head/title/text", "value": "b"}]


def test_diff_imports_no_server(pages: tuple[Path, Path]) -> None:
    code = (
        "import sys\nfrom hyper.commands.cli import main\n"
        f"main(['diff', {str(pages[0])!r}, {str(pages[1])!r}], standalone_mode=False)\n"
        "assert not {'aiohttp', 'pydantic', 'watchfiles'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_dev_of_a_folder_that_is_not_there_says_so() -> None:
    result = run("dev", "no-such-folder")
    assert result.exit_code == 2
    assert "'no-such-folder' does not exist" in result.output


def test_dev_of_a_folder_without_components_says_what_one_is(tmp_path: Path) -> None:
    result = run("dev", tmp_path)
    assert result.exit_code == 2
    assert "no live component in" in result.output
    assert "@live" in result.output


def test_dev_on_a_taken_port_names_another(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from hyper import live\n\n@live\ndef a():\n    t'<p>1</p>'\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("dev", tmp_path, "--port", port)
    assert result.exit_code == 2
    assert f"port {port} on 127.0.0.1 is taken" in result.output
    assert f"--port {port + 1}" in result.output


def test_dev_looks_into_app_live_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_folder() == Path()
    (tmp_path / "app" / "live").mkdir(parents=True)
    assert default_folder() == Path("app/live")
