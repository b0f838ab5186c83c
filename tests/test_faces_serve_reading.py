"""What requests share: asked once, however many wait for it."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
import small_store
from starlette.testclient import TestClient

from backref import schema
from backref.faces.serve.app import create_app
from backref.faces.serve.reading import Reading
from backref.faces.serve.settings import Settings
from backref.lake.lake import Lake
from backref.schema.table import Column

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    path = tmp_path / "store"
    small_store.write(path).close()
    with Lake.open(path) as lake:
        yield Reading(lake)


def test_whoever_asks_at_the_same_time_gets_one_answer(reading: Reading) -> None:
    asked, all_there, may_end = reading.site(), Barrier(4), Event()
    answers: list[object] = []

    def answer() -> object:
        may_end.wait(60)
        answers.append(object())
        return answers[-1]

    def ask(_: int) -> object:
        all_there.wait(60)
        return reading.kept(asked, "question", answer)

    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(ask, number) for number in range(3)]
        all_there.wait(60)
        assert reading.kept(asked, "another", lambda: 7) == 7  # nobody waits for what others ask
        may_end.set()
        assert {id(one.result()) for one in told} == {id(answers[0])}
    assert len(answers) == 1


def test_what_fails_is_asked_anew(reading: Reading) -> None:
    asked = reading.site()
    with pytest.raises(ZeroDivisionError):
        reading.kept(asked, "question", lambda: 1 // 0)
    assert reading.kept(asked, "question", lambda: 1) == 1


def test_what_is_warmed_is_what_pages_ask(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.warm()
    asked = reading.site()
    monkeypatch.setattr(type(asked), "engagement", lambda *_, **__: pytest.fail("asked anew"))
    monkeypatch.setattr(type(asked), "domains", lambda *_, **__: pytest.fail("asked anew"))
    assert reading.engagement(asked, 28, None) is reading.engagement(asked, 28, None)
    assert len(reading.domains(asked)) == len(asked.view.once("domains", list))
    assert reading.portfolio() is reading.portfolio()


def test_a_store_of_an_older_backref_is_answered_with_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_store.write(tmp_path / "store").close()
    before = schema.TABLES["ledger"]
    columns = (*before.columns, Column("mood", "text", "How it feels."))
    monkeypatch.setitem(schema.TABLES, "ledger", dataclasses.replace(before, columns=columns))
    app = create_app(tmp_path / "store", Settings())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "without mood: run <code>backref rebuild</code>" in answer.text
