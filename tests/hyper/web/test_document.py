from __future__ import annotations

from random import Random

import pytest

from hyper.diff.ids import is_closed
from hyper.vdom import Element, to_html
from hyper.web.document import element_count
from tests.pairs import random_pair


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("", 0),
        ("a &lt; b", 0),
        ("<p>a<br></p>b<hr>", 3),
        ('<!--<b>--><?x y?><i title="&lt;b&gt;"></i>'.replace("<b>", "&lt;b&gt;"), 1),
        ("<svg><path></path></svg>", 2),
        ("<template><p><b></b></p></template><p></p>", 2),
        ("<script>if (a<b) c()</script>", 1),
        ("<div><style>a</style><noscript><b></noscript></div>", 3),
        ("<select><button><selectedcontent><b>a</b></selectedcontent></button></select>", 3),
        ('<div data-live-ignore=""><b>a</b></div><p></p>', 2),
    ],
)
def test_elements_that_a_selector_finds(html: str, count: int) -> None:
    assert element_count(html) == count


def test_both_ways_of_counting_agree(rng: Random) -> None:
    for _ in range(300):
        tree, _ = random_pair(rng, ("body",))
        html = to_html(tree)
        assert element_count(html) == by_walking(tree.children), html


def by_walking(nodes: tuple[object, ...]) -> int:
    elements = [node for node in nodes if isinstance(node, Element)]
    return sum(
        [
            1 + (0 if element.tag == "template" or is_closed(element) else by_walking(element.children))
            for element in elements
        ]
    )
