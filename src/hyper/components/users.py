"""``current_user``: whoever the running component was given to, as ``auth`` returned them.

user = persistent(User, id=current_user.id)
"""

from __future__ import annotations

from typing import Any

from hyper.context import current
from hyper.errors import AuthorError


class CurrentUser:
    """Stands for ``request().user`` of the component that is running: has its attributes, and is equal to it.

    False where nobody is logged in, or no component is running.
    """

    def __getattr__(self, name: str) -> Any:
        user = _user()
        if user is None:
            raise AuthorError(
                f"current_user.{name}: nobody is logged in. Have auth in setup(app, auth=…) return a user, or"
                " refuse with web.HTTPUnauthorized; or ask first: if current_user"
            )
        return getattr(user, name)

    def __eq__(self, other: object) -> bool:
        return bool(_user() == (_user() if other is self else other))

    def __hash__(self) -> int:
        return hash(_user())

    def __bool__(self) -> bool:
        return bool(_user())

    def __str__(self) -> str:
        return str(_user())

    def __repr__(self) -> str:
        return f"<current_user {_user()!r}>"


def _user() -> Any:
    mounted = current.get()
    request = mounted.page.request if mounted is not None else None
    return request.user if request is not None else None


current_user: Any = CurrentUser()
"""The user of the running component."""
