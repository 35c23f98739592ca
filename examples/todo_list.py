"""A to-do list: add, tick off, filter, delete; what is written is validated."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator

from hyper import error, live


def something(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("Write down what there is to do")
    if len(text) > 80:
        raise ValueError(f"Say it in 80 characters: these are {len(text)}")
    return text


Text = Annotated[str, AfterValidator(something)]
Filter = Literal["all", "open", "done"]


@dataclass
class Item:
    id: int
    text: str
    done: bool = False


@live
def todo_list():
    items = [Item(1, "Open this page", done=True), Item(2, "Add something"), Item(3, "Tick it off")]
    shown: Filter = "all"

    def add(text: Text):
        items.append(Item(max((item.id for item in items), default=0) + 1, text))

    def toggle(id: int):
        item = next(item for item in items if item.id == id)
        item.done = not item.done

    def delete(id: int):
        items[:] = [item for item in items if item.id != id]

    def show(filter: Filter):
        nonlocal shown
        shown = filter

    def clear_done():
        items[:] = [item for item in items if not item.done]

    left = sum(not item.done for item in items)
    rows = [item for item in items if shown == "all" or item.done == (shown == "done")]
    t"""
    <section class="todo" aria-labelledby="title">
        <h1 id="title" tabindex="-1">To do</h1>
        <form @submit="add(text)">
            <input name="text" value="" aria-label="New task" placeholder="What is there to do?"
                autocomplete="off" aria-invalid="{bool(error("text"))}" aria-describedby="problem">
            <button>Add</button>
        </form>
        <p id="problem" role="alert">{error("text")}</p>
        <ul>{[t'''
            <li key="{item.id}" class="{"done" if item.done else None}" live-leave="gone">
                <label>
                    <input type="checkbox" checked="{item.done}" @change="toggle({item.id})">
                    <span>{item.text}</span>
                </label>
                <button class="delete" aria-label="Delete {item.text}"
                    @click="$focus('#title'); delete({item.id})">×</button>
            </li>''' for item in rows]}</ul>
        {not rows and t'<p class="empty">Nothing here.</p>'}
        <footer>
            <p aria-live="polite">{left} {"task" if left == 1 else "tasks"} left</p>
            <div role="group" aria-label="Show">{[t'''
                <button aria-pressed="{shown == name}" @click="show({name})">{name.title()}</button>
                ''' for name in ("all", "open", "done")]}</div>
            <button class="clear" aria-disabled="{left == len(items)}" @click="clear_done">Clear done</button>
        </footer>
    </section>
    """
