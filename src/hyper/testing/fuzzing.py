"""Random events for a component: after each, the patched page has to equal the rendered one.

    from hyper.testing.fuzzing import fuzz

    def test_the_cart():
        fuzz(cart, user_id=5)

Each run mounts the component and sends it events: those that are on the page, with friendly and with hostile
arguments, and some that are not on the page. After each event the patches are applied to the old tree, and the
result is compared with a fresh render and with what a browser builds from its HTML. Hypothesis shrinks a failure to
the shortest sequence of events that shows it, and prints how to replay it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from hyper.components.calling import binder_of, is_reachable
from hyper.components.component import LiveComponent
from hyper.components.mounted import MountedComponent
from hyper.components.page import PageMount
from hyper.components.signatures import HandlerSignature
from hyper.testing.checking import check_patches, check_same
from hyper.testing.patches import hostile_texts
from hyper.transport.answers import is_http_answer
from hyper.transport.component import CallError, HandlerFailedError, RequestContext
from hyper.vdom import Element, Root, iter_nodes, parse_html
from hyper.vdom.templates.expressions import OUTER


@dataclass(frozen=True, slots=True)
class BoundEvent:
    """An event that the page can send now."""

    component_id: str
    name: str
    signature: HandlerSignature
    counts: tuple[int, ...]
    """With how many arguments the page calls it."""


def fuzz(
    component: LiveComponent,
    *,
    max_examples: int = 50,
    steps: int = 20,
    allow_errors: bool = False,
    new_every_time: bool = False,
    request: RequestContext | None = None,
    **properties: Any,
) -> None:
    """Run ``max_examples`` random conversations of up to ``steps`` events with ``component``.

    Raises the failure of the shortest conversation found: ``AssertionError`` if patches and render differ, or the
    exception of a handler or view. ``allow_errors`` tolerates exceptions of handlers. The conversations are the
    same at every call unless ``new_every_time``: then Hypothesis prints what replays a failure. ``request`` is
    what ``hyper.request()`` returns in the component: ``RequestContext("session", user=7)``.
    """

    class Conversation(ComponentMachine):
        pass

    Conversation.component = component
    Conversation.properties = properties
    Conversation.allow_errors = allow_errors
    Conversation.request = request
    run_state_machine_as_test(
        Conversation,
        settings=settings(
            max_examples=max_examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not new_every_time,
            database=None,
            print_blob=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


class ComponentMachine(RuleBasedStateMachine):
    """Sends events to one component, and compares trees after each."""

    component: LiveComponent
    properties: dict[str, Any]
    allow_errors: bool
    request: RequestContext | None

    @initialize()
    def mount(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.page: PageMount = self.run(self.component.mount_for("page", self.properties, self.request))
        self.run(self.page.connected())
        self.trees = self.roots()
        self.settle()

    def teardown(self) -> None:
        if hasattr(self, "page"):
            self.run(self.page.close())
        if hasattr(self, "loop"):
            self.loop.close()

    @rule(data=st.data())
    def event_on_the_page(self, data: st.DataObject) -> None:
        events = list(self.bound())
        if not events:
            return
        event = data.draw(st.sampled_from(events), label="event")
        is_bare = event.counts == (0,)
        is_asked = bool(event.signature.parameters) and not event.name.startswith("=")
        if is_asked and (is_bare or data.draw(st.booleans(), label="as fields")):
            names = [parameter.name for parameter in event.signature.parameters]
            params = data.draw(
                st.fixed_dictionaries({}, optional=dict.fromkeys(names, values())), label="fields"
            )
            self.send(event.component_id, event.name, None, params)
        else:
            count = data.draw(
                st.sampled_from([*event.counts, *event.counts, event.counts[-1] + 1]), label="count"
            )
            args = data.draw(st.lists(values(), min_size=count, max_size=count), label="args")
            self.send(event.component_id, event.name, args, {})

    @rule(name=st.text(max_size=12) | st.sampled_from(["__init__", "on_mount", "render", "__class__"]))
    def event_that_is_not_there(self, name: str) -> None:
        if not any(event.name == name for event in self.bound()):
            self.send("page", name, [], {})

    # What the rules use

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def bound(self) -> Iterator[BoundEvent]:
        """The events that the page can send now, each once."""
        seen: set[tuple[str, str]] = set()
        for id, mounted in sorted(self.page.mounted.items()):
            for name, signature in callable_from(mounted):
                if (id, name) in seen or not is_reachable(mounted, name):
                    continue
                seen.add((id, name))
                binder = binder_of(mounted.tree, name)
                assert binder is not None
                counts = sorted(count for count in binder[1] if count is not None)
                yield BoundEvent(id, name, signature, tuple(counts))

    def send(
        self, component_id: str, name: str, args: list[object] | None, params: dict[str, object]
    ) -> None:
        try:
            self.run(self.page.call(component_id, name, args, params))
        except HandlerFailedError as error:
            if not self.allow_errors:
                raise error.__cause__ or error from None
        except Exception as error:
            if not isinstance(error, CallError) and not is_http_answer(error):
                raise
        self.settle()

    def settle(self) -> None:
        """Apply the changes to the old trees, and compare the results with what is rendered."""
        for id, patches in self.run(self.page.changes()) or ():
            mounted = self.page.mounted[id]
            check_patches(self.trees.get(id, Root()), patches, mounted.to_root(), mounted.component.name)
        self.trees = self.roots()
        html = self.page.html()
        message = "a browser builds another tree from the page's HTML"
        check_same(parse_html(html), self.trees["page"], message, with_nested=True)
        self.check_ids()

    def roots(self) -> dict[str, Root]:
        return {id: mounted.to_root() for id, mounted in self.page.mounted.items()}

    def check_ids(self) -> None:
        """Check that the nested components on the page are exactly those that are mounted and shown."""
        shown = {
            node.attributes["data-live-component"]
            for node in iter_nodes(self.trees["page"])
            if isinstance(node, Element) and "data-live-component" in node.attributes
        }
        mounted = {id for id, item in self.page.mounted.items() if item.is_shown}
        assert shown == mounted - {"page"}, "mounted components and those on the page differ"


def callable_from(mounted: MountedComponent) -> Iterator[tuple[str, HandlerSignature]]:
    """The handlers that events at a component may call: its own, and those of the components around it."""
    owner: MountedComponent | None = mounted
    prefix = ""
    while owner is not None:
        yield from ((prefix + name, signature) for name, signature in owner.signatures.items())
        owner, prefix = owner.parent, prefix + OUTER


def values() -> st.SearchStrategy[object]:
    """Arguments that JSON can hold, friendly and hostile."""
    numbers = (
        st.integers(-3, 12) | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    )
    texts = st.sampled_from(["", "a", "5", "on", "true", " "]) | hostile_texts()
    scalars = st.none() | st.booleans() | numbers | texts
    return scalars | st.lists(texts, max_size=3) | st.dictionaries(texts, scalars, max_size=2)
