"""Alerts and monitoring in the dashboard: a rule is tried, kept, silenced; a channel is tested."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from alert_receivers import HERE, Mailbox, Receiver
from fastapi.testclient import TestClient
from links_facts import PARTITION_BY, _identified
from links_facts import store as store_facts
from small_store import NEWS, SITE, write

from backref import schema
from backref.faces.serve.app import create_app
from backref.faces.serve.settings import Settings
from backref.lake.lake import Lake
from backref.watch import store as watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "http://127.0.0.1"
ME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alerts") / "store"
    write(path).close()
    return path


@pytest.fixture(scope="module")
def client(path: Path) -> Iterator[TestClient]:
    settings = Settings(private_channels=frozenset({HERE}))
    with TestClient(create_app(path, settings), base_url=BASE, headers=ME) as client:
        yield client


def posted(client: TestClient, address: str, **sent: str) -> str:
    answer = client.post(address, data=sent)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_rule_is_tried_kept_silenced_and_removed(
    client: TestClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Mailbox().open() as box:
        said = posted(client, "/alerts/channels", name="me", url=box.url)
        assert f"mail to me@mine.example by {HERE}:{box.port}" in said
        assert "The test reached me." in posted(client, "/alerts/channels/me", test="1")
    assert "test" in box.mails[0]["Subject"]
    tried = client.get("/alerts?condition=broken target&channel=me&threshold=3")
    assert "broken target: 2 messages with 2 alerts in 90 days" in tried.text
    assert "Keep this rule" in tried.text
    rule = {"condition": "broken target", "channel": "me", "threshold": "3", "digest": "mon 8"}
    assert "rule 1, from 3 people in seven days" in posted(client, "/alerts/rules", **rule)
    assert "silent" in posted(client, "/alerts/rules/1", mute="1")
    assert "silent" not in posted(client, "/alerts/rules/1", speak="1")
    with Lake.open(path) as lake:
        (kept,) = lake.rules.all()
    assert (kept.site, kept.digest, kept.threshold) == (SITE.name, "mon 08:00", 3)
    monkeypatch.setattr(watching, "replay", None)
    assert "try it</td>" in client.get("/alerts").text, "a list replays nothing"
    posted(client, "/alerts/rules/1", remove="1")
    posted(client, "/alerts/channels/me", remove="1")
    with Lake.open(path) as lake:
        assert lake.rules.all() == lake.rules.channels() == ()


def test_a_webhooks_key_is_shown_once(client: TestClient) -> None:
    with Receiver().open() as receiver:
        said = posted(client, "/alerts/channels", name="hook", url=receiver.url)
    assert "whsec_" in said
    assert "whsec_" not in client.get("/alerts").text
    assert "did not reach hook" in posted(client, "/alerts/channels/hook", test="1")
    posted(client, "/alerts/channels/hook", remove="1")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2/x",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "mailto://10.0.0.1?to=a@b.example",
        "http://localhost/",
        "http://user:word@hooks.example/",
        "json://hooks.example/",
        "syslog://",
        "file:///etc/passwd",
        "file://",
        "javascript:alert(1)",
        "mailtos://smtp.example?to=a@b.example%0aBcc:c@d.example",
    ],
)
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_where_nothing_is_sent_no_channel_leads(client: TestClient, url: str) -> None:
    answer = client.post("/alerts/channels", data={"name": "bad", "url": url})
    assert answer.status_code == 400
    assert (
        "bad" not in client.get("/alerts").text.partition("Channels</h2>")[2].partition("<form")[0]
    )


def test_another_site_changes_nothing(client: TestClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    sent = {"name": "me", "url": "https://hooks.example/"}
    assert client.post("/alerts/channels", data=sent, headers=foreign).status_code == 403


def test_monitoring_counts_our_own_looks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTITION_BY, "checks", "domain")
    now = datetime.now(UTC)
    with Lake.open(path) as lake:
        for hours, told in ((1, "page"), (2, "blocked"), (50, "gone")):
            row = dict.fromkeys(schema.TABLES["checks"].names) | {
                "at": now - timedelta(hours=hours),
                "purpose": "page",
                "url": NEWS["source_url"],
                "page": NEWS["source_page"],
                "host": NEWS["source_host"],
                "domain": NEWS["source_domain"],
                "outcome": "answered",
                "told": told,
                "digest": f"sha256:{hours}",
            }
            store_facts(lake, [_identified("checks", row)])
    with TestClient(create_app(path, Settings()), base_url=BASE) as client:
        page = " ".join(client.get("/monitoring").text.split())
        proof = client.get(f"/links/{NEWS['link_id']:016x}/evidence.json")
    assert 'Looked at in 24 hours</dt><dd class="value">1</dd>' in page
    assert 'Looks that told nothing</dt><dd class="value">1</dd><dd class="note">of 3 in' in page
    assert "example.net</a>" in page
    assert [one["digest"] for one in proof.json()["checks"]] == [
        "sha256:1",
        "sha256:2",
        "sha256:50",
    ]
    assert proof.headers["content-disposition"].startswith("attachment")
