"""A chat room: one list of messages for everybody, who is here, who is writing. Open it in two windows."""

import random
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Annotated
from zlib import crc32

from pydantic import StringConstraints

from hyper import broadcast, live, presence, shared

KEPT = 200
NAMES = "Otter Heron Marten Lynx Wren Badger Stoat Curlew Hare Tern Vole Plover Ibex Merlin Newt".split()
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]


@dataclass(frozen=True)
class Message:
    id: str
    who: str
    text: str
    at: datetime


messages = shared([], of=Message)
writing = shared(set())
people = presence("chat")


def Avatar(name: str):
    hue = crc32(name.encode()) % 360
    return t'''
    <svg class="avatar" viewBox="0 0 32 32" aria-hidden="true">
        <circle cx="16" cy="16" r="16" fill="hsl({hue} 55% 38%)" /><text x="16" y="16">{name[:1].upper()}</text>
    </svg>
    '''


def Bubble(message: Message, before: Message | None, me: str):
    """A message; the first of several by one person says whose they are."""
    is_first = before is None or before.who != message.who
    return t"""
    <li key="{message.id}" class="{["mine" if message.who == me else "theirs", is_first and "first"]}">
        {is_first and Avatar(message.who)}
        {is_first and t"<b>{message.who}</b>"}
        <p>{message.text} <time datetime="{message.at.isoformat()}">{message.at:%H:%M}</time></p>
    </li>
    """


@live
def chat(name: Name | None = None):
    me = name or f"{random.choice(NAMES)} {random.randrange(10, 100)}"

    def on_mount():
        people.join(me)

    def on_unmount():
        write("")

    def send(text: Text):
        messages.append(Message(token_hex(4), me, text, datetime.now()))
        del messages[:-KEPT]
        writing.discard(me)
        broadcast()

    def write(value: str):
        if bool(value) != (me in writing):
            writing.symmetric_difference_update({me})
            broadcast()

    def rename(value: Name):
        nonlocal me
        write("")
        me = value
        people.join(me)

    others = sorted(writing - {me})
    t"""
    <section class="chat" aria-labelledby="title">
        <aside>
            <h1 id="title">Chat</h1>
            <h2>{len(people)} here</h2>
            <ul>{[t'''
                <li key="{person}">{Avatar(person)} {person}{person == me and " (you)"}</li>
                ''' for person in people]}</ul>
            <label>Your name <input value="{me}" maxlength="24" @change="rename(value)"></label>
        </aside>
        <div class="room">
            <div class="log" tabindex="0" role="log" aria-label="Messages"><ol>{[
                Bubble(message, before, me) for before, message in zip([None, *messages], messages, strict=False)
            ] or t'<li key="none" class="nothing">Say hello. Everybody who has this page open will see it.</li>'}</ol></div>
            <p class="writing" aria-live="polite">{others and f"{' and '.join(others)} {'is' if len(others) == 1 else 'are'} writing …"}</p>
            <form @submit="send(text)">
                <input name="text" value="" aria-label="Message" placeholder="Message" autocomplete="off" maxlength="500"
                    required @input="write(value)">
                <button>Send</button>
            </form>
        </div>
    </section>
    """
