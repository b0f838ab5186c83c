"""Draw the pictures of the dashboard anew, from the demo: `python -m docs.screenshots`.

Needs the tests' requirements and Debian's Chromium.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from playwright.sync_api import sync_playwright

from backref.config import STORE_FOLDER
from backref.faces import demonstration
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, ViewportSize

IMAGES = Path(__file__).parent / "images"
SIZE: ViewportSize = {"width": 1440, "height": 900}
SEED = 7
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The address of a server of a store."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(store, Settings()), log_level="error", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def draw(page: Page, address: str) -> None:
    """Overview, ledger and one link that was bought, as they stand on a wide screen."""
    page.goto(address)
    page.screenshot(path=IMAGES / "overview.png")
    page.goto(f"{address}/links")
    page.screenshot(path=IMAGES / "ledger.png")
    page.goto(f"{address}/links?acquired=paid")
    page.locator(".open").first.click()
    page.wait_for_url("**/links/*")
    page.screenshot(path=IMAGES / "link.png")


def main() -> None:
    """Make the demo, serve it, and take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        demonstration.run(Path(folder), SEED)
        browser = play.chromium.launch(executable_path=chromium, args=SWITCHES)
        with served(Path(folder) / STORE_FOLDER) as address:
            draw(browser.new_page(viewport=SIZE, color_scheme="light"), address)
        browser.close()


if __name__ == "__main__":
    main()
