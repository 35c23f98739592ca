"""The code of the proposal, to the letter: what was promised there runs as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.components.component import LiveComponent
from hyper.components.loader import load
from hyper.errors import ComponentWarning
from hyper.testing import mount
from hyper.transport.component import BadArgumentError

VISION = '''
from hyper import live

@live
def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t"""
    <div>
        <p>Count: {count}</p>
        <button @click="increment">+</button>
    </div>
    """
'''

GETTING_STARTED = '''
from hyper import live

@live
def counter():
    count = 0
    def increment():
        nonlocal count
        count += 1
    t"""
    <div>
        <p>{count}</p>
        <button @click="increment">+</button>
    </div>
    """
'''

ZERO_BOILERPLATE = """
@live  # That's all you need
def component():
    pass
"""

TODOS = """
@live
def todos():
    items = []

    def add(text: str):
        items.append({"text": text, "done": False})

    def toggle(i: int):
        items[i]["done"] = not items[i]["done"]

    # ... template
"""

SEARCH = '''
@live
async def search():
    results = []

    async def search_items(query: str):
        nonlocal results
        results = await api.search(query)

    t"""<input @input.debounce="search_items(value)" />"""
'''

CHAT = """
messages = shared([])

@live
def chat():
    def send(text: str):
        messages.append(text)
        broadcast()
"""

CHAT_WITH_COMMENT = """
from hyper import shared

# Shared across ALL connections
messages = shared([])

@live
def chat():
    def send(text: str):
        messages.append(text)
        broadcast()  # Updates all clients
"""

PER_CONNECTION = """
@live
def counter():
    count = 0  # Unique per WebSocket connection

    # Each user has their own count
"""


def components(folder: Path, source: str, first: str = "") -> dict[str, LiveComponent]:
    file = folder / "promise.py"
    file.write_text(f"{first}\n{source}", encoding="utf-8")
    return load(file)


def test_the_vision(tmp_path: Path) -> None:
    page = mount(components(tmp_path, VISION)["counter"])
    page.click("button")
    assert page.patches == [{"path": "div/p/text", "value": "Count: 1"}]
    assert page.text("p") == "Count: 1"


def test_getting_started(tmp_path: Path) -> None:
    page = mount(components(tmp_path, GETTING_STARTED)["counter"])
    page.click("button")
    page.click("button")
    assert page.patches == [{"path": "div/p/text", "value": "2"}]


@pytest.mark.parametrize("source", [ZERO_BOILERPLATE, PER_CONNECTION])
def test_zero_boilerplate(tmp_path: Path, source: str) -> None:
    (component,) = components(tmp_path, source, "from hyper import live").values()
    assert mount(component).html == ""


@pytest.mark.parametrize("source", [TODOS, CHAT, CHAT_WITH_COMMENT])
def test_samples_that_leave_the_template_out(tmp_path: Path, source: str) -> None:
    with pytest.warns(ComponentWarning, match="shows nothing"):
        (component,) = components(tmp_path, source, "from hyper import broadcast, live, shared").values()
    assert mount(component).html == ""


def test_todos_with_a_template(tmp_path: Path) -> None:
    template = """
    t'''<form @submit.prevent="add(text)"><input name="text" value=""></form>
    <ul>{[t'<li @click="toggle({i})">{item["text"]} {item["done"] and "done"}</li>' for i, item in enumerate(items)]}</ul>'''
"""
    page = mount(components(tmp_path, TODOS + template, "from hyper import live")["todos"])
    page.fill("input", "milk")
    page.submit("form")
    page.click("li")
    assert page.text("li") == "milk done"


def test_search(tmp_path: Path) -> None:
    api = "from hyper import live\nclass api:\n    asked = []\n    @classmethod\n    async def search(cls, query):\n        cls.asked.append(query)\n"
    component = components(tmp_path, SEARCH, api)["search"]
    page = mount(component)
    page.fill("input", "py")
    asked: Any = component.function.__globals__["api"].asked
    assert asked == ["py"]


def test_chat_reaches_everybody(tmp_path: Path) -> None:
    template = "\n    t'''<form @submit=\"send(text)\"><input name=text></form>{[t\"<p>{m}</p>\" for m in messages]}'''\n"
    chat = components(tmp_path, CHAT.rstrip() + template, "from hyper import broadcast, live, shared")["chat"]
    one, other = mount(chat), mount(chat)
    one.fill("input", "hello")
    one.submit("form")
    assert other.text("p") == "hello"


def test_components_beside_each_other(tmp_path: Path) -> None:
    source = """
from hyper import live

def Header():
    return t"<h1>Welcome</h1>"

@live
def LiveChat():
    said = 0
    def say():
        nonlocal said
        said += 1
    t'<p @click="say">{said}</p>'

@live
def page():
    t'''
# Regular HTMX component
<{Header} />

# Live stateful component
<{LiveChat} />
'''
"""
    page = mount(components(tmp_path, source)["page"])
    page.click("p")
    assert page.text("h1") == "Welcome"
    assert page.text("p") == "1"


def test_typed_handlers_validate(tmp_path: Path) -> None:
    source = """
from hyper import live

@live
def profile():
    saved = None

    def save(age: int, email: str):
        # Runtime validation: age must be int, email must be str
        nonlocal saved
        saved = (age, email)

    t'''<form @submit="save"><input name="age"><input name="email"></form><p>{saved!r}</p>'''
"""
    page = mount(components(tmp_path, source)["profile"])
    with pytest.raises(BadArgumentError, match="age: Please enter a whole number"):
        page.submit("form", age="many", email="a@b.c")
    assert page.text("p") == "None"
    page.submit("form", age="41", email="a@b.c")
    assert page.text("p") == "(41, 'a@b.c')"


PERSISTENT = """
from hyper import persistent

@live
def profile():
    # Persisted to database
    user = persistent(User, id=current_user.id)

    def update_name(name: str):
        user.name = name
        user.save()  # Auto-saves
"""


def test_persistent_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlalchemy")
    monkeypatch.chdir(tmp_path)
    first = """
from dataclasses import dataclass
from types import SimpleNamespace
from hyper import live

@dataclass
class User:
    name: str = "nobody"

current_user = SimpleNamespace(id=7)
"""
    template = '\n    t\'<form @submit="update_name"><input name="name"></form><p>{user.name}</p>\'\n'
    profile = components(tmp_path, PERSISTENT.rstrip() + template, first)["profile"]
    page = mount(profile)
    page.submit("form", name="ann")
    assert page.text("p") == "ann"
    assert mount(profile).text("p") == "ann"
