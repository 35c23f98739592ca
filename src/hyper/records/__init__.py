"""``persistent()``: models of the application, kept in a database.

Imports ``hyper.context``, and of ``state`` how objects are copied; the only room that knows SQLAlchemy.
"""
