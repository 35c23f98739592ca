"""What a running component may ask: its request and user, a render now, events for the page's scripts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from markupsafe import Markup

from hyper import current_user, live, persistent
from hyper.errors import AuthorError
from hyper.testing import mount
from hyper.testing.sources import load_source, one
from hyper.transport.component import RequestContext

from ..mounts import RecordingHost, mounted


@dataclass(frozen=True)
class Person:
    id: int
    name: str


ADA = Person(7, "Ada")


@live
def greeting():
    def rename(): ...

    known = f"{current_user.name} {current_user.id}" if current_user else "stranger"
    return Markup(f'<p @click="rename">{known}</p>')


def test_a_component_asks_who_it_is_for() -> None:
    assert "Ada 7" in mount(greeting, request=RequestContext("", ADA)).html
    assert "stranger" in mount(greeting).html


def test_it_is_equal_to_the_user() -> None:
    found = []

    @live
    def asks():
        def nothing(): ...

        found.append(
            [current_user == ADA, current_user == 5, hash(current_user) == hash(ADA), str(current_user)]
        )
        return Markup('<p @click="nothing"></p>')

    mount(asks, request=RequestContext("", ADA))
    assert found == [[True, False, True, str(ADA)]]


def test_outside_of_a_component_there_is_none() -> None:
    assert not current_user
    assert current_user == None  # noqa: E711
    with pytest.raises(AuthorError, match="nobody is logged in"):
        _ = current_user.id


def test_a_nested_component_is_given_it_whoever_is_there(tmp_path: Path) -> None:
    source = """
        from hyper import current_user

        @live
        def kid(user):
            t"<b>{user.name if user else None}</b>"

        @live
        def page():
            t"<{kid} user={current_user} />"
    """
    page = load_source(tmp_path, source)["page"]
    assert "Ada" in mount(page, request=RequestContext("", ADA)).html
    assert "<b></b>" in mount(page).html


@live
def older():
    def nothing(): ...

    return Markup(f'<p @click="nothing">{current_user.age}</p>')


def test_what_the_user_has_not_is_an_error_as_usual() -> None:
    with pytest.raises(AttributeError, match="Person"):
        mount(older, request=RequestContext("", ADA))


@dataclass
class Profile:
    name: str = "nobody"
    __persistent_name__ = "profile of the current user"


def test_a_record_of_the_current_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hyper.records.database", reason="the persistent extra is not installed")
    monkeypatch.setenv("HYPER_DATABASE_URL", f"sqlite:///{tmp_path / 'users.db'}")

    @live
    def profile():
        user = persistent(Profile, id=current_user.id)

        def rename(name: str):
            user.name = name

        return Markup(f"<p>{user.name}</p><button @click=\"rename('{current_user.name}')\"></button>")

    ada = RequestContext("", ADA)
    with mount(profile, request=ada) as page:
        page.click("button")
        assert page.text("p") == "Ada"
    with mount(profile, request=ada) as page:
        assert page.text("p") == "Ada"
    with mount(profile, request=RequestContext("", Person(8, "Bob"))) as page:
        assert page.text("p") == "nobody"


async def test_render_shows_what_is_between(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from hyper.components.running import render
        @live
        def search():
            state = "idle"
            async def go():
                nonlocal state
                state = "busy"
                await render()
                state = "done"
            t'<p @click="go">{state}</p>'
        """,
    )
    mount, host = await mounted(component)
    await mount.call("m", "go", [], {})
    assert host.flushed == [("m", [{"path": "p/text", "value": "busy"}])]
    assert await mount.changes() == [("m", [{"path": "p/text", "value": "done"}])]


async def test_components_push_events_and_know_their_request(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from hyper.components.running import push, request
        @live
        def page():
            user = request().user
            def save():
                push("saved", {"by": user})
            t'<p @click="save">{user}</p>'
        """,
    )
    mount = await component.mount_for("m", {}, RequestContext("hash", user="ann"))
    host = RecordingHost(mount)
    await mount.call("m", "save", [], {})
    assert host.pushed == []
    mount.attach(host)
    await mount.call("m", "save", [], {})
    assert host.pushed == [("m", "saved", {"by": "ann"})]
    assert mount.html() == '<p @click="save">ann</p>'
