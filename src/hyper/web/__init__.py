"""What an aiohttp application calls, and how a page reaches a browser, with the client or without.

Imports the rooms of components and state and the transport; knows neither commands nor tests.
"""
