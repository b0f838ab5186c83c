"""The terminal: what may be printed there, how wide and colourful it is, and progress.

Text from the web is hostile: escape sequences, controls and characters that reverse the reading
order are made visible before anything is printed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from rich.progress import Progress

# Controls (C0, DEL, C1), line and paragraph separators, everything that changes the direction of
# text or hides in it, halves of surrogate pairs, and the invisible tag characters.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
COLOURS = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "dim": "2",
    "bold": "1",
}
UNLIMITED = 1_000_000


def somebody_watches() -> bool:
    """Whether a person sees the output and can press keys."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def program() -> str:
    """How this program is called from a shell: by its name where that finds it, else by its path,
    as in an environment that was not activated."""
    beside = Path(sys.executable).with_name("backref")
    found = shutil.which("backref")
    if not beside.exists() or (found and Path(found).resolve() == beside.resolve()):
        return "backref"
    return shlex.quote(str(beside))


def visible(text: str) -> str:
    r"""The text with every unseen or commanding character written out, as `\\x1b`.

    >>> visible("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return _UNSEEN.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_json(text: str) -> str:
    """JSON with the same characters as JSON's own escapes, so that nothing is lost."""
    return _UNSEEN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def width(stream: TextIO) -> int:
    """Columns of the terminal, or no limit where the stream is no terminal."""
    return shutil.get_terminal_size().columns if stream.isatty() else UNLIMITED


def coloured(stream: TextIO) -> bool:
    """Whether colours are welcome (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str, *, wanted: bool) -> str:
    """The text in a colour, where colours are wanted."""
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if wanted and colour else text


def nobody_reads() -> None:
    """Let further output vanish: a reader that left early, as `head` does, is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str = "") -> None:
    """Tell people something that is not data."""
    print(text, file=sys.stderr)  # noqa: T201


@contextmanager
def progress(*, counting: bool = False) -> Iterator[Progress | None]:
    """A progress bar with rate and remaining time on a terminal, else nothing. It shows bytes, or
    when `counting` how many of how many."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        *((MofNCompleteColumn(),) if counting else (DownloadColumn(), TransferSpeedColumn())),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar
