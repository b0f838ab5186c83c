"""Messages to a real mail server, a real webhook and a chat, and what they may connect to."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alert_receivers import HERE, Mailbox, Receiver, free_port

from backref.lake.lake import Lake
from backref.lake.outbox import GIVEN_UP, HELD
from backref.lake.rules import Channel
from backref.watch import egress, sending
from backref.watch.webhook import new_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = "example.com"
MESSAGE = {"subject": "1 link lost", "text": "It is gone.\n", "html": "<p>It is gone.</p>"}
ALLOWED = frozenset({HERE})

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lake(tmp_path: Path, clock: Clock) -> Iterator[Lake]:
    with Lake.create(tmp_path / "store", clock=clock) as lake:
        yield lake


def to(lake: Lake, url: str, secret: str = "", key: str = "one") -> None:
    lake.rules.save_channel(Channel("me", url, secret))
    assert lake.outbox.put(key, SITE, "me", MESSAGE)


def test_a_mail_has_a_plain_and_an_html_twin_and_a_name_that_stays(lake: Lake) -> None:
    with Mailbox().open() as box:
        to(lake, box.url)
        assert sending.empty(lake, ALLOWED).sent == 1
        assert sending.empty(lake, ALLOWED).sent == 0
    (mail,) = box.mails
    assert mail["Subject"] == "1 link lost"
    assert mail["To"] == "me@mine.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@ours.example>")
    assert mail.get_body(("plain",)).get_content().splitlines() == ["It is gone."]
    assert mail.get_body(("html",)).get_content().strip() == "<p>It is gone.</p>"


@pytest.mark.parametrize(
    "subject",
    ["a\r\nBcc: all@evil.example", "a\nX: y", "x" * 5000, "\x00\x1b[31mred\u202e", "ünïcödé 字"],
)
def test_a_hostile_subject_stays_one_header(lake: Lake, subject: str) -> None:
    with Mailbox().open() as box:
        lake.rules.save_channel(Channel("me", box.url))
        lake.outbox.put("one", SITE, "me", MESSAGE | {"subject": subject})
        assert sending.empty(lake, ALLOWED).sent == 1
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert mail["Subject"].isprintable()
    assert len(mail["Subject"]) <= 200


def test_a_message_waits_while_the_mail_server_is_down_and_is_sent_once(
    lake: Lake, clock: Clock
) -> None:
    box = Mailbox()
    to(lake, box.url)
    for _ in range(5):
        assert sending.empty(lake, ALLOWED).sent == 0
        clock.now += timedelta(minutes=10)
    (waiting,) = lake.outbox.latest()
    assert (waiting.state, waiting.tries > 1) == ("waiting", True)
    assert "is not there" in waiting.why
    with box.open():
        clock.now += timedelta(hours=3)
        assert sending.empty(lake, ALLOWED).sent == 1
        clock.now += timedelta(days=1)
        assert sending.empty(lake, ALLOWED).sent == 0
    assert len(box.mails) == 1


@pytest.mark.slow
def test_each_try_waits_longer_and_after_a_week_it_is_given_up(lake: Lake, clock: Clock) -> None:
    to(lake, Mailbox().url)
    begun, tries = clock.now, list[datetime]()
    while lake.outbox.latest()[0].state == "waiting":
        assert sending.empty(lake, ALLOWED).failed == 1
        tries.append(clock.now)
        assert sending.empty(lake, ALLOWED).failed == 0
        clock.now = lake.outbox.latest()[0].next_try
    gaps = [b - a for a, b in pairwise(tries)]
    assert gaps == sorted(gaps)
    assert GIVEN_UP <= tries[-1] - begun <= GIVEN_UP + gaps[-1]
    assert lake.outbox.latest()[0].state == "refused"
    assert lake.outbox.retry() == 1
    assert lake.outbox.latest()[0].state == "waiting"


@pytest.mark.parametrize(
    ("answer", "state"), [("550 no such user", "refused"), ("451 later", "waiting")]
)
def test_what_a_mail_server_refuses_for_good_is_not_tried_again(
    lake: Lake, answer: str, state: str
) -> None:
    box = Mailbox()
    box.refuse = answer
    with box.open():
        to(lake, box.url)
        sending.empty(lake, ALLOWED)
    assert lake.outbox.latest()[0].state == state


def test_a_webhook_is_signed_as_standard_webhooks_say(lake: Lake) -> None:
    secret = new_secret()
    with Receiver().open() as receiver:
        to(lake, receiver.url, secret)
        assert sending.empty(lake, ALLOWED).sent == 1
    ((headers, body),) = receiver.posts
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert (told["site"], told["text"], told["id"]) == (
        SITE,
        "It is gone.\n",
        headers["webhook-id"],
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "sent"),
        (204, "sent"),
        (301, "refused"),
        (400, "refused"),
        (410, "refused"),
        (429, "waiting"),
        (500, "waiting"),
        (503, "waiting"),
    ],
)
def test_what_a_webhook_answers(lake: Lake, status: int, state: str) -> None:
    receiver = Receiver()
    receiver.status = status
    with receiver.open(), Receiver().open() as elsewhere:
        receiver.location = elsewhere.url
        to(lake, receiver.url)
        sending.empty(lake, ALLOWED)
        assert lake.outbox.latest()[0].state == state
        assert elsewhere.posts == []


def test_two_senders_at_once_send_once(lake: Lake, tmp_path: Path, clock: Clock) -> None:
    with Receiver().open() as receiver, Lake.open(tmp_path / "store", clock=clock) as other:
        to(lake, receiver.url)
        mine, theirs = lake.outbox.take(), other.outbox.take()
        assert mine is not None
        assert theirs is None


def test_sending_again_leaves_alone_what_somebody_sends_at_this_moment(lake: Lake) -> None:
    to(lake, "https://hook.example/")
    taken = lake.outbox.take()
    assert taken is not None
    assert lake.outbox.retry() == 0
    assert lake.outbox.take() is None
    lake.outbox.failed(taken, "It is away.")
    assert lake.outbox.retry() == 1
    assert lake.outbox.take() is not None


def test_who_held_a_message_too_long_changes_nothing_of_what_another_said(
    lake: Lake, clock: Clock
) -> None:
    to(lake, "https://hook.example/")
    slow = lake.outbox.take()
    clock.now += HELD
    other = lake.outbox.take()
    assert slow is not None
    assert other is not None
    lake.outbox.failed(slow, "It is away.", for_good=True)
    assert lake.outbox.latest()[0].state == "sending"
    lake.outbox.sent(other)
    lake.outbox.failed(slow, "It is away.")
    lake.outbox.failed(other, "It is away.", for_good=True)
    assert lake.outbox.latest()[0].state == "sent"


def test_who_sent_a_message_late_has_sent_it_all_the_same(lake: Lake, clock: Clock) -> None:
    to(lake, "https://hook.example/")
    slow = lake.outbox.take()
    clock.now += HELD
    other = lake.outbox.take()
    assert slow is not None
    assert other is not None
    lake.outbox.sent(slow)
    lake.outbox.failed(other, "It is away.")
    assert lake.outbox.latest()[0].state == "sent"


def test_what_waited_for_a_removed_channel_is_never_sent(lake: Lake) -> None:
    to(lake, "https://hook.example/")
    lake.rules.drop_channel("me")
    assert lake.outbox.retry() == 0
    assert lake.outbox.latest()[0].state == "refused"


@contextmanager
def trickling(begin: bytes) -> Iterator[int]:
    """A server that says something, and then a letter every tenth of a second."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        talking, _ = listening.accept()
        with talking, suppress(OSError):
            talking.sendall(begin)
            while not over.wait(0.1):
                talking.sendall(b"2")

    with socket.create_server((HERE, 0)) as listening:
        thread = threading.Thread(target=serve, args=[listening], daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join(5)


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("http", b""),
        ("http", b"HTTP/1.1 500 No\r\nX: "),
        ("mailto", b""),
        ("mailto", b"220 "),
        ("ntfy", b"HTTP/1.1 200 OK\r\nX: "),
    ],
)
def test_whoever_trickles_is_cut_off(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, kind: str, begin: bytes
) -> None:
    monkeypatch.setattr(sending, "WHOLE", 0.5)
    with trickling(begin) as port:
        where = {"mailto": "?to=a@b.example", "ntfy": "/topic", "http": "/"}
        to(lake, f"{kind}://{HERE}:{port}{where[kind]}")
        ended = threading.Event()

        def empty() -> None:
            sending.empty(lake, ALLOWED)
            ended.set()

        threading.Thread(target=empty, daemon=True).start()
        assert ended.wait(15), "it still listens to who trickles"
    assert lake.outbox.latest()[0].state == "waiting"


