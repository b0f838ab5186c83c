"""`backref doctor`: whether installation, store and server can do their work, and what would mend
what cannot. Each check is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backref.faces.options import JsonOption, StoreOption  # noqa: TC001 - see cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.lake.checkup import Check

LIBRARIES = ("duckdb", "pyarrow", "numba", "sqlalchemy", "fastapi")
EXTRAS = {"pandas": "frames", "polars": "frames", "openpyxl": "xlsx"}
"""Optional libraries, each with the extra that installs it."""
PATIENCE = 5.0
TRIED = b"a line of a log\nand another one\n"


def doctor(
    *,
    deep: Annotated[bool, typer.Option("--deep", help="Read every byte of the store.")] = False,
    health: Annotated[
        str | None, typer.Option(help="Ask only whether the server at this address answers.")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Check the installation and the store; exit 1 when something must be mended."""
    from backref.faces import listing
    from backref.faces.terminal import visible
    from backref.lake.checkup import FAIL

    failed = False
    for check in [answers(health)] if health else all_checks(store, deep=deep):
        failed = failed or check.state == FAIL
        line = listing.json_lines([check]) if as_json else visible(told(check)) + "\n"
        listing.write(line)
    if failed:
        raise typer.Exit(1)


def told(check: Check) -> str:
    """A check as one line: its state, its name, what was found, and the mend."""
    mend = f": {check.mend}" if check.mend else ""
    return f"{check.state:<4}  {check.name:<12}  {check.found}{mend}"


def all_checks(store: StoreOption, *, deep: bool) -> Iterator[Check]:
    """The installation's checks, then the store's."""
    yield from installation()
    yield from of_store(store, deep=deep)


def of_store(store: StoreOption, *, deep: bool) -> Iterator[Check]:
    """The store's checks, or that there is none."""
    from datetime import UTC, datetime

    from backref.errors import UsageError
    from backref.faces import asking
    from backref.lake import checkup

    try:
        path = asking.settings(store, None).store
    except UsageError as error:
        yield checkup.Check("store", checkup.FAIL, str(error))
    else:
        yield from checkup.checks(path.absolute(), datetime.now(UTC), deep=deep)


def installation() -> Iterator[Check]:
    """What of the installation can be seen without a store."""
    yield python()
    yield libraries()
    yield extras()
    yield kernels()
    yield chromium()


def python() -> Check:
    """The interpreter and Backref itself."""
    import platform
    from importlib.metadata import version

    from backref.lake.checkup import OK, Check

    return Check("python", OK, f"{platform.python_version()}, backref {version('backref')}")


def libraries() -> Check:
    """The libraries that do the work."""
    from importlib import import_module
    from importlib.metadata import version

    from backref.lake.checkup import FAIL, OK, Check

    broken = []
    for name in LIBRARIES:
        try:
            import_module(name)
        except ImportError as error:
            broken.append(f"{name} ({error})")
    if broken:
        mend = "install again with `pip install --force-reinstall backref`"
        return Check("libraries", FAIL, f"cannot be loaded: {', '.join(broken)}", mend)
    return Check("libraries", OK, ", ".join(f"{name} {version(name)}" for name in LIBRARIES))


def extras() -> Check:
    """Optional libraries; nothing else needs them."""
    from importlib.util import find_spec

    from backref.lake.checkup import OK, Check

    absent = [name for name in EXTRAS if find_spec(name) is None]
    if not absent:
        return Check("extras", OK, f"{', '.join(EXTRAS)} are there")
    wanted = ",".join(sorted({EXTRAS[name] for name in absent}))
    return Check(
        "extras", OK, f"without {', '.join(absent)}; `pip install 'backref[{wanted}]'` adds them"
    )


def kernels() -> Check:
    """The compiled kernels, run once."""
    from backref.lake.checkup import FAIL, OK, WARN, Check

    try:
        import numpy as np

        from backref.sources import linekernel

        text = np.frombuffer(TRIED, np.uint8)
        kernel: Any = linekernel.stops
        found = kernel(text)
        kept = kernel.stats.cache_path
    except Exception as error:  # Whatever the compiler raises is the finding.
        mend = "install numba again: large logs cannot be read without"
        return Check("kernels", FAIL, f"{type(error).__name__}: {error}", mend)
    if found.tolist() != [at for at, byte in enumerate(TRIED) if byte == ord("\n")]:
        return Check("kernels", FAIL, "they reckon wrongly", "install numba again")
    if not kept:
        mend = "set NUMBA_CACHE_DIR to a folder that may be written"
        return Check("kernels", WARN, "run, but are compiled anew in each process", mend)
    return Check("kernels", OK, f"run, and are kept in {kept}")


def chromium() -> Check:
    """The browser that prints reports as PDF."""
    from backref.errors import UsageError
    from backref.faces.report import pdf
    from backref.lake.checkup import OK, WARN, Check

    try:
        return Check("chromium", OK, pdf.browser())
    except UsageError:
        mend = "install it for reports as PDF (apt install chromium)"
        return Check("chromium", WARN, "not on PATH", mend)


def answers(address: str) -> Check:
    """Whether a server answers at an address, its `/health` when it names no path."""
    from urllib.error import URLError
    from urllib.parse import urlsplit
    from urllib.request import ProxyHandler, build_opener

    from backref.errors import UsageError
    from backref.lake.checkup import FAIL, OK, Check

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"{address!r} is no address: give one as http://127.0.0.1:8484.")
    asked = parts._replace(path=parts.path if parts.path.strip("/") else "/health").geturl()
    try:
        with build_opener(ProxyHandler({})).open(asked, timeout=PATIENCE) as answer:
            return Check("health", OK, f"{asked} answers {answer.status}")
    except (URLError, OSError, ValueError) as error:
        mend = "look at what the server says, or start it with `backref serve`"
        return Check("health", FAIL, f"{asked}: {getattr(error, 'reason', error)}", mend)
