"""The documentation as a site: ``python docs/build.py site`` writes plain HTML that opens from a folder, too.

Pages are the Markdown files named in ``PAGES``; the reference is made from the package's docstrings. A link
that leads nowhere ends the build: a page that lies about its neighbours is worse than no page.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import itertools
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

DOCS = Path(__file__).parent

PAGES = {
    "Start": ["index", "tutorial", "examples"],
    "Guides": [
        "guides/pages",
        "guides/templates",
        "guides/events",
        "guides/forms",
        "guides/without-javascript",
        "guides/composition",
        "guides/work",
        "guides/in-the-browser",
        "guides/shared-state",
        "guides/development",
        "guides/testing",
        "guides/testing-a-diff",
        "guides/just-the-diff",
        "guides/security",
        "guides/deployment",
    ],
    "Look up": [
        "mistakes",
        "errors",
        "behaviours",
        "proof",
        "traps",
        "performance",
        "diff-compared",
        "glossary",
    ],
}
"""Menu of the site, in order: group → Markdown files without ``.md``."""

PICTURES = ("*.png", "*.svg")

REFERENCE = [
    "hyper",
    "hyper.testing",
    "hyper.diff",
    "hyper.diff.lxml",
    "hyper.vdom",
    "hyper.transport.limits",
]
"""Modules whose public names are the reference."""


@dataclass(frozen=True)
class Page:
    """One page of the site."""

    path: str
    """``guides/events``: its place in the site, without ``.html``."""
    title: str
    body: str
    """HTML of the article."""

    @property
    def to_root(self) -> str:
        """What a relative link starts with: ``""`` or ``"../"``."""
        return "../" * self.path.count("/")


def build(target: Path) -> list[Page]:
    """Writes the site into ``target`` and returns its pages; ``SystemExit`` names links that lead nowhere."""
    pages = [markdown_page(name) for names in PAGES.values() for name in names]
    pages += [reference_page(name) for name in REFERENCE]
    broken = list(broken_links(pages))
    if broken:
        raise SystemExit("\n".join(broken))
    for page in pages:
        file = target / f"{page.path}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(whole_page(page, pages), encoding="utf-8")
    for picture in PICTURES:
        for file in DOCS.rglob(picture):
            copy = target / file.relative_to(DOCS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    style = (DOCS / "site.css").read_text("utf-8") + pygments_css()
    (target / "site.css").write_text(style, encoding="utf-8")
    return pages


# Markdown


def render(text: str) -> str:
    """HTML of a Markdown text: code coloured, headings with anchors, links to ``.md`` files mended."""
    html: str = MARKDOWN.render(text).replace("<pre>", SCROLLABLE)
    html = re.sub(r'<a href="(?!https?:)([^"#]*)\.md(#[^"]*)?"', r'<a href="\1.html\2"', html)
    return re.sub(r"<(h[234])>(.*?)</\1>", _anchored, html, flags=re.DOTALL)


def _anchored(match: re.Match[str]) -> str:
    level, content = match.groups()
    anchor = anchor_of(re.sub(r"<[^>]+>", "", content))
    return f'<{level} id="{anchor}"><a class="anchor" href="#{anchor}">{content}</a></{level}>'


def anchor_of(heading: str) -> str:
    """``just-the-diff`` for ``Just the diff``, as forges make them."""
    return re.sub(r"[^\w-]+", "-", heading.lower()).strip("-")


def _coloured(code: str, language: str, _: str) -> str:
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, FORMATTER)


SCROLLABLE = '<pre tabindex="0">'
"""Code may be wider than its page; so it can be scrolled with the keyboard."""
FORMATTER = HtmlFormatter(nowrap=True)
MARKDOWN = MarkdownIt("commonmark", {"highlight": _coloured}).enable("table")


def markdown_page(name: str) -> Page:
    """The page of one Markdown file."""
    text = (DOCS / f"{name}.md").read_text("utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    return Page(name, title, render(text))


# Reference


def reference_page(name: str) -> Page:
    """Everything a package makes public, from its docstrings."""
    module = importlib.import_module(name)
    entries = "\n".join(_entry(module, public) for public in public_names(module))
    body = f"<h1><code>{name}</code></h1>\n{render(docstring(module))}\n{entries}"
    return Page(f"reference/{name}", name, body)


def public_names(module: ModuleType) -> list[str]:
    """What ``from module import *`` gives, in the order of ``__all__``, or of the source."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    own = {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__
    }
    return [name for name in own if not name.startswith("_")]


