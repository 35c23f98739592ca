"""``persistent()``: models of the application, kept in a database.

Imports ``hyper.context`` and, from ``hyper.state``, how objects are copied. The only room that uses SQLAlchemy.
"""
