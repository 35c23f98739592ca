from __future__ import annotations

from typing import Any

import pytest

from hyper.diff import Patch, apply_patches, diff_trees, guard
from hyper.diff import tree as tree_module
from hyper.diff.codec import json_size, patch_size
from hyper.diff.guard import SMALLEST
from hyper.diff.paths import root_place
from hyper.diff.tree import Pair, Run, work_off
from hyper.vdom import Comment, Element, Node, Root, Text, parse_document, parse_html, to_html

REST = "<hr>" + "<p>There is more on this page than the patches say.</p>" * 20
"""So much that no patch is longer than the page."""


def diff_html(old: str, new: str, context: str = "body", **options: Any) -> list[Patch]:
    before, after = (parse_html(html, context=context) for html in (old, new))
    patches = diff_trees(before, after, **options)
    assert apply_patches(before, patches) == after
    return patches


@pytest.mark.parametrize(
    ("old", "new", "patches"),
    [
        ("<p>1</p>", "<p>2</p>", [{"path": "p[1]/text", "value": "2"}]),
        ("<b>a</b>", "<b>a<i></i></b>", [{"path": "b", "insert": 1, "html": "<i></i>"}]),
        ("<b><i></i>a</b>", "<b>a</b>", [{"path": "b", "remove": 0}]),
        ("<b>a</b>", "<b></b>", [{"path": "b", "remove": 0}]),
        ("<b></b>", "<b>a</b>", [{"path": "b", "insert": 0, "html": "a"}]),
        ("<b>a</b>", "<b><i>a</i></b>", [{"path": "b", "html": "<i>a</i>"}]),
        (
            "<b class=x>a</b>",
            "<b class=y>b</b>",
            [{"path": "b/@class", "value": "y"}, {"path": "b/text", "value": "b"}],
        ),
        ("<!--a-->", "<!--b-->", [{"path": "comment", "value": "b"}]),
        ("<b>a</b>", "<i>a</i>", [{"path": "", "remove": 0}, {"path": "", "insert": 0, "html": "<i>a</i>"}]),
        ("<?a b>", "<?a c>", [{"path": "", "remove": 0}, {"path": "", "insert": 0, "html": "<?a c?>"}]),
        (
            "<input type=text>",
            "<input type=checkbox>",
            [{"path": "", "remove": 0}, {"path": "", "insert": 0, "html": '<input type="checkbox">'}],
        ),
        (
            "<b id=x></b>",
            "<b id=y></b>",
            [{"path": "", "remove": 0}, {"path": "", "insert": 0, "html": '<b id="y"></b>'}],
        ),
        ("<svg><text>a</text></svg>", "<svg><text>b</text></svg>", [{"path": "svg/*[1]/text", "value": "b"}]),
        (
            "<template><i>a</i></template>",
            "<template><i>b</i></template>",
            [{"path": "template/i/text", "value": "b"}],
        ),
        (
            "<table><tr><td>a</table>",
            "<table><tr><td>b</table>",
            [{"path": "table/tbody/tr/td/text", "value": "b"}],
        ),
        ("<textarea>a</textarea>", "<textarea>\n\na</textarea>", [{"path": "textarea/text", "value": "\na"}]),
        (
            "<textarea></textarea>",
            "<textarea>\n\n&lt;a</textarea>",
            [{"path": "textarea", "insert": 0, "html": "\n&lt;a"}],
        ),
        ("<style>a</style>", "<style>a > b</style>", [{"path": "style/text", "value": "a > b"}]),
        ("<style></style>", "<style>a > b</style>", [{"path": "style", "insert": 0, "html": "a > b"}]),
        (
            "<noscript></noscript>",
            "<noscript><b></noscript>",
            [{"path": "noscript", "insert": 0, "html": "<b>"}],
        ),
        (
            "<select><option>a</select>",
            "<select><option selected>a</select>",
            [{"path": "select/option/@selected", "value": ""}],
        ),
        ("<b @click='a'></b>", "<b @click='b'></b>", [{"path": "b/@@click", "value": "b"}]),
        ('<b a"b=1></b>', '<b a"b=2></b>', [{"path": 'b/@a"b', "value": "2"}]),
        ("<x-y><i>1</i></x-y>", "<x-y><i>2</i></x-y>", [{"path": "x-y/i/text", "value": "2"}]),
        ("&nbsp;a", "&nbsp;b", [{"path": "text", "value": "\xa0b"}]),
    ],
)
def test_patches(old: str, new: str, patches: list[Patch]) -> None:
    assert diff_html(old + REST, new + REST) == patches


