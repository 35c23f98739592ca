"""How a page and its mount find each other: with a token, whichever process the page connects to.

A mount is opened for a page that is served. The page gets a token, and its socket presents it. Then the mount that
waits here is found. If it was closed, or was in another process, the component is mounted again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from . import wire
from .answers import LOAD_AGAIN, is_http_answer
from .component import Mount, Remounter, RequestContext, UnknownComponentError
from .gate import Refused
from .identity import History, PageIdentity
from .inbox import SessionMisusedError
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
        """The mounts that are being mounted again, by their ids."""
        self._reserved: dict[str, asyncio.Future[None]] = {}
        """The ids of mounts that are being made for a page, each with a future that is set when that has ended."""

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
        self.admit(mount, (component, props), context)
        return html, token

    def is_free(self, mount_id: str) -> bool:
        """Is there no mount with this id, and is none being made?"""
        taken = mount_id in self._reserved or mount_id in self._mounting
        return not taken and self._mounts.get(mount_id) is None

    @contextmanager
    def reserve(self, mount_id: str) -> Iterator[None]:
        """Reserve the id of a mount that is being made until the context exits.

        Raises ``SessionMisusedError`` if the id is not free.
        """
        if not self.is_free(mount_id):
            raise SessionMisusedError(f"there is another mount with the id {mount_id}")
        made = self._reserved[mount_id] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            del self._reserved[mount_id]
            made.set_result(None)

    def admit(self, mount: Mount, shows: tuple[str, dict[str, Any]], context: RequestContext) -> Runner:
        """The runner of a new mount, which is kept for a while until its page connects.

        ``shows`` is the name of the component with its props.
        """
        runner = self._runner_of(mount, shows, context, History.FRESH)
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

    def _runner_of(
        self, mount: Mount, shows: tuple[str, dict[str, Any]], context: RequestContext, history: History
    ) -> Runner:
        identity = PageIdentity(1 + secrets.randbelow(2**31), history)
        services = self._services
        session = MountSession(
            mount.id, services.limits, services.now_s(), encoder=self._encoder, identity=identity
        )
        runner = Runner(session, mount, context, services)
        runner.shows = shows
        return runner

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

        Raises ``Refused`` if it was made for another user, is too old, or the component cannot be mounted;
        ``OverdrawnError`` if too much was done for the visitor already.
        """
        gate = self._services.gate
        runner = self._mounts.get(ticket.mount_id)
        if runner is None:
            gate.check_ticket_user(ticket, self._fingerprint(context))
            gate.check_work(context.session_hash, context.network)
            await self._mount_again(ticket, context)
            runner = self._mounts.get(ticket.mount_id)
        if runner is None:
            raise Refused("mount_failed", "The component could not be mounted again.")
        gate.check_user(context, runner.context)
        if runner.shows != (ticket.component, ticket.props):
            raise Refused("expired", LOAD_AGAIN)
        return runner

    async def _mount_again(self, ticket: Ticket, context: RequestContext) -> None:
        """Mount the component of ``ticket``; two sockets that ask for the same mount wait for one."""
        await self._wait_for_page(ticket.mount_id)
        if self._mounts.get(ticket.mount_id) is not None:
            return
        task = self._mounting.get(ticket.mount_id)
        if task is None:
            task = self._mounting[ticket.mount_id] = self._services.spawn(
                self._services.metered(context, self._mount(ticket, context))
            )
            task.add_done_callback(lambda _: self._mounting.pop(ticket.mount_id))
        await asyncio.shield(task)  # others may wait for it, too

    async def _wait_for_page(self, mount_id: str) -> None:
        """Wait while a page is being made with this mount. Raises ``Refused`` if that takes too long."""
        try:
            async with asyncio.timeout(self._services.limits.mount_s):
                while made := self._reserved.get(mount_id):
                    await asyncio.wait([made])
        except TimeoutError as error:
            raise Refused("mount_failed", "This page is still being made.") from error

    async def _mount(self, ticket: Ticket, context: RequestContext) -> None:
        context = replace(context, path=ticket.path.partition("?")[0])
        try:
            async with asyncio.timeout(self._services.limits.mount_s):
                mount = await self._remount(ticket.component, ticket.props, ticket.mount_id, context)
        except UnknownComponentError as error:
            raise Refused("expired", str(error)) from error
        except Exception as error:
            if is_http_answer(error):
                raise Refused("expired", LOAD_AGAIN) from error
            failure = self._services.describe(error, context, f"mounting {ticket.component}")
            raise Refused("mount_failed", str(failure["message"])) from error
        is_same = digest(mount.html()) == ticket.html_digest
        history = History.REMOUNTED if is_same else History.CHANGED
        self._mounts.expect(self._runner_of(mount, (ticket.component, ticket.props), context, history))

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
