"""The command ``hyper``: ``dev``, ``run`` and ``diff``, and the worker processes of ``run``.

On top of everything but ``testing``; nothing imports it.
"""