def test_content_of_what_stays_comes_before_the_list_it_is_in() -> None:
    old = '<ul><li key=a><b title="x">1</b></li><li key=b>2</li><li key=c>3</li></ul>'
    new = "<ul><li key=d>4</li><li key=c>three</li><li key=a><b>one</b></li></ul>"
    assert diff_html(old + REST, new + REST) == [
        {"path": "ul/li[1]/b/@title", "value": None},
        {"path": "ul/li[1]/b/text", "value": "one"},
        {"path": "ul/li[3]/text", "value": "three"},
        {"path": "ul", "remove": 1},
        {"path": "ul", "move": 1, "to": 0},
        {"path": "ul", "insert": 0, "html": '<li key="d">4</li>'},
    ]


def test_an_attribute_with_an_id_is_addressed_from_there() -> None:
    old = '<div><ul id="list"><li>1</li><li>2</li></ul></div>'
    new = '<div><ul id="list" class="on"><li>1</li><li>3</li></ul></div>'
    assert diff_html(old + REST, new + REST) == [
        {"path": "#list/@class", "value": "on"},
        {"path": "#list/li[2]/text", "value": "3"},
    ]


def test_an_id_that_changes_is_no_place_to_start_from() -> None:
    old, new = (
        '<div><b key="k" id="{}"><i>{}</i></b></div>'.format(*pair) for pair in (("one", 1), ("two", 2))
    )
    assert diff_html(old + REST, new + REST) == [
        {"path": "div/b/@id", "value": "two"},
        {"path": "div/b/i/text", "value": "2"},
    ]


# What belongs to somebody else ------------------------------------------------------------------------------


def test_ignored_children_are_not_touched_but_their_parent_is() -> None:
    old = parse_html("<div data-live-ignore class=a><b>1</b></div>" + REST)
    new = parse_html("<div data-live-ignore class=b><i>2</i></div>" + REST)
    assert diff_trees(old, new) == [{"path": "div/@class", "value": "b"}]


def test_an_element_that_becomes_ignored_is_a_new_one() -> None:
    ignored, managed = "<div data-live-ignore>1</div>", "<div>1</div>"
    for old, new in ((ignored, managed), (managed, ignored)):
        assert [set(patch) for patch in diff_html(old + REST, new + REST)] == [
            {"path", "remove"},
            {"path", "insert", "html"},
        ]


def test_what_the_browser_fills_itself_is_not_touched() -> None:
    old, new = (parse_html(f"<selectedcontent>{text}</selectedcontent>" + REST) for text in "ab")
    assert diff_trees(old, new) == []


class Live:
    """A nested live component, as a parent's tree holds it."""

    name = "div"
    key = None
    ids = ()

    def __init__(self, name: str) -> None:
        self.kind = f"live:{name}"

    def to_html(self) -> str:
        return f"<div data-live-component={self.kind[5:]!r}></div>"


def test_nested_components_are_put_in_moved_and_removed_as_a_whole() -> None:
    a, b, c, rest = Live("a"), Live("b"), Live("c"), parse_html(REST).children

    def tree(*nodes: Any) -> Root:
        return Root((*nodes, *rest))

    assert diff_trees(tree(a, b), tree(a, b)) == []
    assert diff_trees(tree(a, b), tree(b, a)) == [{"path": "", "move": 1, "to": 0}]
    assert diff_trees(tree(a, b), tree(b, c)) == [
        {"path": "", "remove": 0},
        {"path": "", "insert": 1, "html": "<div data-live-component='c'></div>"},
    ]


# Nodes from elsewhere ---------------------------------------------------------------------------------------


class Boxed:
    """A kind of node of somebody else's, which shows what is in it only when asked."""

    name = kind = "b"
    key = None

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return type(other) is Boxed and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def to_html(self) -> str:
        return f"<b>{self.text}</b>"


