"""``python -m hyper`` is the ``hyper`` command."""

from .cli import main

main(prog_name="python -m hyper")
