"""The pages around live components while they are developed: gallery, component, source, error.

Plain functions from data to HTML text: no request, no server, no file is read here.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

ASSETS = "/_dev"
"""Where the development server has its own style sheet and script."""

CARD_PREVIEW_LINES = 12


@dataclass(frozen=True)
class Card:
    """What the gallery tells about one component."""

    name: str
    summary: str
    """First line of its docstring, or of its file's."""
    group: str
    file: str
    """Name of its file, without the folder."""
    source: str
    """Source of the function, decorator included."""
    line: int
    """Line of the file where ``source`` starts, from 1."""

    @property
    def title(self) -> str:
        """``Todo list`` for ``todo_list``."""
        return self.name.replace("_", " ").strip().capitalize()


@dataclass(frozen=True)
class Problem:
    """Something the author has to mend, with the place in the source."""

    title: str
    message: str
    file: str = ""
    """Name of the file, without its folder."""
    place: str = ""
    """``chat.py:12``."""
    excerpt: Sequence[tuple[int, str]] = ()
    """The lines around it, each with its number."""
    line: int | None = None
    """Number of the line to blame."""
    details: str = ""
    """The whole traceback, where there is one."""


def document(title: str, body: Markup, *, styles: Iterable[str] = ()) -> str:
    """A whole page: accessible, responsive, with the development server's style and script."""
    links = Markup("").join(
        Markup('<link rel="stylesheet" href="{}">\n').format(url) for url in (f"{ASSETS}/dev.css", *styles)
    )
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>{}</title>\n"
        '<link rel="icon" href="{}/icon.svg">\n'
        "{}"
        '<script type="module" src="{}/dev.js"></script>\n'
        "</head>\n<body>\n{}\n</body>\n</html>\n"
    ).format(title, ASSETS, links, ASSETS, body)


def index_page(folder: str, cards: Sequence[Card], problems: Sequence[Problem]) -> str:
    """The gallery: a card for each component, by group, and what could not be loaded above them."""
    groups: dict[str, list[Card]] = {}
    for card in cards:
        groups.setdefault(card.group, []).append(card)
    sections = Markup("\n").join(_group(name, members) for name, members in groups.items())
    broken = Markup("\n").join(_problem(problem) for problem in problems)
    count = f"{len(cards)} live component{'' if len(cards) == 1 else 's'}"
    body = Markup(
        '<header class="dev-hero"><h1>{}</h1>'
        "<p>{} · state on the server, patches over a WebSocket</p></header>\n"
        '<main class="dev-gallery">\n{}{}\n</main>'
    ).format(folder, count, broken, sections)
    return document(folder, body)


def _group(name: str, cards: Sequence[Card]) -> Markup:
    heading = Markup("<h2>{}</h2>\n").format(name) if name else Markup("")
    items = Markup("\n").join(_card(card, "h3" if name else "h2") for card in cards)
    return Markup('<section class="dev-group">{}<ul class="dev-cards">\n{}\n</ul></section>').format(
        heading, items
    )


def _card(card: Card, heading: str) -> Markup:
    preview = "\n".join(card.source.splitlines()[:CARD_PREVIEW_LINES])
    return Markup(
        '<li class="dev-card"><div class="dev-card-text">'
        '<{heading} class="dev-card-title"><a href="/live/{name}">{title}</a></{heading}><p>{summary}</p></div>'
        '<a class="dev-card-code" href="/source/{name}" aria-label="{file} · {count} lines: source of {title}">'
        '<pre aria-hidden="true">{code}</pre><span>{file} · {count} lines</span></a></li>'
    ).format(
        heading=Markup(heading),
        name=card.name,
        title=card.title,
        summary=card.summary,
        code=highlight(preview),
        file=card.file,
        count=len(card.source.splitlines()),
    )


