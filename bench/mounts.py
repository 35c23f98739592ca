"""Real components, mounted without a server: what the benchmarks drive."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from hyper.components.component import LiveComponent
from hyper.components.loader import load
from hyper.components.page import PageMount
from hyper.transport import wire

Result = TypeVar("Result")

MOUNT_ID: Final = "Zm9vYmFyYmF6cXV4"
PAGES: Final = Path(__file__).parent / "pages"


def run_now(job: Coroutine[Any, Any, Result]) -> Result:
    """What ``job`` returns; it must not wait for anything."""
    try:
        job.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    raise RuntimeError("this job waits for something: run it in an event loop")


@cache
def components() -> dict[str, LiveComponent]:
    """The components of the benchmarks, by name."""
    return load(PAGES)


class MountedPage:
    """One page of the benchmarks, as the transport would drive it."""

    def __init__(self, component: str, **properties: Any) -> None:
        self.mount: PageMount = run_now(components()[component].mount_for(MOUNT_ID, properties))
        self.version = 0

    def call(self, event: str, *args: object, **named: object) -> None:
        """Run a handler as the page calls it, with arguments or by its name; nothing is rendered yet."""
        run_now(self.mount.call(MOUNT_ID, event, list(args) or None, named))

    def frames(self) -> list[bytes]:
        """Render, diff, encode: the bytes for the browser."""
        encoder = wire.PatchEncoder()
        return [
            self.frame(change.component_id, encoder.to_json(change.patches))
            for change in run_now(self.mount.changes())
        ]

    def frame(self, component_id: str, patches_json: str) -> bytes:
        self.version += 1
        return wire.update_frame(component_id, self.version, patches_json)

    def state(self, name: str) -> Any:
        """A variable of the component's setup, as it is now."""
        return self.mount.root.cells()[name].cell_contents
