"""Every limit of the transport, with its default and its reason.

``setup(app, limits=Limits(handler_s=30))`` changes one. Seconds end in ``_s``, bytes in ``_bytes``; the rest
are counts. A limit that is reached never ends the process: the event is refused, the update is
postponed, or the one connection is closed with a code that says why.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process, one visitor and one connection may use."""

    message_bytes: int = 64 * 1024
    """Of one frame from the browser (OWASP, Centrifugo); above it the socket is closed with 1009."""
    json_depth: int = 32
    """Nested lists and objects in a frame: forms need three."""
    json_nodes: int = 2_000
    """Values in a frame: a form with a thousand fields fits."""
    token_bytes: int = 4 * 1024
    """Of a join token; it stands in the page once per component, with the component's props."""
    token_age_s: float = 24 * 3600
    """How long a page may be mounted again from its token; later it has to be loaded again (Phoenix: a day)."""
    session_age_s: float = 14 * 24 * 3600
    """How long a visitor's session lasts without a page being loaded (Django: two weeks); then its sockets close.
    If the application has aiohttp-session set up, its age counts instead."""
    token_leeway_s: float = 30
    """How far the clocks of two processes may differ."""

    form_bytes: int = 256 * 1024
    """Of a form that is posted without the client: enough for a long text, not for a file."""
    form_s: float = 30
    """Until all of it has arrived: enough for 256 KiB over a slow line."""
    forms: int = 1_000
    """Being read at once by this process: 250 MiB at most."""
    forms_per_address: int = 100
    """Being read at once: those of an office take moments, and a flood of slow ones is stopped."""
    form_fields: int = 1_000
    """Fields in a form, as many as fit in a frame."""
    mended_bytes: int = 16 * 1024
    """Of what was typed into a form that has to be corrected: more is not kept, and not shown again."""
    spent: int = 10_000
    """Forms that are remembered as done, so that none is run twice; the oldest is forgotten."""

    auth_s: float = 10
    """For the application's ``auth``, about a socket that is opened or open."""
    auths_at_once: int = 10
    """Calls of ``auth`` about open sockets; the database behind it has other work, too."""
    join_s: float = 10
    """Until the first component of a socket is connected (Centrifugo's stale connections)."""
    mount_s: float = 10
    """Mounting a component again, from its token."""
    handler_s: float = 10
    """One event handler; longer work belongs in a task of its own."""
    silence_s: float = 30
    """Nothing received, although a ping was sent after two thirds of it: the peer is gone."""
    write_s: float = 10
    """Nothing taken by a peer to which something is to be sent: it does not read."""
    close_s: float = 2
    """For the peer's half of the closing handshake."""

    events_per_s: float = 50
    """Of one visitor, over all of their sockets: a slider without debounce stays below it."""
    events_burst: int = 100
    """At once, after a pause: typing that was held back while the network was away."""
    refusals_in_a_row: int = 20
    """Refused for their rate, with none accepted in between: twenty are an attack."""
    bad_frames: int = 3
    """Malformed frames within ``bad_frames_s``; the first are answered, the last closes the socket."""
    bad_frames_s: float = 60
    queued_events: int = 64
    """Waiting for a running handler, per component on the page."""
    queued_pushes: int = 32
    """Waiting for a slow or absent client, per component on the page; the oldest are dropped."""

    unsent_bytes: int = 256 * 1024
    """Written and not yet taken by the operating system; above it nothing is rendered for this client."""
    unacked_updates: int = 10
    """Sent and not yet reported as applied (Blazor: 10); above it nothing is rendered for this client."""
    replay_frames: int = 32
    """Updates kept for a client that comes back."""
    replay_bytes: int = 64 * 1024
    """The same in bytes; a client that misses more is sent a snapshot."""
    replies: int = 32
    """Outcomes of events kept for a client that asks again."""

    pending: int = 1_000
    """Mounts made for a page whose socket has not connected yet; the oldest is closed."""
    pending_s: float = 10
    """How long they wait; later the component is mounted again from its token."""
    detached: int = 1_000
    """Mounts whose socket is gone; the oldest is closed."""
    detached_s: float = 120
    """How long they wait for it to come back (Socket.IO 120 s, Blazor 180 s)."""
    kept: int = 1_000
    """Mounts of pages that post forms instead of having a socket; the oldest is closed."""
    kept_s: float = 20 * 60
    """How long they wait for the next form: somebody may have to look up what to fill in."""

    connections: int = 10_000
    """Sockets of this process: about 60 KiB each with a small component."""
    connections_per_visitor: int = 20
    """One per open page."""
    connections_per_address: int = 200
    """An office behind one address has more visitors than a flood has sockets."""
    components_per_connection: int = 100
    """Page-level components of one page; nested ones do not count."""

    idle_s: float = 15
    """Without an event or an update; after that a page takes as little memory as it can."""

    loop_lag_s: float = 0.25
    """How long the event loop may give no sign of life before the log says where it hangs; 0: it is not watched."""

    drain_s: float = 10
    """For running handlers, when the process is told to end."""
    drain_clients_per_s: float = 500
    """Clients that are told to reconnect do so at this pace, spread at random."""
