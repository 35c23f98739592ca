"""One mounted page: its components, their state, handlers, timers and tasks.

Imports ``compiling``, ``hyper.context``, ``diff`` and the protocols in ``transport.component``; knows no web
framework and no database.
"""
