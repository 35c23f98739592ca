"""The session between page and server: a sans-IO core, the wire, and an aiohttp face.

Import from the modules: ``hyper.transport.session``, ``hyper.transport.limits``, … Nothing is gathered here,
so that the parts without a web framework stay without one.
"""