def open_box(old: Any, new: Any, place: Any, run: Run) -> list[Pair]:
    def element(node: Any) -> Any:
        return Element("b", {}, (Text(node.text),)) if type(node) is Boxed else node

    return [Pair(element(old), element(new), place)]


boxes: list[Any] = [Boxed("x"), Boxed("x")]


def diff_boxes(old: Root, new: Root) -> list[Patch]:
    run = Run([], look_inside=open_box)
    work_off([Pair(old, new, root_place(old, new))], run)
    return run.patches


@pytest.mark.parametrize(
    ("old", "new"),
    [(Boxed("x"), Boxed("y")), (Boxed("x"), parse_html("<b>y</b>").children[0])],
)
def test_a_kind_of_node_from_elsewhere_is_opened_where_it_differs(old: Any, new: Any) -> None:
    rest = parse_html(REST).children
    assert diff_boxes(Root((old, *rest)), Root((new, *rest))) == [{"path": "b/text", "value": "y"}]
    one, other = [Root((box, *rest)) for box in boxes]
    assert diff_boxes(one, other) == []


def test_nodes_can_be_compared_at_any_place() -> None:
    old, new = (parse_html(f"<p>{text}</p>").children[0] for text in "ab")
    patches: list[Patch] = []
    work_off([Pair(old, new, root_place())], Run(patches))
    assert patches == [{"path": "text", "value": "b"}]
    work_off([Pair(new, old, root_place())], Run(patches))
    assert patches[1:] == [{"path": "text", "value": "a"}]


@pytest.mark.parametrize("before", ["", "<b></b>"])
def test_the_only_child_that_differs_is_not_replaced_for_its_attributes(before: str) -> None:
    names = " ".join([f"{'x' * 60}{number}" for number in range(20)])
    old, new = f"<div>{before}<i {names}></i></div>", f"<div>{before}<i></i></div>"
    assert len(diff_html(old + REST * 3, new + REST * 3)) == 20


# Keys -------------------------------------------------------------------------------------------------------


def test_shared_keys_are_told_with_their_place() -> None:
    told: list[tuple[str, str]] = []
    old, new = "<ul><li key=a>1</li><li key=a>2</li></ul>", "<ul><li key=a>3</li><li key=a>4</li></ul>"
    patches = diff_html(old + REST, new + REST, on_duplicate_key=lambda path, key: told.append((path, key)))
    assert told == [("ul", "a")]
    assert patches == [{"path": "ul/li[1]/text", "value": "3"}, {"path": "ul/li[2]/text", "value": "4"}]


# Size -------------------------------------------------------------------------------------------------------


def test_patches_longer_than_the_page_are_the_page() -> None:
    old, new = ("".join([f"<i title={mark}{n}></i>" for n in range(50)]) for mark in "ab")
    assert diff_html(old, new) == [{"path": "", "html": to_html(parse_html(new))}]


def test_patches_as_long_as_the_page_are_sent() -> None:
    assert diff_html("<b>1</b>", "<b>2</b>") == [{"path": "b/text", "value": "2"}]
    assert diff_html("<b>1", "2") == [{"path": "", "html": "2"}]


