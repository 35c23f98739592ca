"""The words this project is checked with: ``nox`` for all, ``nox -s lint`` for one, ``nox -l`` for the list.

Every session runs in the environment nox itself was installed in (``pip install -e '.[dev]'``), so there is
one environment to make, and the same command gives the same result on a desk and in CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.stop_on_first_error = False

BIN = Path(sys.executable).parent
ENV = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
"""A program that a test starts finds this environment's node and npm first."""

TWO_AT_A_TIME = ("-n", "2")
"""A run's tests share two processes; ``-n 0`` after ``--`` has them in one, for a debugger."""

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHER_PYTHONS = [version for version in ("3.11", "3.12", "3.13", "3.14") if version != THIS_PYTHON]
PYTHON_WITH_T_STRINGS = "3.14"
"""Made of Debian's packages where it is missing: no other Python reads t-strings as part of the language."""

DEBIAN_PACKAGES = {
    "chromium": "chromium",
    "haproxy": "haproxy",
    "firefox-esr": "firefox-esr",
    "initdb": "postgresql",
    "nginx": "nginx",
    "openssl": "openssl",
    "redis-server": "redis-server",
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
}
"""Programs some tests drive, and the Debian package of each."""


MUTATION_PACKAGES = ("@stryker-mutator/instrumenter@10.0.0", "@babel/core@8")
"""What makes faults in the client, from npm; 37 MB that nothing else needs."""

PROOFS: dict[str, tuple[str, dict[str, str]]] = {
    "fuzz": ("tests/reliability/test_fuzz.py", {"HYPER_FUZZ": "1000000"}),
    "fuzz_forms": ("tests/reliability/test_fuzz_forms.py", {"HYPER_FUZZ": "1000000"}),
    "xss": ("tests/reliability/test_xss.py", {"HYPER_XSS": "10000"}),
    "xss_browser": ("tests/browser/test_xss.py", {"HYPER_XSS": "10000"}),
    "controls": ("tests/browser/behaviours/test_table_of_controls.py", {"HYPER_CONTROLS": "all"}),
    "limits": ("tests/reliability/test_limits.py", {"HYPER_LIMITS": "1000"}),
    "lost": ("tests/reliability/test_nothing_lost.py", {"HYPER_LEDGER": "500,100,1000,2,0,90"}),
    "killed": ("tests/reliability/test_nothing_lost.py", {"HYPER_LEDGER": "500,100,1000,2,10,90"}),
    "hostile": ("tests/reliability/test_hostile_peers.py", {"HYPER_HOSTILE": "300,50,40"}),
    "proxies": ("tests/reliability/test_proxies.py", {"HYPER_PROXIED": "50000"}),
    "two": ("tests/reliability/test_two_visitors.py", {"HYPER_TWO": "5,3,100"}),
    "redis": (
        "tests/hyper/state/test_backplane_faults.py",
        {"HYPER_REDIS_FAULTS": "20", "HYPER_CONVERGE_S": "10"},
    ),
    "interleaving": ("tests/reliability/test_interleaving.py", {"HYPER_INTERLEAVINGS": "100000,10000"}),
    "kill": ("tests/hyper/records/test_persistence_kill.py", {"HYPER_KILL_ROUNDS": "100"}),
}
"""The long tier of tests that CI runs with smaller numbers: the file, and the numbers. RELIABILITY.md has results."""

SHARED_OUT = ("controls",)
"""Proofs of many short tests, which two processes share."""


def run_python(session: nox.Session, *args: str, silent: bool = False) -> None:
    """Runs this environment's Python; ``silent`` prints what it says only when it fails."""
    session.run(sys.executable, *args, env=ENV, silent=silent)


def install_programs(session: nox.Session, *programs: str) -> None:
    """Installs what is missing from Debian as root; says to anyone else what to install, for fewer skipped tests."""
    packages = [DEBIAN_PACKAGES[program] for program in programs if not is_installed(program)]
    if not packages:
        return
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        session.warn(f"missing here: {', '.join(packages)} (Debian: {' '.join(command)})")
        return
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    session.run("apt-get", "update", "-qq", silent=True, env=env)
    session.run(*command, silent=True, env=env)


def is_installed(program: str) -> bool:
    """On the path, or where Debian keeps servers, and PostgreSQL's programs."""
    path = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"
    return shutil.which(program, path=path) is not None or any(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    )


def find_python(version: str) -> str | None:
    """Returns the CPython of this version on the path that starts; a version manager's does with PYENV_VERSION set."""
    env = {**os.environ, "PYENV_VERSION": version}
    code = "import sys; print(sys.executable if sys.implementation.name == 'cpython' else '')"
    for folder in os.get_exec_path():
        if program := shutil.which(f"python{version}", path=folder):
            answer = subprocess.run(
                [program, "-c", code], env=env, capture_output=True, text=True, check=False
            )
            if found := answer.stdout.strip():
                return found
    return None


def make_python(session: nox.Session, version: str) -> str | None:
    """Returns the CPython of a newer Debian, unpacked into ``.nox``; in CI it is an error if there is none."""
    command = [".ci/debian-python", version, f".nox/python{version}"]
    answer = str(session.run(*command, env=ENV, silent=True, success_codes=[0, 1])).strip()
    if Path(answer).is_file():
        return answer
    (session.error if "CI" in os.environ else session.warn)(answer)
    return None


