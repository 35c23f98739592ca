"""The simulated browser: what a browser with the client in it would do with a page, in Python.

For ``hyper.testing``; the product never needs it. Imports ``dom``, the diff and ``vdom``.
"""
