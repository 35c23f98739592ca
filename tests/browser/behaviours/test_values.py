"""Values reach handlers as they were rendered, and nothing else does."""

from __future__ import annotations

import pytest

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRE = "([name, detail]) => list.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }))"


def shown(values: list[object]) -> list[tuple[str, str]]:
    return [(type(value).__name__, repr(value)) for value in values]


async def press_all(view: View, prefix: str) -> list[object]:
    """Click on all buttons of one kind. Returns the values that were rendered."""
    await view.page.evaluate(
        f"document.querySelectorAll('[id|={prefix}]').forEach((button) => button.click())"
    )
    await view.settled()
    return view.global_of("literals", "LITERALS")  # type: ignore[no-any-return]


async def test_a_literal_reaches_its_handler_as_it_was_rendered(show: Show) -> None:
    view = await show("literals")
    literals = await press_all(view, "plain")
    assert shown(view.variable("seen")) == shown(literals)


async def test_a_literal_in_a_form_does_so_beside_a_field(show: Show) -> None:
    view = await show("literals")
    literals = await press_all(view, "form")
    assert shown(view.variable("seen")) == shown([(value, "Ada") for value in literals])


async def test_a_detail_that_is_null_is_none(show: Show) -> None:
    view = await show("picked")
    await view.page.evaluate(FIRE, ["pick", {"id": 7, "old": None}])
    await view.page.evaluate(FIRE, ["take", {"old": None}])
    await view.page.evaluate(FIRE, ["none", None])
    await view.settled()
    assert view.variable("seen") == [(7, None), None, None]


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999"])
async def test_a_number_that_is_not_finite_is_refused(show: Show, text: str) -> None:
    view = await show("picked")
    await view.fill("#price", text)
    await view.click("#bid")
    await view.fill("#level", text)
    assert (view.variable("seen"), view.variable("level")) == ([], 1.0)
    assert len(view.problems) == 2
    assert all("Please enter a number." in problem for problem in view.problems)
    view.problems.clear()
    await view.fill("#price", "2.5")
    await view.click("#bid")
    assert view.variable("seen") == [2.5]
