"""The dashboard in a real browser: Debian's Chromium, driven from here.

Every page in light and dark: no serious finding of axe, no error in the console (a breach of the
content security policy is one), no sideways scroll on a small screen; and what keys, Back, a
reload and an export do.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from graph_facts import ranked
from playwright.sync_api import expect

from backref.faces.serve.app import create_app
from backref.faces.serve.assets import Assets
from backref.faces.serve.settings import Settings
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

AXE = Path(str(files("axe_playwright_python"))) / "axe.min.js"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = [
    "/",
    "/links",
    "/links?state=live&state=lost&q=e&sort=source",
    "/links?by=domain",
    "/links?q=nothing-is-called-so",
    "/links/{link}",
    "/domains",
    "/referrers",
    "/engagement",
    "/placements",
    "/leads",
    "/disavow",
    "/pages",
    "/broken",
    "/authority?compare=elsewhere.example&without=example.org",
    "/gap?rival=rival.example",
    "/events",
    "/events?only=breaches",
    "/survival?by=placement",
    "/monitoring",
    "/alerts?condition=lost&threshold=1",
    "/import",
    "/import/1",
    "/sites",
    "/nowhere",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("continuous integration must have Debian's chromium")
        pytest.skip("there is no chromium: install the Debian package of that name")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield opened
        opened.close()


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The address of a server of a store."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(create_app(store, Settings()), log_level="error", lifespan="on")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a small store of its own, for pages write tags to it."""
    from small_store import write

    store = tmp_path_factory.mktemp("browsed") / ".backref"
    write(store).close()
    with Lake.open(store) as lake:
        lake.begin_import("/var/log/<b>old</b>.log", "accesslog", "combined", site="example.com")
    links = ("example.org", "example.com"), ("far.example", "example.org")
    ranked(store / "graphs" / "web", [*links, ("far.example", "rival.example")])
    with served(store) as address:
        yield address


class Watched:
    """A page of the browser that remembers what went wrong in it."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        self.page: Page = self.context.new_page()
        self.address = address
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    @property
    def path(self) -> str:
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    one = Watched(browser, address)
    yield one
    one.context.close()
    assert one.wrong == []


@pytest.fixture(scope="module")
def link(browser: Browser, address: str) -> str:
    one = Watched(browser, address)
    href = one.go("/links").locator(".open").first.get_attribute("href")
    one.context.close()
    assert href
    return href.removeprefix("/links/")


def too_wide(page: Page) -> list[str]:
    """The widths at which the page scrolls sideways."""
    wrong = []
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"scrolls sideways at {width} px")
    return wrong


def rows(page: Page) -> Locator:
    """The rows of the list on a page."""
    return page.locator("[data-rows] tbody tr")


def findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe calls serious, or worse; of all its rules, or of some."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_lets_everybody_in_keeps_its_policy_and_fits(
    browser: Browser, address: str, link: str, scheme: Any
) -> None:
    one = Watched(browser, address, color_scheme=scheme)
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page = one.go(path.format(link=link))
        page.evaluate(AXE.read_text(encoding="utf-8"))
        # A theme changes colours alone.
        found[path] = (
            findings(page) + too_wide(page)
            if scheme == "light"
            else findings(page, ["color-contrast"])
        )
    one.context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert [text for text in one.wrong if "404" not in text] == []


def test_a_link_is_opened_and_left_by_keys_alone(watched: Watched) -> None:
    page = watched.go("/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/links")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator(".open").first
    assert first.evaluate("one => one === document.activeElement")
    assert first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/links/*")
    assert page.locator("#evidence").is_visible()
    page.keyboard.press("u")
    page.wait_for_url("**/links")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("pricing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/links?q=pricing")
    assert rows(page).count() == 1


def test_the_first_key_skips_to_the_page(watched: Watched) -> None:
    page = watched.go("/links")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"


def test_back_and_a_reload_keep_what_was_chosen(watched: Watched) -> None:
    page = watched.go("/links")
    every = rows(page).count()
    page.locator("#facet-state summary").click()
    page.locator("#facet-state input[value=live]").check()
    page.wait_for_url("**/links?state=live")
    expect(rows(page)).not_to_have_count(every)
    assert page.locator("#facet-state[open]").count() == 1, "a choice closes nothing"
    live = rows(page).count()
    page.locator("#q").fill("blog")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=blog*")
    expect(rows(page)).not_to_have_count(live)
    page.reload()
    assert "q=blog" in page.url
    assert page.locator("#facet-state input[value=live]").is_checked()
    few = rows(page).count()
    page.go_back()
    page.wait_for_url("**/links?state=live")
    expect(rows(page)).to_have_count(live)
    assert page.locator("#q").input_value() == ""
    page.go_forward()
    expect(rows(page)).to_have_count(few)
    page.go_back()
    page.go_back()
    expect(rows(page)).to_have_count(every)
    assert watched.path == "/links"


def test_the_exported_csv_equals_the_table(watched: Watched) -> None:
    page = watched.go("/links?state=live&sort=source")
    with page.expect_download() as waiting:
        page.keyboard.press("e")
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    exported = list(csv.DictReader(io.StringIO(text)))
    shown = page.locator("[data-rows] tbody .open")
    ids = [one.get_attribute("href").rpartition("/")[2] for one in shown.all()]  # type: ignore[union-attr]
    assert [row["link_id"] for row in exported] == ids
    assert waiting.value.suggested_filename == "backref-links.csv"


def test_the_theme_that_was_chosen_stays(watched: Watched) -> None:
    page = watched.go("/links")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("t")
    page.keyboard.press("t")
    assert page.locator("[data-theme-switch]").inner_text().endswith("dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{watched.address}/domains")
    assert page.evaluate(ground) == dark


def test_a_tag_and_a_note_stay_with_their_link(watched: Watched, link: str) -> None:
    page = watched.go(f"/links/{link}")
    page.locator("input[name=tag]").fill("to <b>ask</b>")
    page.keyboard.press("Enter")
    page.locator(".tagged button").wait_for()
    page.locator("textarea").fill("first line\n=second()")
    page.get_by_role("button", name="Save note").click()
    page.wait_for_load_state()
    assert page.locator("textarea").input_value() == "first line\n=second()"
    page.goto(f"{watched.address}/links")
    page.locator("#tag").select_option("to <b>ask</b>")
    expect(rows(page)).to_have_count(1)
    assert page.locator("[data-rows] .open").get_attribute("href").startswith(f"/links/{link}")  # type: ignore[union-attr]


def late(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the server answer with a script after everything else."""
    answer = Assets.get_response

    async def answer_late(self: Assets, path: str, scope: Any) -> Any:
        if path == script:
            await asyncio.sleep(0.5)
        return await answer(self, path, scope)

    monkeypatch.setattr(Assets, "get_response", answer_late)


