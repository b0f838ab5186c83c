"""A page as PDF: printed by a Chromium that runs alone and without network.

Scripts cannot be switched off, for Chromium prints by one of its own; the page's policy allows
none.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from backref.errors import BackrefError, UsageError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 60
_ALONE = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--proxy-server=http://127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)
"""Nothing is fetched: no name is resolved, and whatever asks all the same meets a closed door."""


def browser() -> str:
    """The browser that prints. Raises UsageError when there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise UsageError(
        "A PDF is printed by Chromium, which is not on PATH: install it "
        "(apt install chromium), or print the HTML file from any browser."
    )


def printed(page: str, seconds: float = SECONDS) -> bytes:
    """The page, a whole HTML text, as PDF. Raises UsageError without a browser and BackrefError
    when it fails or takes longer than so many seconds."""
    program = browser()
    with TemporaryDirectory(prefix="backref-pdf-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        # Chromium has no sandbox for root; the page has no script and its policy loads nothing.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        profile = f"--user-data-dir={folder}/profile"
        command = [
            program, *_ALONE, *sandbox, profile, f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        _run(command, folder, seconds)
        held = target.read_bytes() if target.exists() else b""
    if not held.startswith(b"%PDF-"):
        raise BackrefError(f"{program} printed no PDF: print the HTML file from any browser.")
    return held


def _run(command: list[str], home: str, seconds: float) -> None:
    """Run the browser and end it with all its children when it takes too long."""
    quiet = subprocess.DEVNULL
    surroundings = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
    }
    with subprocess.Popen(  # noqa: S603 - a program on PATH, our own options
        command, stdin=quiet, stdout=quiet, stderr=quiet, env=surroundings, start_new_session=True
    ) as running:
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise BackrefError(
                f"Chromium did not print within {seconds:.0f} s: repeat the command, or print "
                "the HTML file from any browser."
            ) from None