KILLED = """
import os, sys
from pathlib import Path
from backref.lake.lake import Lake
from backref.watch import sending
with Lake.open(Path(sys.argv[1])) as lake:
    if sys.argv[2] == "before":
        sending.send = lambda *_: os.kill(os.getpid(), 9)
    else:
        lake.outbox.sent = lambda _: os.kill(os.getpid(), 9)
    sending.empty(lake, {"127.0.0.1"})
"""


@pytest.mark.parametrize(("point", "posts"), [("before", 1), ("between", 2)])
def test_a_kill_loses_no_message_and_errs_towards_sending_twice(
    tmp_path: Path, point: str, posts: int
) -> None:
    """Killed between sending and ticking off, it is sent again under the same id."""
    store = tmp_path / "store"
    with Receiver().open() as receiver:
        with Lake.create(store) as lake:
            to(lake, receiver.url)
        ended = subprocess.run([sys.executable, "-c", KILLED, str(store), point], check=False)
        assert ended.returncode == -9
        with Lake.open(store) as lake:
            assert lake.outbox.take() is None, "it is held for a while: nobody knows of the death"
        later = datetime.now(UTC) + HELD
        with Lake.open(store, clock=lambda: later) as lake:
            assert sending.empty(lake, ALLOWED).sent == 1
            assert sending.empty(lake, ALLOWED).sent == 0
    assert len(receiver.posts) == posts
    assert len({headers["webhook-id"] for headers, _ in receiver.posts}) == 1


