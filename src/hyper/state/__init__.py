"""Values that all connections share, in one process and across processes.

Imports ``hyper.context``, to know which component reads a value, and no other room of ``hyper``.
"""
