"""Search while you type: debounced, with a loading state, without a race."""

import asyncio
import re
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from hyper import live, render

SHOWN = 12
DOCSTRING = re.compile(r"""(?:\s|#.*\n)*[rR]?(?:"{3}|'{3}|"|')\\?\s*(.*)""")
DELAY_S = 0.25  # as long as a search engine elsewhere would take


@cache
def modules() -> list[tuple[str, str]]:
    """The modules of Python's standard library, each with the first line of its documentation."""
    found = []
    for name in sorted(sys.stdlib_module_names):
        spec = PathFinder.find_spec(name)
        if spec and spec.origin and spec.origin.endswith(".py") and not name.startswith("_"):
            text = DOCSTRING.match(Path(spec.origin).read_text("utf-8"))
            found.append((name, text[1].strip("\"'") if text else ""))
    return found


def find(query: str) -> list[tuple[str, str]]:
    """The modules that hold every word, those that are named like the first one before the others."""
    words = query.lower().split()
    hits = [pair for pair in modules() if all(word in " ".join(pair).lower() for word in words)]
    return sorted(hits, key=lambda pair: (not pair[0].startswith(words[0]), words[0] not in pair[0]))


def Marked(text: str, query: str):
    """``text`` with the words of ``query`` marked."""
    words = "|".join(re.escape(word) for word in query.split())
    parts = re.split(f"({words})", text, flags=re.IGNORECASE)
    return [t"<mark>{part}</mark>" if number % 2 else part for number, part in enumerate(parts)]


def Hits(hits: list[tuple[str, str]], query: str):
    more = len(hits) - SHOWN
    return t"""
    <ol>{[t'''
        <li key="{name}">
            <a href="https://docs.python.org/3/library/{name}.html">{Marked(name, query)}</a>
            <span>{Marked(summary, query)}</span>
        </li>''' for name, summary in hits[:SHOWN]]}</ol>
    {more > 0 and t'<p class="more">and {more} more: add a word</p>'}
    """


@live
async def search():
    query = ""
    hits = []
    searching = False

    async def search_modules(text: str):
        nonlocal query, hits, searching
        query, searching = text.strip(), bool(text.strip())
        if query:
            await render()
            await asyncio.sleep(DELAY_S)
            hits = await asyncio.to_thread(find, query)
        searching = False

    found = f"{len(hits)} {'module' if len(hits) == 1 else 'modules'}"
    t"""
    <search>
        <h1>Search the standard library</h1>
        <input type="search" value="{query}" aria-label="Search" placeholder="json, compress, date time …"
            autocomplete="off" spellcheck="false"
            @input.debounce="search_modules(value)" @keydown.escape="search_modules('')">
        <p role="status">{"Searching…" if searching else found if query else "All words must match."}</p>
        <div class="{"stale" if searching else None}">{query and Hits(hits, query)}</div>
    </search>
    """
