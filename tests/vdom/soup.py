"""Random HTML: tag soup, pages as people write them, and edits of either.

Everything is drawn from a ``random.Random``, so a seed or Hypothesis (``st.randoms()``) can drive it.
"""

from __future__ import annotations

import re
from random import Random

_TAGS = """
    div p span a b i em nobr li ul ol dl dt dd table tbody thead tr td th caption colgroup col select option
    optgroup button form input br hr img h1 h2 pre textarea title script style template svg g path
    foreignObject desc math mi mo annotation-xml ruby rt rp font object marquee iframe noscript x-el section
    center address frameset body html head listing xmp
""".split()
_USUAL_TAGS = """
    div p span a b li ul table tbody tr td button form input br select option svg g h1 template pre
""".split()
_ATTRIBUTES = (
    "", "", "", " class=x", " id='a b'", ' class="a"', ' title="<b>"', ' a="x>y"', " checked", " type=hidden",
    " x=1/", ' encoding="text/html"', " color=red", " <", ' "', ' k="&amp;"', "/", ' a="\n"', ' CLASS="Q"',
)  # fmt: skip
_TEXTS = (
    "a", "b", "text", "5", " ", "\n", "\n  ", "&amp;", "&lt;", "&nbsp", "&#13;", "<", "< ", "a<b", ">", "\0",
    "\r", "\r\n", "x>y", "é", "\U0001f600", "\ud800", "&", "]]>", "  a  ", "\x0c",
)  # fmt: skip
_MARKS = (
    "<!---->", "<!--a-->", "<!-- <b> -->", "<!-->", "<!--a--!>", "<?pi x?>", "<!doctype html>", "<!x>",
    "</ x>", "<![CDATA[x]]>", "<!--", "</>", "<a", "-->",
)  # fmt: skip
_PLAIN_TEXTS = ("a", "hello", "5", " ", "\n  ", "x &amp; y", "\nz", "é")
_PLAIN_LEAVES = (
    "<br>", "<hr/>", "<img src=a>", "<!--c-->", '<input type="x">', "<script>a&b</script>", "<p>t</p>",
    "<style>a>b{}</style>", "<textarea>x</textarea>", "<script>if(a<b)</script>", "<b>t</b>",
    "<a href=x>t</a>",
)  # fmt: skip
_PLAIN_ATTRIBUTES = ("", " class=c", " id=q", ' title="a b"')
_PLAIN_TAGS = (
    "div div section span ul ul ul table table svg form select template pre x-y dl button h2".split()
)
_SVGS = (
    "<g><path/><path d=x /><text>5</text></g><rect></rect>",
    "<title>x</title><circle/>",
    "<foreignObject><div>x</div></foreignObject>",
)
_TAG = re.compile(r"(<[^>]*>)")
_TEXT = re.compile(r">([^<]+)<")
_LEAF = re.compile(r"<([a-z]+)[^<>]*>[^<>]*</\1>")


def random_source(rng: Random) -> str:
    """Mostly a page as people write it, now and then with soup in the middle, or soup alone."""
    kind = rng.randrange(10)
    if kind < 6:
        return random_page(rng)
    if kind < 8:
        return random_page(rng) + random_soup(rng, 3) + random_page(rng)
    return random_soup(rng, 25)


def random_soup(rng: Random, most: int) -> str:
    """Tags, texts and comments in any order."""
    return "".join([_token(rng) for _ in range(rng.randint(0, most))])


def _token(rng: Random) -> str:
    kind = rng.randrange(100)
    if kind < 22:
        return rng.choice(_TEXTS)
    if kind < 30:
        return rng.choice(_MARKS)
    tag = rng.choice(_USUAL_TAGS if rng.randrange(10) < 7 else _TAGS)
    tag = tag.upper() if rng.randrange(20) == 0 else tag
    if kind < 60:
        return f"</{tag}>"
    return f"<{tag}{rng.choice(_ATTRIBUTES)}{'/' if kind < 65 else ''}>"


def random_page(rng: Random, depth: int = 0) -> str:
    """Well nested HTML; some end tags are left out, and some children stand where they may not."""
    parts = []
    for _ in range(rng.randint(1, 4)):
        kind = rng.randrange(100)
        if kind < 35:
            parts.append(rng.choice(_PLAIN_TEXTS))
        elif kind < 45 or depth >= 4:
            parts.append(rng.choice(_PLAIN_LEAVES))
        else:
            parts.append(_element(rng, rng.choice(_PLAIN_TAGS), depth + 1))
    return "".join(parts)


def _element(rng: Random, tag: str, depth: int) -> str:
    content = _CONTENTS.get(tag, random_page)(rng, depth)
    return f"<{tag}{rng.choice(_PLAIN_ATTRIBUTES)}>{content}</{tag}>"


def _list(rng: Random, depth: int) -> str:
    space = rng.choice(("", "\n  "))
    items = [f"<li>{random_page(rng, depth)}{_end(rng, 'li')}" for _ in range(rng.randint(0, 4))]
    return rng.choice(("", "\n")) + space.join(items)


