from __future__ import annotations

from pathlib import Path
from typing import Any

from hyper.testing.sources import one
from hyper.vdom.templates.freezing import FrozenHtml, FrozenTree


async def shown(mount: Any, event: str) -> list[Any]:
    await mount.call("m", event, None, {})
    return [patch for change in await mount.changes() for patch in change.patches]


async def test_a_frozen_page_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    table = one(
        tmp_path,
        """
        @live
        def table():
            rows = list(range(200))
            def swap(): rows[1], rows[3] = rows[3], rows[1]
            t'<button @click="swap">x</button>'
            for row in rows: t'<li key={row}>{row}</li>'
        """,
    )
    mount = await table.mount_for("m", {})
    html = mount.html()
    mount.freeze()
    assert isinstance(mount.root.kept_tree, FrozenTree)
    assert await mount.changes() == []
    assert isinstance(mount.root.kept_tree, FrozenTree), "nothing was asked of it"
    assert mount.html() == html
    mount.freeze()
    assert await shown(mount, "swap") == [{"path": "", "order": [0, 1, 4, 3, 2, [5, 200]]}]
    assert mount.html() != html


async def test_a_page_printed_as_a_string_is_frozen_as_that(tmp_path: Path) -> None:
    page = one(
        tmp_path,
        """
        from markupsafe import Markup
        @live
        def page():
            count = 0
            def add():
                nonlocal count
                count += 1
            return Markup("<p>text</p>" * 1000 + f"<button @click=add>{count}</button>")
        """,
    )
    mount = await page.mount_for("m", {})
    mount.freeze()
    assert isinstance(mount.root.kept_tree, FrozenHtml)
    assert await shown(mount, "add") == [{"path": "button/text", "value": "1"}]
