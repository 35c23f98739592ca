"""``python -m hyper`` is the ``hyper`` command."""

from .commands.cli import main

main(prog_name="python -m hyper")
