"""``persistent()``: models of the application, kept in a database.

Imports ``hyper.context`` and, from ``hyper.state``, the copying of objects. The only room that uses SQLAlchemy.
"""