def test_what_is_longer_as_html_is_not_printed_to_find_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is as long as the patches by themselves, so with what is around it in JSON it is longer."""
    old, new = "<p>1</p>" + "<b></b>" * 3, "<p>" + "2" * 30 + "</p>" + "<b></b>" * 3
    monkeypatch.setattr(tree_module, "markup_of", None)
    assert diff_html(old, new) == [{"path": "p/text", "value": "2" * 30}]


def test_what_is_longer_because_it_is_escaped_is_not_sent() -> None:
    text = "&" * 20
    assert diff_html("<p>1</p><p>2</p>", f"<p>{text}</p><p>{text}</p>") == [
        {"path": "p[1]/text", "value": text},
        {"path": "p[2]/text", "value": text},
    ]


def test_what_is_as_long_with_what_is_escaped_is_not_sent() -> None:
    old, new = "<b>1</b><b>2</b>", "<b>&lt;&lt;&lt;&lt;&amp;&amp;&amp;&amp;</b><b>3</b>"
    patches = diff_html(old, new)
    assert len(patches) == 2
    assert json_size(patches) == json_size([{"path": "", "html": new}])


def test_an_id_that_went_to_another_is_no_place_to_start_from() -> None:
    old, new = "<div key=k id=a><b>1</b></div><p></p>", "<div key=k id=b><b>2</b></div><p id=a></p>"
    assert diff_html(old + REST, new + REST)[:2] == [
        {"path": "div/@id", "value": "b"},
        {"path": "div/b/text", "value": "2"},
    ]


def test_what_cannot_be_read_back_is_written_as_its_place_is_read() -> None:
    """NUL is left out by parsers; ``&lt;`` would stand for itself in a style."""
    assert diff_trees(Root((), "style"), Root((Text("a\0<"),), "style")) == [{"path": "", "html": "a\0<"}]


def test_a_control_that_stays_is_not_traded_for_bytes() -> None:
    old, new = ("<input>" + "".join([f"<i title={mark}{n}></i>" for n in range(50)]) for mark in "ab")
    assert len(diff_html(old, new)) == 1
    assert len(diff_html(old, new, keep_state=True)) == 50


def test_a_short_list_is_not_traded_for_bytes_while_somebody_looks() -> None:
    old, new = ("".join([f"<i title={mark}{n}></i>" for n in range(5)]) for mark in "ab")
    assert len(diff_html(old, new)) == 1
    assert len(diff_html(old, new, keep_state=True)) == 5


def part(mark: str, first: str = "") -> str:
    """A part of a page in which each of fifty elements differs by three attributes."""
    items = [f"<i a={mark}{number} b={mark}{number} c={mark}></i>" for number in range(50)]
    return f"<div>{first}{''.join(items)}</div>"


def test_a_part_of_the_page_is_replaced_where_that_is_much_shorter() -> None:
    patches = diff_html(part("a") + REST, part("b") + REST, keep_state=True)
    assert [patch.keys() for patch in patches] == [{"path", "html"}]
    assert patches[0]["path"] == "div"


def test_a_part_with_a_control_is_not_replaced() -> None:
    old, new = (part(mark, "<input>") + REST * 10 for mark in "ab")
    assert len(diff_html(old, new)) == 150


def bare(count: int, name: str, more: str = "") -> tuple[str, str]:
    """A ``<div>`` whose elements all lose an attribute: patches that are long where the new HTML is short."""
    old, new = (f"<div>{f'<i{attribute}></i>' * count}{more}</div>" for attribute in (f" {name}", ""))
    return old + REST * 20, new + REST * 20


def sizes(count: int, name: str, more: str = "") -> tuple[int, int]:
    """Of the patches for those elements, and of the one patch for all of them."""
    steps = [f"i[{number}]" for number in range(1, count + 1)] if count > 1 else ["i"]
    patches: list[Any] = [{"path": f"div/{step}/@{name}", "value": None} for step in steps]
    return sum(map(patch_size, patches)), patch_size({"path": "div", "html": "<i></i>" * count + more})


@pytest.mark.parametrize("count", [2, 7, 8])
def test_the_part_is_replaced_from_1024_bytes(count: int) -> None:
    first = next(length for length in range(2000) if sizes(count, "x" * length)[0] // 2 >= SMALLEST)
    for length in range(first - 3, first + 3):
        is_replaced = "html" in diff_html(*bare(count, "x" * length))[0]
        assert is_replaced == (length >= first), length


@pytest.mark.parametrize("name", ["x" * 60, "x" * 61])
def test_the_part_is_replaced_by_less_than_half(name: str) -> None:
    patches, whole = sizes(13, name, "<b></b>")
    longest = patches // 2 - 1 - whole
    for length in range(longest - 4, longest + 5):
        is_replaced = "html" in diff_html(*bare(13, name, f"<b>{'y' * length}</b>"))[0]
        assert is_replaced == (length <= longest), length


def test_a_part_that_is_longer_because_it_is_escaped_is_not_sent() -> None:
    old, new = bare(13, "x" * 60, "<b>" + "&" * 300 + "</b>")
    assert len(diff_html(old, new)) == 13


def test_an_only_child_is_not_built_anew_for_its_attributes() -> None:
    names = " ".join([f"{'x' * 60}{number}" for number in range(20)])
    old, new = (f"<div><div><i {attributes}></i></div></div>" for attributes in (names, ""))
    assert len(diff_html(old + REST * 20, new + REST * 20)) == 20


def test_parts_that_are_replaced_together() -> None:
    """Neither has patches enough to be replaced by itself."""
    section = "<section>" + "<i {0}></i>" * 8 + "</section>"
    old, new = (f"<div>{section.format(name) * 2}</div>" + REST * 20 for name in ("x" * 60, ""))
    assert diff_html(old, new) == [{"path": "div", "html": ("<section>" + "<i></i>" * 8 + "</section>") * 2}]


def test_a_part_that_was_replaced_counts_as_what_it_is_now() -> None:
    """The first has too few patches to be replaced, the second is; then both are too short for both to be."""
    first, second = (
        "<section>" + "<i {0}></i>" * 8 + "</section>",
        "<article>" + "<i {0}></i>" * 16 + "{1}</article>",
    )
    more = f"<b>{'y' * 600}</b>"
    old, new = ((first + second).format(name, more) for name in ("x" * 60, ""))
    patches = diff_html(f"<div>{old}</div>" + REST * 20, f"<div>{new}</div>" + REST * 20)
    assert [patch["path"] for patch in patches][-1:] == ["div/article"]
    assert len(patches) == 9


def test_what_must_stay_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def may_replace(*args: Any) -> bool:
        asked.append(1)
        return guard.may_replace(*args)

    def nested_part(mark: str) -> str:
        html = part(mark, "<input>")
        for _ in range(10):
            html = f"<div><u title={mark}></u>{html}</div>"
        return html + REST * 20

    monkeypatch.setattr(tree_module, "may_replace", may_replace)
    assert len(diff_html(nested_part("a"), nested_part("b"))) == 160
    assert len(asked) == 1


# Trees that are not what HTML gives -----------------------------------------------------------------------


def test_what_cannot_be_inserted_alone_is_replaced_further_up() -> None:
    """A ``<form>`` is dropped inside a ``<form>``: it can only come with what is around it."""
    inner = Element("form", {}, (Text("x"),))
    old = Root((Element("form", {}, (Element("p"), Element("i"))), *parse_html(REST).children))
    new = Root((Element("form", {}, (Element("p", {}, (inner,)), Element("i"))), *parse_html(REST).children))
    patches = diff_trees(old, new)
    assert apply_patches(old, patches).children[1:] == new.children[1:]


def test_what_a_select_cannot_hold_is_never_put_into_one() -> None:
    """An ``<input>`` ends it in a page; in a fragment parsers disagree."""
    old = Root(
        (Element("div", {}, (Element("select", {}, (Element("option"),)),)), *parse_html(REST).children)
    )
    new_select = Element("select", {}, (Element("option"), Element("input")))
    new = Root((Element("div", {}, (new_select,)), *parse_html(REST).children))
    assert all(patch["path"] != "div/select" for patch in diff_trees(old, new))


def test_what_has_no_html_at_all_is_replaced_where_somebody_looks_at_the_whole_list() -> None:
    def page(text: str) -> Root:
        inner: Node = Element("p", {}, (Text(text), Element("b")))
        return Root((Element("div", {}, (Element("section", {}, (inner,)),)), *parse_html(REST).children))

    new = page("a\0")
    below = Root((Element("div", {}, (Element("section", {}, (Element("p"),)),)), *parse_html(REST).children))
    assert diff_trees(below, new) == [{"path": "", "html": to_html(new)}]


def test_all_children_that_cannot_be_said_in_their_place_are_replaced_further_up() -> None:
    rest = parse_html(REST).children
    old = Root((Element("form", {}, (Element("b"),)), *rest))
    new = Root((Element("form", {}, (Element("form", {}, (Text("x"),)),)), *rest))
    assert diff_trees(old, new) == [{"path": "", "html": to_html(new)}]


def test_what_needs_its_parents_attributes_to_be_read_comes_with_the_parent() -> None:
    def formula(content: str, number: int) -> str:
        xml = f'<annotation-xml encoding="text/html"><b>1</b>{content}</annotation-xml>'
        return f"<div><math>{xml}<mi>{number}</mi></math></div>"

    assert diff_html(formula("", 1) + REST, formula("<x>y</x>", 2) + REST) == [
        {"path": "div/math", "html": formula("<x>y</x>", 2)[len("<div><math>") : -len("</math></div>")]}
    ]


def test_where_html_has_no_words_the_page_is_what_its_html_says() -> None:
    old = Root((Element("hr"),))
    new = Root((Element("p", {}, (Element("p", {}, (Text("b"),)),)), Element("hr")))
    patches = diff_trees(old, new)
    assert patches == [{"path": "", "html": "<p><p>b</p></p><hr>"}]
    assert apply_patches(old, patches) == parse_html("<p><p>b</p></p><hr>")


def test_a_paragraph_in_a_paragraph_can_be_said_with_the_outer_one_as_context() -> None:
    old = Root((Element("p", {}, (Text("a"),)),))
    new = Root((Element("p", {}, (Element("p", {}, (Text("b"),)),)),))
    patches = diff_trees(old, new)
    assert patches == [{"path": "p", "html": "<p>b</p>"}]
    assert apply_patches(old, patches) == new


def test_texts_side_by_side_inside_an_insertion_have_no_words() -> None:
    new = Root((Element("p", {}, (Text("a"), Text("b"))),))
    assert diff_trees(Root(), new) == [{"path": "", "html": "<p>ab</p>"}]


# Documents --------------------------------------------------------------------------------------------------


def diff_documents(old: str, new: str) -> list[Patch]:
    before, after = parse_document(old), parse_document(new)
    patches = diff_trees(before, after)
    assert apply_patches(before, patches) == after
    return patches


@pytest.mark.parametrize(
    ("old", "new", "patches"),
    [
        ("<title>a</title>", "<title>b</title>", [{"path": "html/head/title/text", "value": "b"}]),
        ("<p>a", "<p>b", [{"path": "html/body/p[1]/text", "value": "b"}]),
        ("<html lang=en>", "<html lang=de>", [{"path": "html/@lang", "value": "de"}]),
        ("<link>", "<link><meta>", [{"path": "html/head", "insert": 1, "html": "<meta>"}]),
        ("<body>", "<body class=x>", [{"path": "html/body/@class", "value": "x"}]),
    ],
)
def test_documents(old: str, new: str, patches: list[Patch]) -> None:
    def page(html: str) -> str:
        return f"<!DOCTYPE html>{html}" + "<p>There is more.</p>" * 20

    assert diff_documents(page(old), page(new)) == patches


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<!DOCTYPE html>a", "a"),
        ("a", "<!--x-->a"),
        ("<body>a", "<frameset>"),
        ("<html><head></head><!--x--><body>", "<html><head></head><body>"),
        ("<!DOCTYPE html>", "<!DOCTYPE html public 'a'>"),
        ("<!DOCTYPE html><p>a", "<!--x--><!DOCTYPE html public 'a'><p>b"),
    ],
)
def test_what_stands_beside_head_and_body(old: str, new: str) -> None:
    diff_documents(old, new)
    diff_documents(new, old)


# Limits -----------------------------------------------------------------------------------------------------


def nested(depth: int, text: str, structural: bool) -> Root:
    inner: Node = Text(text)
    for level in range(depth):
        around = [Element("i", {}, (Text(f"{text}{level}"),))] if structural else []
        inner = Element("div", {"title": text}, (*around, Comment("x"), inner))
    return Root((inner,))


@pytest.mark.parametrize("structural", [True, False])
@pytest.mark.parametrize("depth", [490, 1_000])
def test_depth_is_no_danger(depth: int, structural: bool) -> None:
    old, new = nested(depth, "a", structural), nested(depth, "b", structural)
    patches = diff_trees(old, new, keep_state=True)
    if depth < 500 or len(patches) > 1:
        assert apply_patches(old, patches) == new


def test_trees_that_hang_in_different_places_are_refused() -> None:
    with pytest.raises(ValueError, match="a tree in 'tbody' cannot be patched into one in 'body'"):
        diff_trees(Root((), "tbody"), Root((), "body"))
