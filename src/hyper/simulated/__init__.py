"""The simulated browser: does with a page, in Python, what a browser with the client would do.

For ``hyper.testing``; the product never needs it. Imports ``dom``, the diff and ``vdom``.
"""
