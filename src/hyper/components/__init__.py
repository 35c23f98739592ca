"""One mounted page: its components, their state, handlers, timers and tasks.

A page does one thing at a time (``mailbox.py``), and keeps what that did as a whole or undoes it as a whole
(``unit.py``). Tasks run beside it (``beside.py``), or take a turn (``jobs.py``).

Imports ``compiling``, ``hyper.context``, ``diff`` and the protocols in ``transport.component``; knows no web
framework and no database.
"""
