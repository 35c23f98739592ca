"""A page parsed again is what it would be parsed afresh, and only what changed was read."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyper.vdom import Element, HtmlError, Node, Root, iter_nodes, parse_document, parse_html
from hyper.vdom.reparsing.reparse import parsed_size
from tests.vdom.soup import random_document, random_edit, random_page, random_source
from tests.vdom.swarm import swarm_source

CONTEXTS = (
    "body", "body", "body", "div", "p", "ul", "table", "tbody", "tr", "td", "select", "option", "form", "a",
    "button", "template", "pre", "svg", "svg:g", "math", "math:mi", "html", "head", "caption", "x-element",
)  # fmt: skip


class Page:
    """A table of rows between a heading and a footer, as a template engine prints it."""

    def __init__(self, count: int = 1000) -> None:
        self.rows = [self.row(index) for index in range(count)]
        self.heading = "Rows"
        self.footer = "<p>The <b>end</b></p>"

    @staticmethod
    def row(index: int, label: str = "pretty red table", style: str = "") -> str:
        return (
            f'<tr class="{style}"><td class="col-md-1">{index}</td><td class="col-md-4"><a>{label}</a></td>'
            '<td class="col-md-1"><a><span class="glyphicon glyphicon-remove" aria-hidden="true"></span></a></td>'
            '<td class="col-md-6"></td></tr>'
        )

    def html(self) -> str:
        return (
            f'<div class="container"><h1>{self.heading}</h1><table class="table"><tbody id="rows">'
            f"{''.join(self.rows)}</tbody></table>{self.footer}</div>"
        )


def rows_of(tree: Root) -> tuple[Node, ...]:
    return next(
        node for node in iter_nodes(tree) if isinstance(node, Element) and node.tag == "tbody"
    ).children


# Law: it is what a fresh parse gives ---------------------------------------------------------------------------


class TestLaw:
    """On small pages, with thresholds so low that no element is too small to be gone into."""

    pytestmark = pytest.mark.usefixtures("small_pages")

    @settings(max_examples=400)
    @given(st.randoms(use_true_random=False))
    def test_random_fragments(self, rng: random.Random) -> None:
        context = rng.choice(CONTEXTS)
        self.check(
            rng, random_source(rng), lambda html, previous: parse_html(html, previous, context=context)
        )

    @settings(max_examples=200)
    @given(st.randoms(use_true_random=False))
    def test_random_pages(self, rng: random.Random) -> None:
        self.check(rng, random_page(rng), parse_html)

    @settings(max_examples=100)
    @given(st.randoms(use_true_random=False))
    def test_random_documents(self, rng: random.Random) -> None:
        self.check(rng, random_document(rng), parse_document)

    def test_many_random_fragments(self, rng: random.Random) -> None:
        for _ in range(1500):
            self.check(rng, random_source(rng), parse_html)

    def test_odd_html_put_into_plain_pages(self, rng: random.Random) -> None:
        """And taken out again."""
        for _ in range(500):
            html = random_page(rng)
            place = rng.randint(0, len(html))
            odd = html[:place] + swarm_source(rng, 3) + html[place:]
            old = parse_html(html)
            new = parse_html(odd, old)
            assert new == parse_html(odd), (html, odd)
            assert parse_html(html, new) == old, (odd, html)

    def test_random_changes_are_mostly_parsed_incrementally(self) -> None:
        rng = random.Random(1)
        counts = [self.check(rng, random_page(rng), parse_html) for _ in range(300)]
        assert sum(counts) > 180

    def check(self, rng: random.Random, html: str, parse: Callable[[str, Root | None], Root]) -> int:
        """How many of a few changes in a row were not parsed as a whole."""
        tree, count = parse(html, None), 0
        for _ in range(rng.randint(1, 4)):
            changed = random_edit(rng, html)
            tree, fresh = parse(changed, tree), parse(changed, None)
            assert tree == fresh, (html, changed)
            html = changed
            count += tree._source.part is not None
        return count


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>c</ul>"),
        ("<option/>\n<li>", "<option/>\n<li>a"),
        ("<span>a<p></span>", "<span>a<p></span>b"),
        ("<path><p/> a</path>b", "<path><p/> c</path>b"),
        ("<ul><li><i></i>a\n <li><a>5</a>5</ul>", "<ul><li><i></i>a\n <li><a>5</a>z</ul>"),
        ("<div><plaintext>a</div>", "<div><plaintext>a</div><p>b</p>"),
        ("<p><b>a</b></p><p>b</p>", "<p><b>a</p><p>b</p>"),
        ("<table><tr><td>a</td></tr></table>", "<table> <tr><td>a</td></tr></table>"),
        ("<table><tr><td>a</td></tr></table>", "<table>x<tr><td>a</td></tr></table>"),
        ("<pre><b>a</b>b</pre>", "<pre>\n<b>a</b>b</pre>"),
        ("<select><option>a</option></select>", "<select><option>a</option><input></select>"),
        ("<template><td>a</td></template>", "<template><td>a</td><div></div></template>"),
        ("<svg><g>a</g></svg>", "<svg><g>a</g><p>b</p></svg>"),
        (
            "<math><annotation-xml><i>a</i></annotation-xml></math>",
            "<math><annotation-xml encoding='text/html'><i>a</i></annotation-xml></math>",
        ),
        ("<form><i>a</i></form>", "<form><i>a</i><form></form></form>"),
        ("<a><i>a</i></a>", "<a><i>a</i><a>b</a></a>"),
        ("a<b>c</b>", "a<!--<b>c</b>"),
        ("<p title='a'>b</p><p title='c'>d</p>", "<p title='a>b</p><p title='c'>d</p>"),
        ("<script>a</script><b>c</b>", "<script>a</script ><b>c</b>"),
        ("<textarea>a</textarea><b></b>", "<textarea>a</textare><b></b>"),
        ("a<p>a</p>\n", "a<p>z</p>\na"),
        ("<li>a<li>b<li>c", "<li>z<li>b<b>x<li>c"),
        ("<p>a</p>x<p>b</p>y", "<p>z</p>x &amp;<p>b</p>yy"),
        ("<p>a</p><p>b</p><p>c</p>", "<p>z</p><p>b</p></p><p>y</p>"),
        ("<p>a</p><p>b</p><p>c</p>", "<p>z</p><p>b</p>&lt;<p>y</p>"),
        ("<i a='<b'>x</i><i>y</i><i>z</i>", "<i a='<c'>x</i><i>y</i><i>w</i>"),
        ("<div><i>1</i></div>" * 3, "<div><i>1</i></div></div>" + "<div><i>1</i></div>" * 2),
    ],
)
@pytest.mark.usefixtures("small_pages")
def test_changes_that_mean_more_than_they_say(old: str, new: str) -> None:
    for before, after in ((old, new), (new, old)):
        for around in ("%s", "<main>%s</main>", "<section><u>x</u>%s<u>y</u></section>z"):
            assert parse_html(around % after, parse_html(around % before)) == parse_html(around % after)


# The gain: counted in characters that had to be parsed ---------------------------------------------------------


def change(page: Page, operation: Callable[[Page], None]) -> tuple[Root, Root]:
    """The trees before and after, the second made from the first; both are right."""
    old = parse_html(page.html())
    operation(page)
    new = parse_html(page.html(), old)
    assert new == parse_html(page.html())
    return old, new


def test_nothing_changed() -> None:
    tree = parse_html(Page().html())
    assert parse_html(Page().html(), tree) is tree


def test_one_text_changed() -> None:
    page = Page()
    old, new = change(page, lambda page: page.rows.__setitem__(500, page.row(500, "new")))
    assert parsed_size(new) == 0
    assert [index for index in range(1000) if rows_of(old)[index] is not rows_of(new)[index]] == [500]
    row, changed = rows_of(old)[500], rows_of(new)[500]
    assert isinstance(row, Element)
    assert isinstance(changed, Element)
    assert [one is other for one, other in zip(row.children, changed.children, strict=True)] == [
        True,
        False,
        True,
        True,
    ]


def test_every_tenth_row_changed() -> None:
    page = Page()

    def operation(page: Page) -> None:
        page.rows[::10] = [page.row(index, "new <b>label</b>") for index in range(0, 1000, 10)]

    old, new = change(page, operation)
    assert parsed_size(new) < 0.12 * len(page.html())
    shared = [one is other for one, other in zip(rows_of(old), rows_of(new), strict=True)]
    assert shared == [index % 10 > 0 for index in range(1000)]


def test_every_tenth_text_changed() -> None:
    page = Page()

    def operation(page: Page) -> None:
        page.rows[::10] = [page.row(index, "new") for index in range(0, 1000, 10)]

    _, new = change(page, operation)
    assert parsed_size(new) == 0


OPERATIONS: dict[str, tuple[Callable[[Page], None], int]] = {
    "select": (lambda page: page.rows.__setitem__(7, page.row(7, style="danger")), 1),
    "remove": (lambda page: page.rows.pop(3), 0),
    "swap": (lambda page: page.rows.__setitem__(slice(1, 999, 997), [page.rows[998], page.rows[1]]), 2),
    "append": (lambda page: page.rows.extend(page.row(1000 + index) for index in range(100)), 100),
    "prepend": (lambda page: page.rows.insert(0, page.row(-1)), 1),
    "heading and row": (
        lambda page: page.__dict__.update(heading="<i>New</i>", rows=[*page.rows[:-1], page.row(9)]),
        1,
    ),
    "heading and footer": (lambda page: page.__dict__.update(heading="<i>New</i>", footer="<hr>"), 0),
    "clear": (lambda page: page.rows.clear(), 0),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_parsed_is_what_is_new(name: str) -> None:
    operation, new_rows = OPERATIONS[name]
    _, new = change(Page(), operation)
    assert parsed_size(new) <= new_rows * len(Page.row(1000)) + 300


@pytest.mark.parametrize("name", OPERATIONS)
def test_indented_pages_are_no_different(name: str) -> None:
    class Indented(Page):
        def html(self) -> str:
            return super().html().replace("><", ">\n    <")

    operation, new_rows = OPERATIONS[name]
    _, new = change(Indented(), operation)
    assert parsed_size(new) <= new_rows * len(Page.row(1000)) * 1.3 + 400


def test_rows_without_a_written_tbody() -> None:
    class Plain(Page):
        def html(self) -> str:
            return super().html().replace('<tbody id="rows">', "").replace("</tbody>", "")

    _, new = change(Plain(), lambda page: page.rows.__setitem__(5, page.row(5, "<i>x</i>")))
    assert parsed_size(new) < 400


def test_a_new_start_tag_of_an_element_around() -> None:
    old = Page().html()
    new = old.replace('class="container"', 'class="container dark" id=x')
    tree = parse_html(old)
    changed = parse_html(new, tree)
    assert changed == parse_html(new)
    assert parsed_size(changed) < 100
    assert rows_of(changed) is rows_of(tree)


def test_many_changes_in_a_row_stay_cheap() -> None:
    page, rng = Page(300), random.Random(2)
    tree = parse_html(page.html())
    for number in range(40):
        page.rows.insert(rng.randrange(len(page.rows)), page.row(number, "new"))
        page.rows.pop(rng.randrange(len(page.rows)))
        tree = parse_html(page.html(), tree)
        assert parsed_size(tree) < 800
    assert tree == parse_html(page.html())


def test_where_most_has_changed_all_is_parsed() -> None:
    page = Page(100)
    _, new = change(
        page, lambda page: page.__dict__.update(rows=[page.row(index, "<i></i>") for index in range(100)])
    )
    assert parsed_size(new) == len(page.html())


def test_the_tags_around_many_small_changes_count_too() -> None:
    around = "".join([f"<div class='level {level}'>" for level in range(50)])
    cards = ["<section>" + "<p>text</p>" * 100 + f"<i>{index}</i></section>" for index in range(50)]
    old = around + "".join(cards)
    new = old.replace("</i>", "</i><b></b>")
    closing = "</div>" * 50
    tree = parse_html(new + closing, parse_html(old + closing))
    assert parsed_size(tree) == len(new + closing)


def test_a_page_that_defies_measuring_is_not_measured_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from hyper.vdom.reparsing import pages

    measured = []

    def measure(*args: object) -> None:
        measured.append(args)

    monkeypatch.setattr(pages, "measure", measure)
    tree = parse_html("<p>0")
    for number in range(200):
        tree = parse_html(f"<p>{number}", tree)
        assert tree == parse_html(f"<p>{number}")
    assert 3 < len(measured) < 10


def test_what_is_too_deep_is_refused_all_the_same() -> None:
    old = "<div>" * 490 + "<i>a</i>" * 2000 + "</div>" * 490
    tree = parse_html(old)
    for new in ("<b>" * 20 + "</b>" * 20, "<b>" * 600):
        with pytest.raises(HtmlError, match="deeper than 500"):
            parse_html(old.replace("<i>a</i>", new, 1), tree)


def test_as_deep_as_it_may_be() -> None:
    old = "<div>" * 490 + "<i>a</i>" * 2000 + "</div>" * 490
    new = old.replace("<i>a</i>", "<i><b>b</b></i>", 1)
    tree = parse_html(new, parse_html(old))
    assert tree == parse_html(new)
    assert parsed_size(tree) < len(new)


def test_a_root_made_by_hand_is_no_help() -> None:
    tree = parse_html("<p>a</p>", Root(parse_html("<p>a</p>").children))
    assert parsed_size(tree) == 8
    assert parsed_size(Root()) == 0


def test_the_source_is_not_kept_longer_than_the_tree() -> None:
    import gc
    import weakref

    class Html(str):
        __slots__ = ("__weakref__",)

    html = Html(Page(10).html())
    alive = weakref.ref(html)
    old = parse_html(html)
    new = parse_html(str(html).replace("red", "blue"), old)
    del html, old
    gc.collect()
    assert alive() is None
    assert len(rows_of(new)) == 10
