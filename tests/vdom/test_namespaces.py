"""The namespace of an element, told from its parent."""

from __future__ import annotations

import pytest

from hyper.vdom.namespaces import content_of, join_context, namespace_of, split_context


@pytest.mark.parametrize(
    ("tag", "namespace", "attributes", "content"),
    [
        ("div", "html", {}, "html"),
        ("title", "html", {}, "html"),
        ("g", "svg", {}, "svg"),
        ("title", "svg", {}, "html"),
        ("foreignObject", "svg", {}, "html"),
        ("foreignobject", "svg", {}, "svg"),
        ("math", "math", {}, "math"),
        ("mi", "math", {}, "mathtext"),
        ("mi", "svg", {}, "svg"),
        ("annotation-xml", "math", {}, "annotation"),
        ("annotation-xml", "math", {"encoding": "Text/HTML"}, "html"),
        ("annotation-xml", "math", {"encoding": "text/plain"}, "annotation"),
    ],
)
def test_content_of(tag, namespace, attributes, content) -> None:
    assert content_of(tag, namespace, attributes) == content


@pytest.mark.parametrize(
    ("tag", "content", "namespace"),
    [
        ("div", "html", "html"),
        ("svg", "html", "svg"),
        ("math", "html", "math"),
        ("g", "html", "html"),
        ("svg", "svg", "svg"),
        ("math", "svg", "svg"),
        ("a", "svg", "svg"),
        ("svg", "math", "math"),
        ("svg", "annotation", "svg"),
        ("div", "annotation", "math"),
        ("div", "mathtext", "html"),
        ("mglyph", "mathtext", "math"),
        ("svg", "mathtext", "svg"),
    ],
)
def test_namespace_of(tag, content, namespace) -> None:
    assert namespace_of(tag, content) == namespace


@pytest.mark.parametrize(
    ("context", "split"),
    [
        ("body", ("body", "html")),
        ("svg", ("svg", "svg")),
        ("math", ("math", "math")),
        ("svg:a", ("a", "svg")),
        ("math:mi", ("mi", "math")),
        ("x-y", ("x-y", "html")),
        ("foo:bar", ("foo:bar", "html")),
    ],
)
def test_split_context(context, split) -> None:
    assert split_context(context) == split
    assert join_context(*split) == context
