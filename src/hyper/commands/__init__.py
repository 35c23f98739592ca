"""The command ``hyper``: ``dev``, ``run`` and ``diff``, and the worker processes of ``run``.

May import every room but ``testing``; no room imports it.
"""
