"""The pages of the development server: gallery, component, source, error.

Plain functions from data to HTML text; they read no requests and no files.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

ASSETS = "/_dev"
"""The path of the development server's own style sheet and script."""

CARD_PREVIEW_LINES = 12
"""How many lines of source a card shows."""


@dataclass(frozen=True)
class Card:
    """One component in the gallery."""

    name: str
    summary: str
    """The first line of its docstring, or of the module's."""
    group: str
    file: str
    """The name of its file, without the folder."""
    source: str
    """The source of the function, with the decorator."""
    line: int
    """The line of the file where ``source`` starts; the first is 1."""

    @property
    def title(self) -> str:
        """``Todo list`` for ``todo_list``."""
        return self.name.replace("_", " ").strip().capitalize()


@dataclass(frozen=True)
class Problem:
    """A mistake that the author has to fix, with its place in the source."""

    title: str
    message: str
    file: str = ""
    """The name of the file, without the folder."""
    place: str = ""
    """``chat.py:12``."""
    excerpt: Sequence[tuple[int, str]] = ()
    """The source lines around it, each with its number."""
    line: int | None = None
    """The number of the line at fault."""
    details: str = ""
    """The traceback, if there is one."""


def document(title: str, body: Markup, *, styles: Iterable[str] = (), prefix: str = "") -> str:
    """A complete page, with the development server's style and script. Its addresses begin with ``prefix``."""
    assets = f"{prefix}{ASSETS}"
    links = Markup("").join(
        Markup('<link rel="stylesheet" href="{}">\n').format(url) for url in (f"{assets}/dev.css", *styles)
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
    ).format(title, assets, links, assets, body)


def index_page(folder: str, cards: Sequence[Card], problems: Sequence[Problem], *, prefix: str = "") -> str:
    """The gallery: the problems, then a card for each component, by group."""
    groups: dict[str, list[Card]] = {}
    for card in cards:
        groups.setdefault(card.group, []).append(card)
    sections = Markup("\n").join(_group(name, members, prefix) for name, members in groups.items())
    broken = Markup("\n").join(_problem(problem) for problem in problems)
    count = f"{len(cards)} live component{'' if len(cards) == 1 else 's'}"
    body = Markup(
        '<header class="dev-hero"><h1>{}</h1>'
        "<p>{} · state on the server, patches over a WebSocket</p></header>\n"
        '<main class="dev-gallery">\n{}{}\n</main>'
    ).format(folder, count, broken, sections)
    return document(folder, body, prefix=prefix)


def _group(name: str, cards: Sequence[Card], prefix: str) -> Markup:
    heading = Markup("<h2>{}</h2>\n").format(name) if name else Markup("")
    items = Markup("\n").join(_card(card, "h3" if name else "h2", prefix) for card in cards)
    return Markup('<section class="dev-group">{}<ul class="dev-cards">\n{}\n</ul></section>').format(
        heading, items
    )


def _card(card: Card, heading: str, prefix: str) -> Markup:
    preview = "\n".join(card.source.splitlines()[:CARD_PREVIEW_LINES])
    return Markup(
        '<li class="dev-card"><div class="dev-card-text">'
        '<{heading} class="dev-card-title"><a href="{prefix}/live/{name}">{title}</a></{heading}><p>{summary}</p></div>'
        '<a class="dev-card-code" href="{prefix}/source/{name}" aria-label="{file} · {count} lines: source of {title}">'
        '<pre aria-hidden="true">{code}</pre><span>{file} · {count} lines</span></a></li>'
    ).format(
        heading=Markup(heading),
        prefix=prefix,
        name=card.name,
        title=card.title,
        summary=card.summary,
        code=highlight(preview),
        file=card.file,
        count=len(card.source.splitlines()),
    )


def component_page(card: Card, component: Markup, *, styles: Iterable[str] = (), prefix: str = "") -> str:
    """A page with one component."""
    body = Markup(
        '<nav class="dev-bar" aria-label="Gallery"><a href="{prefix}/">All components</a>'
        '<a href="{prefix}/source/{name}">{file}</a></nav>\n'
        '<main class="dev-stage" data-dev-file="{file}">\n{component}\n</main>'
    ).format(name=card.name, file=card.file, component=component, prefix=prefix)
    return document(card.title, body, styles=styles, prefix=prefix)


def source_page(card: Card, *, prefix: str = "") -> str:
    """A page with the source of one component."""
    body = Markup(
        '<nav class="dev-bar" aria-label="Gallery"><a href="{prefix}/">All components</a>'
        '<a href="{prefix}/live/{name}">Open {title}</a></nav>\n'
        '<main class="dev-source"><h1>{title}</h1><p>{file}, line {line}</p>\n'
        '<pre class="dev-code" tabindex="0">{code}</pre></main>'
    ).format(
        name=card.name,
        title=card.title,
        file=card.file,
        line=card.line,
        code=highlight(card.source),
        prefix=prefix,
    )
    return document(f"{card.title}: source", body, prefix=prefix)


def error_page(problem: Problem, *, prefix: str = "") -> str:
    """A page about one problem; it reloads automatically when the files change."""
    bar = Markup('<nav class="dev-bar" aria-label="Gallery"><a href="{}/">All components</a></nav>').format(
        prefix
    )
    body = Markup('{}\n<main class="dev-gallery">{}</main>').format(bar, _problem(problem))
    return document(problem.title, body, prefix=prefix)


def problems_html(problems: Iterable[Problem]) -> str:
    """The problems alone, to show at the top of a page."""
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
    """Python source as HTML, with a ``<span>`` around each keyword, string, number and comment.

    Works token by token, so incomplete source (or a line that does not parse) is coloured as far as possible.
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