def component_page(card: Card, component: Markup, *, styles: Iterable[str] = ()) -> str:
    """One component on a page of its own."""
    body = Markup(
        '<nav class="dev-bar" aria-label="Gallery"><a href="/">All components</a>'
        '<a href="/source/{name}">{file}</a></nav>\n'
        '<main class="dev-stage" data-dev-file="{file}">\n{component}\n</main>'
    ).format(name=card.name, file=card.file, component=component)
    return document(card.title, body, styles=styles)


def source_page(card: Card) -> str:
    """The component's source, with line numbers."""
    body = Markup(
        '<nav class="dev-bar" aria-label="Gallery"><a href="/">All components</a>'
        '<a href="/live/{name}">Open {title}</a></nav>\n'
        '<main class="dev-source"><h1>{title}</h1><p>{file}, line {line}</p>\n'
        '<pre class="dev-code" tabindex="0">{code}</pre></main>'
    ).format(name=card.name, title=card.title, file=card.file, line=card.line, code=highlight(card.source))
    return document(f"{card.title}: source", body)


def error_page(problem: Problem) -> str:
    """A page about one problem; it loads again by itself when the files change."""
    bar = Markup('<nav class="dev-bar" aria-label="Gallery"><a href="/">All components</a></nav>')
    body = Markup('{}\n<main class="dev-gallery">{}</main>').format(bar, _problem(problem))
    return document(problem.title, body)


def problems_html(problems: Iterable[Problem]) -> str:
    """The problems alone, to be shown over a page."""
    return Markup("\n").join(_problem(problem) for problem in problems)


def _problem(problem: Problem) -> Markup:
    place = Markup('<p class="dev-place">{}</p>').format(problem.place) if problem.place else Markup("")
    details = Markup("")
    if problem.details:
        details = Markup("<details><summary>Traceback</summary><pre>{}</pre></details>").format(
            problem.details
        )
    return Markup(
        '<section class="dev-problem" role="alert"><h2>{}</h2>{}'
        '<pre class="dev-message">{}</pre>{}{}</section>'
    ).format(problem.title, place, problem.message, _excerpt(problem), details)


def _excerpt(problem: Problem) -> Markup:
    if not problem.excerpt:
        return Markup("")
    lines = Markup("\n").join(
        Markup("<mark>{:>4}  {}</mark>" if number == problem.line else "{:>4}  {}").format(number, text)
        for number, text in problem.excerpt
    )
    return Markup('<pre class="dev-excerpt">{}</pre>').format(lines)


def highlight(source: str) -> Markup:
    """Python source as HTML, one ``<span>`` to a keyword, string, number or comment.

    Works token by token, so half a function (or a line that does not parse) is shown as far as it goes.
    """
    lines = source.splitlines(keepends=True)
    pieces: list[Markup] = []
    at = (1, 0)
    for token, name in _coloured_tokens(source):
        pieces.append(escape(_between(lines, at, token.start)))
        text = _between(lines, token.start, token.end)
        pieces.append(Markup('<span class="{}">{}</span>').format(name, text))
        at = token.end
    pieces.append(escape(_between(lines, at, (len(lines) + 1, 0))))
    return Markup("").join(pieces)


def _coloured_tokens(source: str) -> Iterator[tuple[tokenize.TokenInfo, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            name = _token_class(token)
            if name:
                yield token, name
    except (tokenize.TokenError, SyntaxError):
        return


def _token_class(token: tokenize.TokenInfo) -> str:
    kind = tokenize.tok_name[token.type]
    if kind == "STRING" or kind.startswith(("FSTRING", "TSTRING")):
        return "py-string"
    if kind in ("COMMENT", "NUMBER"):
        return f"py-{kind.lower()}"
    if kind == "NAME" and keyword.iskeyword(token.string):
        return "py-keyword"
    return ""


def _between(lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one (line, column) to another, as ``tokenize`` counts them."""
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]] if start[0] <= len(lines) else ""
    first = lines[start[0] - 1][start[1] :] if start[0] <= len(lines) else ""
    last = lines[end[0] - 1][: end[1]] if end[0] <= len(lines) else ""
    return first + "".join(lines[start[0] : end[0] - 1]) + last