def _definitions(rng: Random, depth: int) -> str:
    items = [f"<dt>a{_end(rng, 'dt')}<dd>{random_page(rng, depth)}</dd>" for _ in range(rng.randint(0, 3))]
    return "".join(items)


def _rows(rng: Random, depth: int) -> str:
    rows = rng.choice(("", "\n  ")).join([_row(rng, depth) for _ in range(rng.randint(1, 4))])
    shape = rng.choice(
        ("%s", "<tbody>%s</tbody>", "<thead><tr><th>x</th></tr></thead><tbody>%s</tbody>", "\n%s\n")
    )
    return shape % rows


def _row(rng: Random, depth: int) -> str:
    cells = [f"<td>{random_page(rng, depth)}{_end(rng, 'td')}" for _ in range(rng.randint(1, 3))]
    return f"<tr>{''.join(cells)}{_end(rng, 'tr')}"


def _end(rng: Random, tag: str) -> str:
    return "" if rng.randrange(40) == 39 else f"</{tag}>"


_CONTENTS = {
    "ul": _list,
    "dl": _definitions,
    "table": _rows,
    "svg": lambda rng, _: rng.choice(_SVGS),
    "select": lambda rng, _: "<option>a</option><option>b</option>",
}


def random_document(rng: Random) -> str:
    """A whole document, its outer tags mostly written out."""
    body = random_source(rng)
    return rng.choice(
        (
            f"<!doctype html><html><head><title>x</title></head><body>{body}</body></html>",
            f"<!DOCTYPE html>\n<html lang=en>\n<head><meta charset=utf-8></head>\n<body class=a>\n{body}"
            "\n</body>\n</html>\n",
            f"<!doctype html><html><head></head>\n<body>{body}\n</body>",
            f"<html><head></head><body>{body}</body>x</html><!--c-->",
            body,
        )
    )


def random_edit(rng: Random, source: str) -> str:
    """``source`` after a few changes: of a text, of some tags, of some characters, moves and copies."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        source = rng.choice(_EDITS)(rng, source)
    return source


def _edit_tokens(rng: Random, source: str) -> str:
    parts = [part for part in _TAG.split(source) if part]
    start = rng.randint(0, len(parts))
    stop = min(len(parts), start + rng.randint(0, 3))
    taken = parts[start:stop]
    kind = rng.randrange(6)
    if kind < 3:
        parts[start:stop] = [rng.choice((_token(rng), rng.choice(_TEXTS), random_page(rng, 3)))]
    elif kind < 5:
        del parts[start:stop]
    if kind > 3:
        place = rng.randint(0, len(parts))
        parts[place:place] = taken
    return "".join(parts)


def _edit_text(rng: Random, source: str) -> str:
    texts = list(_TEXT.finditer(source))
    if not texts:
        return _edit_characters(rng, source)
    start, stop = rng.choice(texts).span(1)
    text = rng.choice(("z", "text", "5 ", "\n", "x &lt; y", "<b>q</b>", source[start:stop] + "a", ""))
    return source[:start] + text + source[stop:]


def _edit_many_texts(rng: Random, source: str) -> str:
    """Every third text another, as when all rows of a table are touched."""

    def edit(text: re.Match[str]) -> str:
        new = rng.choice(("z", "5 ", text[1] + "a", "<b>q</b>", "&amp;", "\n"))
        return f">{new}<" if rng.randrange(3) == 0 else text[0]

    return _TEXT.sub(edit, source)


def _edit_characters(rng: Random, source: str) -> str:
    start = rng.randint(0, len(source))
    stop = min(len(source), start + rng.randint(0, 6))
    inserted = rng.choice(("", "x", " ", "<", "/", ">", "<b>", "</p>", "</div>", "y z", "<!--"))
    return source[:start] + inserted + source[stop:]


def _edit_elements(rng: Random, source: str) -> str:
    """Takes out, doubles, moves or replaces an element that has text only."""
    leaves = list(_LEAF.finditer(source))
    if not leaves:
        return _edit_text(rng, source)
    leaf, other = rng.choice(leaves), rng.choice(leaves)
    kind = rng.randrange(4)
    if kind == 0:
        source = source[: other.end()] + leaf[0] + source[other.end() :]
    elif kind == 1:
        source = (
            source[: leaf.start()]
            + rng.choice(("<i>new</i>", "<p>a</p>\n", random_page(rng, 3)))
            + source[leaf.end() :]
        )
    else:
        source = source[: leaf.start()] + source[leaf.end() :]
        if kind == 3:
            place = other.start() if other.start() < leaf.start() else leaf.start()
            source = source[:place] + leaf[0] + source[place:]
    return source


_EDITS = (
    _edit_tokens,
    _edit_text,
    _edit_many_texts,
    _edit_characters,
    _edit_elements,
    _edit_elements,
    _edit_elements,
)
