"""A control's name hides what its form has under that name; the client reads past it."""

from __future__ import annotations

import pytest

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAMES = (
    "elements submit method querySelectorAll getAttribute getAttributeNames ariaBusy dispatchEvent closest matches contains"
    " isConnected dataset nodeName nodeType addEventListener classList id parentNode childNodes localName children"
    " textContent checkVisibility focus remove insertBefore setAttribute removeAttribute form options files value name type"
).split()


@pytest.mark.parametrize("name", NAMES)
async def test_a_form_works_whatever_its_fields_are_called(show: Show, name: str) -> None:
    view = await show("hiding", field=name)
    await view.click("#more")
    await view.extras()
    expected = []
    for number in (0, 1):
        await view.page.evaluate("number => document.getElementById(`field-${number}`).select()", number)
        await view.page.keyboard.press(f"{number}")
        await view.hold()
        await view.page.keyboard.press("Enter")
        await there_is(view, f"#form-{number}.on.live-loading[aria-busy=true]")
        await view.free()
        expected.append(f"{name}={number}")
        await view.has("output", " ".join(expected))
        await view.has(f"#count-{number}", str(number + 1))
        await there_is(view, f"#form-{number}.on:not(.live-loading, [aria-busy])")
    await view.click("#more")
    await there_is(view, "body:not(:has(#form-1))")


async def there_is(view: View, selector: str) -> None:
    """Soon something matches. Playwright's own way to find forms does not read past the names."""
    await view.page.wait_for_function("selector => document.querySelector(selector)", arg=selector)
