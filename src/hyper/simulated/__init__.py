"""The simulated browser: what a browser with the client in it would do with a page, in Python.

``hyper.testing`` lets a user act in it; forms that are posted without the client are read with it.
"""
