"""The interface for aiohttp applications, and pages as browsers get them, with the client or without it.

Imports ``components``, ``state``, ``dom`` and the transport; knows neither commands nor tests.
"""
