from __future__ import annotations

from pathlib import Path

import pytest

from hyper.components.checks import check_page
from hyper.errors import ComponentError
from hyper.testing.sources import one


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ("t'<p>{t\"<div>x</div>\"}</p>'", "in <p> this view writes <div>, but a browser builds nothing more"),
        (
            "t'<table>{[t\"<tr><td>x</td></tr>\"]}</table>'",
            "in <table> this view writes <tr>, but a browser builds <tbody>",
        ),
        ("t'<table><tbody>{\"text\"}</tbody></table>'", "a browser builds text 'text'"),
        (
            "t'<form>{t\"<form>x</form>\"}</form>'",
            "in <form> this view writes <form>, but a browser builds text 'x'",
        ),
        ("t'<a>{t\"<a>x</a>\"}</a>'", "<a>"),
        (
            "t'<div>{Markup(\"<b>x\")}</div><i>y</i>'",
            "at the top this view writes <i>, but a browser builds <b>",
        ),
    ],
)
async def test_what_a_browser_would_rearrange_is_named(tmp_path: Path, view: str, message: str) -> None:
    component = one(
        tmp_path, f"from markupsafe import Markup\n@live\ndef page():\n    def f(): pass\n    {view}"
    )
    mount = await component.mount_for("m", {})
    with pytest.raises(ComponentError) as error:
        check_page(mount.root)
    assert message in str(error.value)
    assert "page.py:4: page: " in str(error.value)


async def test_a_sound_page_passes(tmp_path: Path) -> None:
    view = 't\'<ul>{[t"<li>{n}</li>" for n in range(3)]}</ul><p>{"a<b"}</p>\''
    mount = await one(tmp_path, f"@live\ndef page():\n    def f(): pass\n    {view}").mount_for("m", {})
    check_page(mount.root)
