"""A page whose messages all visitors share: one writes, all see it."""

from __future__ import annotations

from hyper import broadcast, live, shared

messages = shared([])


@live
def chat():
    def say():
        messages.append("hello")
        broadcast()

    t"""<ul>{[t"<li>{message}</li>" for message in messages]}</ul><button @click="say">Send</button>"""
