from __future__ import annotations

from pathlib import Path

import pytest

from backref.errors import NotADomain, UsageError
from backref.faces.setup import host_name, merged, refuse_shared, save, site_record
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("example.com", "example.com"),
        ("WWW.Example.COM.", "example.com"),
        (" https://example.com/ ", "example.com"),
        ("shop.example.co.uk", "shop.example.co.uk"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("ann.github.io", "ann.github.io"),
    ],
)
def test_a_host_by_any_spelling(text: str, host: str) -> None:
    assert host_name(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "example",
        "localhost",
        "co.uk",
        "github.io",
        "com",
        "192.0.2.1",
        "[2001:db8::1]",
        "example.com/path",
        "example.com:8080",
        "example.com?q",
        "example.com#x",
        "user@example.com",
        "ftp://example.com",
        "mailto:a@example.com",
        "exa mple.com",
        "-bad.com",
        f"{'a' * 64}.com",
        "a..b.com",
        "--help",
        "exam\x00ple.com",
    ],
)
def test_what_is_no_domain(text: str) -> None:
    with pytest.raises(NotADomain, match="is not a domain"):
        host_name(text)


@pytest.mark.parametrize(
    "wrong",
    [{"zone": "Mars/Olympus"}, {"zone": "../etc"}, {"goals": ["thanks"]}, {"brand": ["  "]},
     {"also": ["x"]}, {"was": ["x"]}],
)  # fmt: skip
def test_what_is_wrong_with_a_site(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        site_record("example.com", **wrong)  # type: ignore[arg-type]


def test_a_second_init_adds_and_keeps() -> None:
    known = site_record("example.com", also=["example.de"], zone="Europe/Berlin", brand=["Ex"])
    more = site_record("example.com", also=["example.de", "example.fr"], goals=["/thanks"])
    both = merged(known, more, zone=False)
    assert both == SiteRecord(
        "example.com", ("example.de", "example.fr"), (), "Europe/Berlin", ("ex",), ("/thanks",)
    )
    assert merged(known, more, zone=True).zone == "UTC"


def test_a_host_belongs_to_one_site() -> None:
    other = SiteRecord("other.com", also=("shared.com",))
    with pytest.raises(UsageError, match=r"shared\.com belongs to the site other\.com"):
        refuse_shared(SiteRecord("example.com", was=("shared.com",)), [other])
    refuse_shared(other, [other])


def test_saved_in_a_store_that_is_made_once(tmp_path: Path) -> None:
    store = tmp_path / "store"
    save(store, site_record("example.com"), zone=False)
    save(store, site_record("other.com"), zone=False)
    with Lake.open(store) as lake:
        assert [site.name for site in lake.sites()] == ["example.com", "other.com"]