@pytest.mark.slow
def test_a_file_is_dropped_looked_at_imported_and_taken_back(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page that is loaded hears of a file, however long its script took to come.
    late(monkeypatch, "import.js")
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com"))
    sheet = tmp_path / "backlinks.csv"
    sheet.write_text("https://new.example.net/page\nhttps://other.example.net/page\n")
    with served(tmp_path / "store") as address:
        one = Watched(browser, address)
        page = one.go("/import")
        page.locator("#files").set_input_files(sheet)
        page.locator(".preview, [data-refused]:not(:empty)").wait_for(timeout=90_000)
        assert page.locator("[data-refused]").inner_text() == ""
        assert "can be stored" in page.locator(".preview").inner_text()
        page.get_by_role("button", name="Import", exact=True).click()
        page.locator(".job[data-ended]").wait_for(timeout=60_000)
        told = page.locator(".job").inner_text()
        assert "Read 2 = stored 2 + duplicate 0 + rejected 0" in told
        one.go("/links")
        assert rows(page).count() == 2
        one.go("/import")
        assert rows(page).count() == 1
        page.once("dialog", lambda dialog: dialog.accept())
        page.locator("[data-undo]").click()
        page.locator(".job[data-ended]").wait_for(timeout=60_000)
        assert "taken back" in page.locator(".job").inner_text()
        one.go("/links")
        assert rows(page).count() == 0
        assert "backref import" in page.locator(".empty").inner_text()
        one.context.close()
        assert one.wrong == []


def test_a_file_that_nobody_knows_is_refused_in_words(watched: Watched, tmp_path: Path) -> None:
    odd = tmp_path / "odd.bin"
    odd.write_bytes(bytes(range(256)) * 20)
    page = watched.go("/import")
    page.locator("#files").set_input_files(odd)
    page.locator(".preview .bad").wait_for()
    assert page.locator("#start").is_hidden()


def test_a_preview_that_does_not_come_is_said(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    sheet = tmp_path / "backlinks.csv"
    sheet.write_text("https://new.example.net/page\n")
    one = Watched(browser, address)
    one.page.route("**/import/preview?*", lambda asked: asked.fulfill(status=503, body="{}"))
    page = one.go("/import")
    page.locator("#files").set_input_files(sheet)
    expect(page.locator("[data-refused]")).to_contain_text("backlinks.csv was sent, but")
    assert page.locator("#start").is_hidden()
    one.context.close()


def test_pages_are_read_without_scripts(browser: Browser, address: str, link: str) -> None:
    one = Watched(browser, address, java_script_enabled=False)
    page = one.go("/links")
    page.locator("#facet-state summary").click()
    page.locator("#facet-state input[value=live]").check()
    page.locator("#facet-state").get_by_role("button", name="Apply").click()
    assert "state=live" in page.url
    assert page.locator("#facet-state input[value=live]").is_checked()
    one.go(f"/links/{link}")
    assert page.locator("svg.series").count() == 1
    one.context.close()