def install_from_npm(session: nox.Session, *more: str) -> None:
    """Installs what the client is built and tested with, and for this time only what else is named."""
    options = ["--no-package-lock", "--no-save", "--no-audit", "--no-fund"]
    session.run("npm", "install", *options, *more, env=ENV, silent=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    run_python(session, "-m", "ruff", "check", "--output-format", "concise", ".")
    run_python(session, "-m", "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """mypy (strict) and pyright on the package."""
    run_python(session, "-m", "mypy")
    run_python(session, "-m", "pyright")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation as a site, in site/."""
    run_python(session, "docs/build.py", "site")


@nox.session
def build(session: nox.Session) -> None:
    """sdist, the wheel from it, and that wheel at work in an empty environment."""
    shutil.rmtree("dist", ignore_errors=True)
    run_python(session, "-m", "build", "--outdir", "dist", silent=True)
    wheel = next(Path("dist").glob("*.whl")).resolve()
    place = Path(session.create_tmp()).resolve() / "empty"
    session.run(sys.executable, "-m", "venv", "--clear", str(place))
    imports = "import hyper, hyper.diff, hyper.vdom, hyper.transport, hyper.runtime_js, hyper.testing"
    with session.chdir(place):  # away from the source tree
        session.run("bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel))
        session.run("bin/python", "-c", imports)
        session.run("bin/hyper", "--version")


@nox.session
def test_js(session: nox.Session) -> None:
    """The browser client on a fake DOM; that the built file is current, and small enough."""
    install_from_npm(session)
    session.run("npm", "test", env=ENV)
    session.run("npm", "run", "build", "--", "--check", env=ENV)


@nox.session
def test(session: nox.Session) -> None:
    """Everything that needs no browser, on this Python."""
    install_programs(session, "haproxy", "initdb", "nginx", "openssl", "redis-server")
    run_python(session, "-m", "pytest", "--ignore", "tests/browser", *TWO_AT_A_TIME, *session.posargs)


@nox.session
@nox.parametrize("version", [nox.param(version, id=version) for version in OTHER_PYTHONS])
def test_other(session: nox.Session, version: str) -> None:
    """The same on every other CPython that this machine has; ``-s 'test_other(3.13)'`` for one.

    Between the oldest and the newest, without the tests that take long.
    """
    python = find_python(version)
    if python is None and version == PYTHON_WITH_T_STRINGS and shutil.which("apt-get"):
        python = make_python(session, version)
    if python is None:
        session.skip(f"no CPython {version} on this machine")
    place = Path(
        ".nox", f"python{version}"
    ).resolve()  # not in the session's own folder, where its temporary files go
    inside = str(place / "bin" / "python")
    session.run(python, "-m", "venv", str(place))
    session.run(inside, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-e", ".[test]")
    long = ["tests/browser"] if version == PYTHON_WITH_T_STRINGS else ["tests/browser", "tests/reliability"]
    ignored = (f"--ignore={folder}" for folder in long)
    options = ("-p", "no:cacheprovider", *ignored, *TWO_AT_A_TIME, *session.posargs)
    session.run(inside, "-m", "pytest", *options, env=ENV)


@nox.session
def browser(session: nox.Session) -> None:
    """The examples and the client in real browsers."""
    install_from_npm(session)
    install_programs(session, "chromium", "firefox-esr", "WebKitWebDriver", "Xvfb")
    if not is_installed("chromium") and "CHROMIUM" not in os.environ:
        session.error("the browser tests need Chromium: install it, or name one in CHROMIUM")
    run_python(session, "-m", "pytest", "tests/browser", *session.posargs)


@nox.session(default=False)
def deep(session: nox.Session) -> None:
    """The laws of the diff on 10⁶ pairs in Python, 10⁵ of lxml and in Node, 10⁴ in Chromium; 10⁶ sources parsed."""
    install_programs(session, "chromium")
    run_python(session, "-m", "tests.deep", *session.posargs)


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """Mutation testing of the diff; after ``--`` names of its modules, for less than all."""
    run_python(session, "-m", "pip", "install", "-q", "-e", ".[mutation]")
    run_python(session, "-m", "tests.mutants", *session.posargs)


@nox.session(default=False)
def mutants_js(session: nox.Session) -> None:
    """Mutation testing of what patches a page, in Node; after ``--`` names of its modules."""
    install_from_npm(session, *MUTATION_PACKAGES)
    run_python(session, "-m", "tests.js.mutants", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """The benchmarks; numbers, not verdicts."""
    run_python(session, "-m", "bench", *session.posargs)


@nox.session(default=False)
def proof(session: nox.Session) -> None:
    """Faults, fuzz and load in earnest: ``nox -s proof`` for all (an hour or more), ``-- fuzz redis`` for some."""
    for name in session.posargs or [*PROOFS, "fuzz_js"]:
        if name == "fuzz_js":
            session.run("node", "--test", "tests/js/fuzz.test.mjs", env={**ENV, "HYPER_FUZZ": "1000000"})
            continue
        file, numbers = PROOFS[name]
        two = TWO_AT_A_TIME if name in SHARED_OUT else ()
        command = [sys.executable, "-m", "pytest", "-s", "--timeout", "3600", *two, file]
        session.run(*command, env={**ENV, **numbers})


@nox.session(default=False)
def coverage(session: nox.Session) -> None:
    """Branch coverage of the package by the Python tests."""
    run_python(session, "-m", "coverage", "run", "-m", "pytest", "--ignore", "tests/browser")
    run_python(session, "-m", "coverage", "report")
