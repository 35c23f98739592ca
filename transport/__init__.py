"""The conversation between a page and the server: sessions without I/O, the wire, tokens, limits, and aiohttp's side.

It numbers events, hands them to their mount in that order, and answers each when the mount says how it ended. What runs
when on a page, and what is undone, is for the mount to decide: see ``component.Mount``.

It may import ``hyper.vdom`` and ``hyper.diff`` and nothing above them; only ``server`` and ``visitors`` know aiohttp.
Import from the modules, such as ``hyper.transport.limits``: nothing is re-exported here, so each import stays light.
"""