@pytest.mark.parametrize("scheme", ["mailto", "http", "ntfy"])
def test_nothing_private_is_connected_to_unless_it_is_allowed(lake: Lake, scheme: str) -> None:
    """A name that leads to this machine is judged where the connection is made."""
    with Receiver().open() as canary:
        url = {
            "mailto": f"mailto://localhost.localdomain:{canary.port}?to=a@b.example",
            "http": f"http://127.0.0.1.nip.invalid:{canary.port}/",
            "ntfy": f"ntfy://127.0.0.1:{canary.port}/topic",
        }[scheme]
        to(lake, url)
        assert sending.empty(lake).failed == 1
        assert canary.posts == []


PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_the_wall_stands_whatever_library_connects(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        opened = socket.socket(family)
    except OSError:
        pytest.skip("no IPv6 here")
    with opened, egress.walled() as wall, pytest.raises(egress.Forbidden):
        opened.connect((address, 9))
    assert len(wall.refused) == 1


def test_a_name_that_flips_between_look_and_connection_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Receiver().open() as canary:
        flipped = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (HERE, canary.port))]
        with egress.walled() as wall:
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: flipped)
            with pytest.raises(OSError):
                socket.create_connection(("public.example", canary.port), timeout=2)
        assert wall.refused
        assert canary.posts == []


def test_outside_of_the_wall_everything_is_as_ever() -> None:
    with Receiver().open() as receiver:
        with egress.walled([HERE]):
            socket.create_connection((HERE, receiver.port), timeout=2).close()
        socket.create_connection((HERE, receiver.port), timeout=2).close()


def test_a_chat_that_is_not_there_says_so(lake: Lake) -> None:
    to(lake, f"ntfy://{HERE}:{free_port()}/topic")
    assert sending.empty(lake, ALLOWED).failed == 1
    assert lake.outbox.latest()[0].why.startswith("ntfy://")


def test_a_chat_receives_the_text_and_calls_nobody(lake: Lake) -> None:
    receiver = Receiver()
    receiver.status = 200
    with receiver.open():
        lake.rules.save_channel(Channel("me", f"ntfy://{HERE}:{receiver.port}/topic"))
        lake.outbox.put("one", SITE, "me", MESSAGE | {"text": "by @everyone"})
        assert sending.empty(lake, ALLOWED).sent == 1
    ((_, body),) = receiver.posts
    assert b"@" not in body
    assert "everyone" in body.decode()
