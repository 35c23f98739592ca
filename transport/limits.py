"""Every limit of the transport, with its default and its reason.

``setup(app, limits=Limits(handler_s=30))`` changes one. Seconds end in ``_s``, bytes in ``_bytes``; the rest
are counts. A limit that is reached never ends the process: the event is refused, the update is
postponed, or the one connection is closed with a code that says why.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one process, one visitor and one connection may use."""

    message_bytes: int = 64 * 1024
    """Size of one frame from the browser (OWASP, Centrifugo). The client is told, and does not send an event above it;
    the socket of one that does is closed with 1009."""
    json_depth: int = 32
    """Levels of nested lists and objects in a frame: forms need three."""
    json_nodes: int = 2_000
    """Values in a frame: a form with a thousand fields fits."""
    token_bytes: int = 4 * 1024
    """Size of a join token, which is in the page once per component and holds the component's props."""
    address_bytes: int = 2 * 1024
    """Size of the address of a page with components, percent-encoded: it is in the page's tokens."""
    token_age_s: float = 24 * 3600
    """How long a page may be mounted again from its token; later it has to be reloaded (Phoenix: a day)."""
    session_age_s: float = 14 * 24 * 3600
    """How long a visitor's session lasts without a page being loaded (Django: two weeks); then its sockets close.
    If the application has aiohttp-session set up, its age counts instead."""
    token_leeway_s: float = 30
    """How far the clocks of two processes may differ."""
    ended: int = 200_000
    """Sessions that are remembered as ended, so that no token of theirs is accepted, 65 MiB at most; then of the network
    that has the most all sessions are refused that are as old as its oldest."""

    @property
    def ended_s(self) -> float:
        """How long these are remembered: as long as a token or a cookie of theirs could be sent."""
        return max(self.session_age_s, self.token_age_s) + 2 * self.token_leeway_s

    form_bytes: int = 256 * 1024
    """Size of a form that is posted without the client: enough for a long text, not for a file."""
    form_s: float = 30
    """How long a form may take to arrive: enough for 256 KiB over a slow connection."""
    forms: int = 1_000
    """Forms that this process reads at the same time: 250 MiB at most."""
    forms_per_address: int = 100
    """Forms read from one address at the same time: an office's take moments, and a flood of slow ones is stopped."""
    forms_per_s: float = 2
    """Forms of one visitor: each costs a render of the whole page, much more than an event."""
    forms_burst: int = 20
    """Forms that may come together after a pause: htmx sends one for each control that is changed."""
    forms_per_address_s: float = 20
    """Forms from one address, over all of its visitors: a new session is free."""
    forms_burst_per_address: int = 200
    """Forms from one address that may come together after a pause."""
    work_s_per_s: float = 0.25
    """Seconds of the processor, each second, that pages and posted forms of one visitor may take, mounting by a socket
    included: a page of 5 ms fifty times a second."""
    work_s_burst: float = 5
    """Seconds of the processor that they may take after a pause."""
    work_s_per_s_per_address: float = 0.5
    """The same over all visitors of an address, half of a core: a session is free, and what pages cost is not known."""
    work_s_burst_per_address: float = 10
    """The same of an address after a pause: an office whose pages are all loaded again."""
    log_outs_per_address_s: float = 2
    """Sessions of one address that ``renew_session`` ends: each is sent to all processes, and kept."""
    log_outs_burst_per_address: int = 200
    """Sessions of one address that it may end after a pause: an office that logs in at nine."""
    form_fields: int = 1_000
    """Fields in a form, as many as fit in a frame."""
    mended_bytes: int = 16 * 1024
    """Size of the input of a form that has to be corrected: if it is larger, it is not kept and not shown again."""
    spent: int = 10_000
    """Forms that are remembered as run, so that none runs twice; then the oldest of whoever has most is forgotten."""

    auth_s: float = 10
    """How long the application's ``auth`` may take for a socket."""
    auths_at_once: int = 10
    """Calls of ``auth`` for open sockets at the same time; the database behind it has other work, too."""
    join_s: float = 10
    """How long a socket may take to connect its first component (Centrifugo's stale connections)."""
    mount_s: float = 10
    """How long mounting a component again from its token may take."""
    handler_s: float = 10
    """How long one job of a page (a handler, a tick, a hook), or a view, may run; longer work belongs in a task."""
    unmount_s: float = 15
    """How long a page may take to end: its running job, and ``on_unmount`` of all its components."""
    silence_s: float = 30
    """A peer that sends nothing for so long is gone; it is sent a ping after two thirds of it."""
    write_s: float = 10
    """A peer that takes nothing for so long, although there are frames for it, does not read."""
    close_s: float = 2
    """How long the peer's half of the closing handshake may take."""

    events_per_s: float = 50
    """Events of one visitor, over all of their sockets: a slider without debounce stays below it."""
    events_burst: int = 100
    """Events that may come together after a pause: typing that was held back while the network was down."""
    events_per_s_per_address: float = 100
    """Events of one address: a session is what anybody gets with a request, so an address has a rate, too."""
    events_burst_per_address: int = 500
    """Events of one address that may come together: an office whose network comes back."""
    refusals_in_a_row: int = 20
    """Events refused for their rate, with none accepted in between: twenty are an attack."""
    bad_frames: int = 3
    """Malformed frames within ``bad_frames_s``; the first are answered, the last closes the socket."""
    bad_frames_s: float = 60
    queued_events: int = 64
    """Events that wait for a running handler, per component on the page."""
    queued_pushes: int = 32
    """Pushes that wait for a slow or absent client, per component on the page; the oldest are dropped."""

    unsent_bytes: int = 256 * 1024
    """Bytes written and not yet taken by the operating system; above it nothing is rendered for this client."""
    unacked_updates: int = 10
    """Updates sent and not yet reported as applied (Blazor: 10); above it nothing is rendered for this client."""
    replay_frames: int = 32
    """Updates kept for a client that reconnects."""
    replay_bytes: int = 64 * 1024
    """Size of these updates; a client that has missed more is sent a snapshot."""
    replies: int = 32
    """Outcomes of events kept for a client that sends an event again."""
    reply_bytes: int = 64 * 1024
    """Size of these outcomes, and of those that the client has not taken: the names of a form's fields are in them."""

    pending: int = 1_000
    """Mounts made for a page whose socket has not connected yet; then the oldest of whoever has the most is closed."""
    pending_s: float = 10
    """How long these mounts wait; later the component is mounted again from its token."""
    detached: int = 10_000
    """Mounts whose socket is gone: as many as there may be sockets, as all may be lost at once; then the oldest of who
    has the most is closed."""
    detached_bytes: int = 256 * 1024 * 1024
    """Size of what these pages show and hold, and of the updates kept for them: 10,000 of 26 KB; then the same holds.
    It is measured again while they wait, as their timers and tasks go on."""
    detached_s: float = 120
    """How long these mounts wait for a new socket (Socket.IO 120 s, Blazor 180 s)."""
    kept: int = 1_000
    """Mounts of pages that post forms instead of having a socket; then the oldest of whoever has the most is closed."""
    kept_s: float = 20 * 60
    """How long these mounts wait for the next form: the user may have to look up what to fill in."""

    connections: int = 10_000
    """Sockets of this process: each takes about 60 KiB with a small component."""
    connections_per_visitor: int = 20
    """Sockets of one visitor: each open page has one."""
    connections_per_address: int = 200
    """Sockets from one address: enough for an office behind one address, too few for a flood."""
    components_per_connection: int = 100
    """Page-level components of one page; nested ones do not count."""

    idle_s: float = 15
    """How long a page may go without an event or an update before its memory is reduced."""

    loop_lag_s: float = 0.25
    """How long the event loop may be blocked before the log says where; 0: it is not watched."""

    drain_s: float = 10
    """How long running handlers may take once the process has been told to end."""
    drain_clients_per_s: float = 500
    """How many clients per second reconnect when the process ends; each chooses a random moment."""
