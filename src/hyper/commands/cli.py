"""The ``hyper`` command: ``dev`` for development, ``run`` for production, ``diff`` to compare HTML files.

Each command imports its modules when it runs, so that ``hyper diff`` works without the packages of a server.
Exit codes: 0 for success, 2 for a mistake in the arguments or the files (the message says how to fix it).
"""

from __future__ import annotations

import logging
import socket
from importlib.metadata import version
from pathlib import Path

import click

FOLDER = click.Path(exists=True, path_type=Path)
HTML_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
OUTPUT = click.Path(dir_okay=False, writable=True, path_type=Path)
PORT = click.IntRange(0, 65535)
WORKERS = click.IntRange(1, 1000)
SECONDS = click.FloatRange(0)
REPORTS = ("json", "text", "html")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("hyper-live"), prog_name="hyper")
def main() -> None:
    """Live components in plain Python."""


@main.command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=PORT, help="Port to listen on; 0 picks a free port."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the gallery in a browser.")
def dev(folder: Path | None, host: str, port: int, open_browser: bool) -> None:
    """Serve every live component of FOLDER (or of one file), and reload on change.

    The gallery is at /, each component at /live/NAME; query parameters are its properties. FOLDER defaults to
    app/live if that exists, else to the working directory. For development only: in production, add live
    components to your aiohttp application.
    """
    from hyper.commands.dev import serve

    serve(folder or default_folder(), host, port, open_browser=open_browser)


def default_folder() -> Path:
    """The folder that ``hyper dev`` serves by default."""
    usual = Path("app", "live")
    return usual if usual.is_dir() else Path()


@main.command()
@click.argument("target")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=PORT, help="Port to listen on; 0 picks a free port."
)
@click.option("--workers", default=1, show_default=True, type=WORKERS, help="Worker processes.")
@click.option(
    "--stop-timeout",
    default=30.0,
    show_default=True,
    type=SECONDS,
    help="Graceful shutdown timeout (seconds).",
)
def run(target: str, host: str, port: int, workers: int, stop_timeout: float) -> None:
    """Serve an application in production.

    TARGET is module:app, where app is an aiohttp Application or a function that returns one; or a folder of live
    components. Pages need no sticky sessions: a socket reaches the worker that holds its page. SIGHUP restarts
    the workers one after another, SIGTERM stops them.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise click.UsageError("hyper run needs Unix sockets: serve with aiohttp's web.run_app(app) here")
    from hyper.commands.supervisor import BACKLOG, open_port, supervise, url_of, why_not

    try:
        listening = open_port(host, port, BACKLOG)
    except OSError as error:
        raise click.UsageError(why_not(error, host, port)) from error
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")
    click.echo(f"{target} at {url_of(listening.getsockname())}")
    if not supervise(target, workers, listening, stop_timeout):
        raise click.exceptions.Exit(2)


@main.command()
@click.argument("old", type=HTML_FILE)
@click.argument("new", type=HTML_FILE)
@click.option("--format", "report", type=click.Choice(REPORTS), default="json", show_default=True)
@click.option("--output", type=OUTPUT, help="File to write to instead of the terminal.")
def diff(old: Path, new: Path, report: str, output: Path | None) -> None:
    """Print the patches that turn the HTML file OLD into NEW.

    json is the format sent to browsers; text is for reading; html is a page that shows the difference.
    """
    from hyper.commands import diff_report
    from hyper.vdom import HyperError

    try:
        text = getattr(diff_report, f"report_{report}")(_read(old), _read(new))
    except HyperError as error:
        raise click.UsageError(str(error)) from error
    if output is None:
        click.echo(text)
    else:
        output.write_text(text, encoding="utf-8")


def _read(file: Path) -> str:
    """The text of a file. Raises ``UsageError`` if it is not UTF-8."""
    try:
        with click.open_file(str(file), encoding="utf-8-sig") as stream:
            text: str = stream.read()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from error
    return text
