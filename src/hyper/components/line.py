"""How a page is connected to its browser, and who is told: its hooks, and the people who joined from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hyper.components import lifetime
from hyper.context import Attendance, Line

if TYPE_CHECKING:
    from hyper.components.page import PageMount


class PageLine:
    """The line of one page. A page that was just made waits for its first connection, which counts as open."""

    __slots__ = ("_attendances", "_page", "_was_told_open", "now")

    def __init__(self, page: PageMount) -> None:
        self.now = Line.OPEN
        self._page = page
        self._was_told_open = True
        """What the hooks were told last: is a browser connected?"""
        self._attendances: tuple[Attendance, ...] = ()
        """The entries of the page's components in presence lists."""

    def note(self, line: Line) -> None:
        """Note how the page is connected now."""
        self.now = line
        for attendance in self._attendances:
            attendance.follow(line)
        self.tell()

    def tell(self) -> None:
        """Post the hooks that tell whether a browser is connected, if ``on_mount`` was begun and that is news."""
        is_open = self.now is Line.OPEN
        if self._page.is_connected and self._was_told_open != is_open:
            self._was_told_open = is_open
            for mounted in list(self._page.mounted.values()):
                lifetime.tell_line(mounted, is_open=is_open)

    def attend(self, attendance: Attendance) -> None:
        """Let ``attendance`` follow the line, until the person leaves."""
        attendance.follow(self.now)
        if attendance not in self._attendances:
            self._attendances = (*[one for one in self._attendances if one.is_taken], attendance)