def _entry(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    heading = f'<h2 id="{name}"><a class="anchor" href="#{name}"><code>{name}</code></a></h2>'
    members = "\n".join(_member(owner, member) for owner, member in _members(value))
    parts = [heading, _signature_block(name, value), render(docstring(value)), _fields(value), members]
    return f"<section>{''.join(parts)}</section>"


def _signature_block(name: str, value: Any) -> str:
    """How it is called, coloured; nothing for what is not called, and for dataclasses, which have a table."""
    text = signature(name, value)
    if text == name or dataclasses.is_dataclass(value):
        return ""
    return f"{SCROLLABLE}<code>{_coloured(text, 'python', '')}</code></pre>"


def _fields(value: Any) -> str:
    """A table of a dataclass's fields, with the strings under them."""
    if not dataclasses.is_dataclass(value):
        return ""
    texts = field_texts(ast.parse(textwrap.dedent(inspect.getsource(value))).body[0])
    rows = [
        f"| `{field.name}` | {'' if field.default is dataclasses.MISSING else f'`{field.default!r}`'} "
        f"| {texts.get(field.name, '')} |"
        for field in dataclasses.fields(value)
    ]
    return render("\n".join(["| field | default | meaning |", "|---|---|---|", *rows]))


def field_texts(node: ast.AST) -> dict[str, str]:
    """The string under each annotated name of a class body, on one line."""
    texts = {}
    for field, text in itertools.pairwise(getattr(node, "body", [])):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                texts[name] = re.sub(r"``(.+?)``", r"`\1`", " ".join(words.split()))
    return texts


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class defines itself and documents."""
    if inspect.isclass(value):
        for name, member in vars(value).items():
            described = isinstance(member, property) or inspect.isfunction(member)
            if described and not name.startswith("_") and inspect.getdoc(member):
                yield name, member


def _member(name: str, member: Any) -> str:
    return f"<h3><code>{name}</code></h3>{_signature_block(name, member)}{render(docstring(member))}"


def signature(name: str, value: Any) -> str:
    """``name(parameters) -> result`` where it can be called, else ``name``."""
    if not (inspect.isfunction(value) or inspect.isclass(value)):
        return name
    try:
        text = str(inspect.signature(value))
    except (ValueError, TypeError):
        return name
    return name + re.sub(r"\(self(, )?", "(", text, count=1).replace("'", "")


def docstring(value: Any) -> str:
    """The docstring as Markdown: doubled backquotes are single ones."""
    if not (
        inspect.isroutine(value)
        or inspect.isclass(value)
        or inspect.ismodule(value)
        or isinstance(value, property)
    ):
        return ""
    return re.sub(r"``(.+?)``", r"`\1`", inspect.getdoc(value) or "", flags=re.DOTALL)


# The site


def whole_page(page: Page, pages: list[Page]) -> str:
    """The page with the menu around it."""
    return Markup(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{title} · Hyper Live</title>\n"
        '<link rel="stylesheet" href="{root}site.css">\n</head>\n<body>\n'
        '<a class="skip" href="#article">Skip to the text</a>\n'
        '<a class="to-pages" href="#pages">Pages</a>\n'
        '<nav id="pages" aria-label="Pages"><a class="home" href="{root}index.html">Hyper Live</a>{menu}</nav>\n'
        '<main id="article">\n{body}</main>\n</body>\n</html>\n'
    ).format(title=page.title, root=page.to_root, menu=menu(page, pages), body=Markup(page.body))


def menu(page: Page, pages: list[Page]) -> Markup:
    """The groups of pages, the current one marked."""
    titles = {other.path: other.title for other in pages}
    groups = {**PAGES, "Reference": [f"reference/{name}" for name in REFERENCE]}
    return Markup("").join(
        Markup("<h2>{}</h2><ul>{}</ul>").format(
            group, Markup("").join(_menu_item(page, path, titles[path]) for path in paths)
        )
        for group, paths in groups.items()
    )


def _menu_item(page: Page, path: str, title: str) -> Markup:
    current = Markup(' aria-current="page"') if path == page.path else ""
    return Markup('<li><a href="{}{}.html"{}>{}</a></li>').format(page.to_root, path, current, title)


def pygments_css() -> str:
    """Colours of code, for light and dark screens."""
    light = HtmlFormatter(style="default").get_style_defs("pre")
    dark = HtmlFormatter(style="github-dark").get_style_defs("pre")
    return f"\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def broken_links(pages: list[Page]) -> Iterator[str]:
    """A line for each link to a page or heading, and for each picture, that is not there."""
    anchors = {page.path: set(re.findall(r'id="([^"]+)"', page.body)) for page in pages}
    for page in pages:
        for picture in re.findall(r'<img src="([^"]*)"', page.body):
            if not (DOCS / page.path).parent.joinpath(picture).is_file():
                yield f"{page.path}: no picture at {picture}"
        for target, anchor in re.findall(r'<a [^>]*href="(?!https?:)([^"#]*)(?:#([^"]*))?"', page.body):
            place = _resolved(page.path, target.removesuffix(".html")) if target else page.path
            if place not in anchors or (anchor and anchor not in anchors[place]):
                yield f"{page.path}: nothing at {target}{'#' + anchor if anchor else ''}"


def _resolved(path: str, target: str) -> str:
    parts = path.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            parts.pop()
        else:
            parts.append(step)
    return "/".join(parts)


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    print(f"{len(build(folder))} pages in {folder}/, from {folder / 'index.html'}")
