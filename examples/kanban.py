"""A board that everybody moves: drag a card to another place, or press arrow keys. Open it in two windows."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints

from hyper import broadcast, live, shared

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Column = Literal["todo", "doing", "done"]
TITLES: dict[Column, str] = {"todo": "To do", "doing": "Doing", "done": "Done"}
NAMES: list[Column] = list(TITLES)


@dataclass
class Card:
    id: int
    text: str
    column: Column


cards: list[Card] = shared(
    [
        Card(1, "Draw the first sketch", "done"),
        Card(2, "Ask three people what they think", "done"),
        Card(3, "Build the thing", "doing"),
        Card(4, "Write down how it works", "todo"),
        Card(5, "Show it around", "todo"),
        Card(6, "Celebrate", "todo"),
    ]
)


def find(id: int) -> Card | None:
    return next((card for card in cards if card.id == id), None)


def move(card: Card, column: Column, before: Card | None) -> None:
    """Put a card into a column: before another one, or at its end."""
    if card is not before:
        cards.remove(card)
        card.column = column
        cards.insert(cards.index(before) if before else len(cards), card)
        broadcast()


@live
def kanban():
    lifted: int | None = None
    over: Column | None = None

    def lift(id: int):
        nonlocal lifted
        lifted = id

    def hover(column: Column):
        nonlocal over
        over = column

    def let_go():
        nonlocal lifted, over
        lifted = over = None

    def drop(column: Column, before: int | None = None):
        card = find(lifted) if lifted else None
        if card:
            move(card, column, find(before) if before else None)
        let_go()

    def push(id: int, steps: Literal[-1, 1]):
        card = find(id)
        if card and 0 <= NAMES.index(card.column) + steps < len(NAMES):
            move(card, NAMES[NAMES.index(card.column) + steps], None)

    def shift(id: int, steps: Literal[-1, 1]):
        card = find(id)
        others = [other for other in cards if card and other.column == card.column and other is not card]
        at = sum(cards.index(other) < cards.index(card) for other in others) + steps
        if card and 0 <= at <= len(others):
            move(card, card.column, others[at] if at < len(others) else None)

    def add(text: Text):
        cards.append(Card(max((card.id for card in cards), default=0) + 1, text, "todo"))
        broadcast()

    def remove(id: int):
        cards[:] = [card for card in cards if card.id != id]
        broadcast()

    columns = {name: [card for card in cards if card.column == name] for name in NAMES}
    t"""
    <header><h1>Board</h1> <p id="help">Drag a card, or focus it: arrow keys move it, Delete removes it.</p></header>
    <div class="kanban">{[t'''
        <section key="{name}" class="{["column", lifted and over == name and "over"]}" aria-label="{title}"
            @dragover.prevent.throttle.200ms="hover({name})" @drop.prevent="drop({name})">
            <h2 id="{name}" tabindex="-1">{title} <span>{len(columns[name])}</span></h2>
            <ul>{[t"""
                <li key="{card.id}" id="card-{card.id}" draggable="true" class="{card.id == lifted and "lifted"}"
                    tabindex="0" aria-describedby="help" @keydown.delete="$focus('#{name}'); remove({card.id})"
                    @keydown.left.prevent="push({card.id}, -1)" @keydown.right.prevent="push({card.id}, 1)"
                    @keydown.up.prevent="shift({card.id}, -1)" @keydown.down.prevent="shift({card.id}, 1)"
                    @dragstart="lift({card.id})" @dragend="let_go" @drop.prevent.stop="drop({name}, {card.id})">
                    <p>{card.text}</p>
                    <div>
                        <button tabindex="-1" aria-label="Move “{card.text}” left" disabled="{name == "todo"}"
                            @click="push({card.id}, -1)">←</button>
                        <button tabindex="-1" aria-label="Move “{card.text}” right" disabled="{name == "done"}"
                            @click="push({card.id}, 1)">→</button>
                        <button tabindex="-1" aria-label="Delete “{card.text}”" @click="$focus('#{name}'); remove({card.id})">×</button>
                    </div>
                </li>""" for card in columns[name]]}</ul>
            {name == "todo" and t"""
            <form @submit="add(text)">
                <input name="text" value="" aria-label="New card" placeholder="New card" autocomplete="off"
                    maxlength="120" required> <button>Add</button>
            </form>"""}
        </section>''' for name, title in TITLES.items()]}</div>
    """
