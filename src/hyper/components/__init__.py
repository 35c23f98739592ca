"""One mounted page: its components, their state and handlers, and the work they start.

Imports ``compiling``, ``hyper.context``, the diff and the transport's contract; knows no web framework, no database.
"""
