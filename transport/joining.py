"""How a page and its mount find each other: with a token, whichever process the page connects to.

A mount is opened for a page that is served. The page gets a token, and its socket presents it. Then the mount that
waits here is found. If it was closed, or was in another process, the component is mounted again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import wire
from .component import Mount, Remounter, RequestContext, UnknownComponentError
from .gate import Refused
from .identity import History, PageIdentity
from .mounts import Mounts
from .runner import Runner
from .services import Services
from .session import MountSession
from .tokens import Purpose, Signer, Ticket, digest


class Joining:
    """Opens mounts for pages and leads sockets to them."""

    def __init__(
        self,
        services: Services,
        mounts: Mounts,
        signer: Signer,
        remount: Remounter,
        user_key: Callable[[object], str],
        id_prefix: str,
    ) -> None:
        """``user_key`` returns the same text for a user in every process; ``""`` if there is no such text."""
        self._services = services
        self._mounts = mounts
        self._signer = signer
        self._remount = remount
        self._user_key = user_key
        self._id_prefix = id_prefix
        """The prefix of the ids of this process's mounts."""
        self._encoder = wire.PatchEncoder()
        self._mounting: dict[str, asyncio.Task[None]] = {}

    # --- pages ----------------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """An id for a mount: random and url-safe; with several workers it begins with the number of the mount's own."""
        return self._id_prefix + secrets.token_urlsafe(12)

    def open(
        self, mount: Mount, component: str, props: dict[str, Any], context: RequestContext
    ) -> tuple[str, str]:
        """The HTML and the join token of a mount, which is kept for the socket of its page.

        Raises ``AuthorError`` if the props cannot be kept in the page.
        """
        html = mount.html()
        ticket = Ticket(mount.id, component, props, context.session_hash, context.path, digest(html))
        token = self.sign(ticket, context)
        self.admit(mount, context)
        return html, token

    def admit(self, mount: Mount, context: RequestContext) -> Runner:
        """The runner of a new mount, which is kept for a while until its page connects."""
        runner = self._runner_of(mount, context, History.FRESH)
        self.discard(self._mounts.add(runner))
        return runner

    def keep(self, runner: Runner) -> None:
        """Keep the mount of a page without a socket, after a form was posted, for the next form."""
        self.discard(self._mounts.keep(runner, self._services.now_s()))

    def sign(self, ticket: Ticket, context: RequestContext, purpose: Purpose = "join") -> str:
        """A token for a visitor's page. Raises ``AuthorError`` if the props cannot be kept in one."""
        return self._signer.sign_ticket(replace(ticket, user=self._fingerprint(context)), purpose)

    def _fingerprint(self, context: RequestContext) -> str:
        key = self._user_key(context.user)
        return key and digest(f"{context.session_hash} {key}")

    def _runner_of(self, mount: Mount, context: RequestContext, history: History) -> Runner:
        identity = PageIdentity(1 + secrets.randbelow(2**31), history)
        services = self._services
        session = MountSession(
            mount.id, services.limits, services.now_s(), encoder=self._encoder, identity=identity
        )
        return Runner(session, mount, context, services)

    # --- sockets --------------------------------------------------------------------------------------------

    async def join(self, message: wire.Connect, context: RequestContext) -> Runner:
        """The runner of the mount that the token of ``message`` is for, mounted again if it is gone.

        Raises ``Refused`` if the token is not valid for this visitor, or the component cannot be mounted.
        """
        gate = self._services.gate
        ticket = gate.read_ticket("join", message.token, context)
        if ticket.mount_id != message.component_id:
            raise Refused("forbidden", "This token belongs to another component.")
        if self._mounts.get(ticket.mount_id) is None:
            gate.check_age("join", message.token)
        return await self.find(ticket, context)

    async def find(self, ticket: Ticket, context: RequestContext) -> Runner:
        """The runner for a ticket that was checked, mounted again if it is gone.

        Raises ``Refused`` if it was made for another user, is too old, or the component cannot be mounted.
        """
        gate = self._services.gate
        runner = self._mounts.get(ticket.mount_id)
        if runner is None:
            gate.check_ticket_user(ticket, self._fingerprint(context))
            await self._mount_again(ticket, context)
            runner = self._mounts.get(ticket.mount_id)
        if runner is None:
            raise Refused("mount_failed", "The component could not be mounted again.")
        gate.check_user(context, runner.context)
        return runner

    async def _mount_again(self, ticket: Ticket, context: RequestContext) -> None:
        """Mount the component of ``ticket``; two sockets that ask for the same mount wait for one."""
        task = self._mounting.get(ticket.mount_id)
        if task is None:
            task = self._mounting[ticket.mount_id] = self._services.spawn(self._mount(ticket, context))
            task.add_done_callback(lambda _: self._mounting.pop(ticket.mount_id))
        await task

    async def _mount(self, ticket: Ticket, context: RequestContext) -> None:
        path = ticket.path.partition("?")[0]
        context = RequestContext(context.session_hash, context.user, path, context.headers)
        try:
            async with asyncio.timeout(self._services.limits.mount_s):
                mount = await self._remount(ticket.component, ticket.props, ticket.mount_id, context)
        except UnknownComponentError as error:
            raise Refused("expired", str(error)) from error
        except Exception as error:
            failure = self._services.describe(error, context, f"mounting {ticket.component}")
            raise Refused("mount_failed", str(failure["message"])) from error
        is_same = digest(mount.html()) == ticket.html_digest
        self._mounts.expect(
            self._runner_of(mount, context, History.REMOUNTED if is_same else History.CHANGED)
        )

    def attach(self, runner: Runner) -> None:
        """Note that a mount has its socket."""
        self._mounts.attached(runner)

    def detach(self, runner: Runner) -> None:
        """Note that a mount has lost its socket: it waits for another one, for a while."""
        self.discard(self._mounts.detached(runner))

    def discard(self, runners: list[Runner]) -> None:
        """Close mounts that were removed from the store, in the background."""
        for runner in runners:
            self._services.spawn(runner.close())
