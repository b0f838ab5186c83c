"""The API: its listings row by row, its pages, its CSV, its errors and its own description."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from syrupy.assertion import SnapshotAssertion

from backref import errors
from backref.faces import listing
from backref.faces.query import LinkRow
from backref.faces.query.sums import GROUPINGS
from backref.faces.serve.api.answering import cursor, read_cursor
from backref.faces.serve.app import create_app
from backref.faces.serve.problem import STATUSES
from backref.faces.serve.settings import Settings
from backref.faces.terminal import visible
from backref.lake.lake import Lake

API = "/api/v1/"
LISTINGS = ("links", "domains", "referrers", "broken", "pages")


@pytest.fixture(scope="module")
def client(small_store: Path) -> Iterator[TestClient]:
    app = create_app(small_store, Settings())
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


def asked(client: TestClient, address: str, **params: Any) -> dict[str, Any]:
    response = client.get(API + address, params=params)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize(
    "address",
    [
        "sites",
        "links?state=lost&sort=lost",
        "links?domain=example.org&sort=source",
        "links?by=channel",
        "domains?sort=search&limit=3",
        "domains?by=state",
        "referrers?limit=2",
        "referrers?by=channel",
        "broken",
        "broken?by=status",
        "pages?sort=links",
        "pages?by=folder",
        "overview?days=28",
        "imports",
    ],
)
def test_answers(client: TestClient, address: str, snapshot: SnapshotAssertion):
    text = re.sub(r'"created":"[^"]+"', '"created":"at some time"', client.get(API + address).text)
    assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) == snapshot


@pytest.mark.parametrize("name", LISTINGS)
def test_names_are_those_of_the_command_line(client: TestClient, name: str):
    from backref.faces.showing import KINDS

    answer = asked(client, name)
    assert answer["rows"]
    assert list(answer["rows"][0]) == list(listing.names(KINDS[name.upper()]))


def walked(client: TestClient, address: str, size: int) -> list[dict[str, Any]]:
    """All rows, page after page."""
    rows: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": size}
    while True:
        answer = asked(client, address, **params)
        assert len(answer["rows"]) <= size
        rows += answer["rows"]
        assert answer["total"] >= len(rows)
        if answer["next"] is None:
            assert answer["total"] == len(rows)
            return rows
        assert answer["rows"]
        params["cursor"] = answer["next"]


@pytest.mark.parametrize("address", [*LISTINGS, "links?by=domain", "domains?by=quadrant"])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pages_of_any_size_are_the_whole_in_order(client: TestClient, address: str, size: int):
    query = dict(part.split("=") for part in address.partition("?")[2].split("&") if part)

    class Asking:
        def get(self, to: str, params: dict[str, Any]) -> Any:
            return client.get(to, params={**query, **params})

    rows = walked(Asking(), address.partition("?")[0], size)  # type: ignore[arg-type]
    assert rows == asked(client, address.partition("?")[0], **query, limit=1000)["rows"]


def test_the_next_page_is_also_named_by_a_header(client: TestClient):
    response = client.get(API + "links", params={"limit": 1, "sort": "source"})
    target, _, relation = response.headers["link"].partition(">; ")
    assert relation == 'rel="next"'
    following = client.get(target[1:]).json()
    assert following["rows"][0]["link_id"] != response.json()["rows"][0]["link_id"]
    assert "link" not in client.get(API + "links", params={"limit": 1000}).headers


def told(values: dict[str, Any]) -> list[str]:
    """A row's values as the cells of a spreadsheet show them, what is unseen written out."""
    return [visible(cell(value)) for value in values.values()]


def cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict():
            return " ".join(f"{name}:{cell(held)}" for name, held in value.items())
        case float():
            small = abs(value) < 1
            told = float(f"{value:.6g}") if small else round(value, 6)
            return str(int(told) if told.is_integer() else told)
        case list():
            return " ".join(map(cell, value))
        case _:
            return str(value)


def cells_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(
    "address",
    [
        *LISTINGS,
        "links?state=lost",
        "links?state=live,unknown&sort=first-seen",
        "links?domain=example.org",
        "links?page=/pricing",
        "links?by=placement",
        "domains?since=90d",
        "referrers?channel=Referral",
        "pages?by=folder",
    ],
)
def test_the_exported_csv_is_the_table(client: TestClient, address: str):
    path, _, query = address.partition("?")
    text = client.get(f"{API}{path}.csv?{query}").text
    rows = client.get(f"{API}{address}{'&' if query else '?'}limit=1000").json()["rows"]
    head, *cells = cells_of(text)
    assert len(cells) == len(rows)
    for cell, row in zip(cells, rows, strict=True):
        assert head == list(row)
        assert [one.removeprefix("'") for one in cell] == [
            one.removeprefix("'") for one in told(row)
        ]


def test_csv_comes_by_its_ending_or_by_what_is_accepted(client: TestClient):
    by_ending = client.get(API + "domains.csv")
    by_header = client.get(API + "domains", headers={"Accept": "text/csv, */*;q=0.1"})
    assert by_ending.text == by_header.text
    assert by_ending.headers["content-type"].startswith("text/csv")
    assert "Accept" in by_header.headers["vary"].split(", ")
    assert by_ending.headers["content-disposition"] == 'attachment; filename="backref-domains.csv"'
    assert len(cells_of(client.get(API + "domains.csv?limit=1").text)) == 2


def test_an_empty_csv_still_has_its_head(client: TestClient):
    text = client.get(API + "links.csv", params={"domain": "nobody.example"}).text
    assert text == ",".join(listing.names(LinkRow)) + "\n"


def test_one_link(client: TestClient):
    row = asked(client, "links", limit=1)["rows"][0]
    assert asked(client, f"links/{row['link_id']}") == row


def test_the_evidence_of_a_link(client: TestClient):
    row = asked(client, "links", domain="example.org", limit=1)["rows"][0]
    told = asked(client, f"links/{row['link_id']}/evidence")
    assert told["link"] == row
    assert len(told["weeks"]) == 52
    sums = [sum(counts) for counts in zip(*told["visits"].values(), strict=True)]
    assert sums == row["weekly_visits"]
    missing = client.get(API + "links/0123456789abcdef/evidence")
    assert missing.status_code == 404


WRONG = [
    ("links?sort=bad", 400, "There is no sort 'bad'"),
    ("links?state=bad", 400, "There is no state 'bad'"),
    ("links?by=bad", 400, "There is no grouping 'bad'"),
    ("links?by=domain&state=lost", 400, "`state` cannot go with it"),
    ("links?since=yesterday", 400, "is not a time"),
    ("links?as_of=soon", 400, "is not a time"),
    ("links?as_of=9999-12-31", 400, "1970 to 2200"),
    ("overview?as_of=0001-01-01", 400, "1970 to 2200"),
    ("overview?as_of=0005-01-01", 400, "1970 to 2200"),
    ("links?limit=0", 422, "query.limit"),
    ("links?limit=many", 422, "query.limit"),
    ("overview?days=0", 422, "query.days"),
    ("links?cursor=!!", 400, "The cursor is not one"),
    ("links?cursor=W10", 400, "The cursor is not one"),
    ("links?site=other.example", 404, "no site 'other.example'"),
    ("links/0123456789abcdef", 404, "no link '0123456789abcdef'"),
    ("links/%2e%2e", 404, "no link '..'"),
    ("links/xyz", 404, "no link 'xyz'"),
    ("imports/99", 404, "no import 99"),
    ("imports/99/rejects", 404, "no import 99"),
    ("imports/-1", 422, "path.import_id"),
    ("jobs/99", 404, "no job 99"),
    ("uploads/none/preview", 404, "send it again"),
    ("nothing", 404, "Not Found"),
]


@pytest.mark.parametrize(("address", "status", "said"), WRONG)
def test_every_error_is_a_problem_in_one_sentence(
    client: TestClient, address: str, status: int, said: str
):
    response = client.get(API + address)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert said in problem["detail"]
    assert "\n" not in problem["detail"]
    assert ("errors" in problem) == (status == 422)


def test_every_error_of_ours_has_a_status():
    def kinds(kind: type[Exception]) -> Iterator[type[Exception]]:
        yield kind
        for below in kind.__subclasses__():
            yield from kinds(below)

    for kind in kinds(errors.BackrefError):
        assert any(issubclass(kind, known) for known, _ in STATUSES)


def test_a_wrong_method_says_which_is_right(client: TestClient):
    response = client.delete(API + "links")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert response.headers["content-type"] == "application/problem+json"


@given(st.integers(0, (1 << 62) - 1), st.text())
def test_a_cursor_is_read_as_it_was_given(place: int, name: str):
    name = name.encode("utf-8", "replace").decode()
    assert read_cursor(cursor(place, name)) == (place, name)


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_no_text_breaks_the_reading_of_cursors(text: str):
    try:
        place, _ = read_cursor(text)
    except errors.UsageError:
        return
    assert place >= 0


def test_a_page_begins_behind_its_row_though_rows_before_it_came_or_went(client: TestClient):
    rows = asked(client, "links", limit=1000)["rows"]
    moved = cursor(0, rows[2]["link_id"])
    assert asked(client, "links", cursor=moved)["rows"][0] == rows[3]
    gone = cursor(2, "0" * 16)
    assert asked(client, "links", cursor=gone)["rows"][0] == rows[2]


def test_what_is_known_already_is_not_sent_again(client: TestClient):
    for address in (*LISTINGS, "links.csv", "overview", "sites", "imports"):
        first = client.get(API + address)
        etag = first.headers["etag"]
        assert etag.startswith('W/"')
        again = client.get(API + address, headers={"If-None-Match": f'"other", {etag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        other = client.get(API + address, params={"limit": 2}, headers={"If-None-Match": etag})
        assert other.status_code == 200


def test_marks_change_with_the_store_and_answers_with_it(small_store: Path, tmp_path: Path):
    store = shutil.copytree(small_store, tmp_path / "store")
    app = create_app(store, Settings())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        before = client.get(API + "domains")
        imports = client.get(API + "imports").headers["etag"]
        with Lake.open(store) as lake:
            lake.fail_import(lake.begin_import("a.log", "access log"), "for a test")
        assert client.get(API + "domains").headers["etag"] == before.headers["etag"]
        assert client.get(API + "imports").headers["etag"] != imports
        with Lake.open(store) as lake:
            for partition in lake.snapshot().partitions("ledger"):
                lake.drop_partition(["ledger"], partition)
        after = client.get(API + "domains")
        assert after.headers["etag"] != before.headers["etag"]
        assert after.json()["total"] == 0 < before.json()["total"]


def test_an_empty_store_is_asked_without_marks(tmp_path: Path):
    Lake.create(tmp_path / "store").close()
    app = create_app(tmp_path / "store", Settings())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert asked(client, "sites") == {"total": 0, "rows": [], "next": None}
        problem = client.get(API + "links").json()
        assert problem["status"] == 400
        assert "backref init" in problem["detail"]


HOSTILE = "<script>alert(1)</script>=1+1\x1b[31m"


def test_hostile_text_stays_text(client: TestClient):
    response = client.get(API + "links", params={"domain": HOSTILE, "page": HOSTILE})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    problem = client.get(API + "links", params={"sort": HOSTILE})
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.headers["x-content-type-options"] == "nosniff"


def test_the_description_describes_everything(client: TestClient):
    described = client.get(API + "openapi.json").json()
    operations = [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) >= 20
    for path, method, operation in operations:
        assert path.startswith(API), path
        assert operation["description"], path
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])
        good = next(iter(operation["responses"].values()))
        assert good.get("content") or method == "delete", path
    links = described["components"]["schemas"]["LinkRow"]
    assert list(links["properties"]) == list(listing.names(LinkRow))


@pytest.mark.parametrize("name", LISTINGS)
def test_answers_are_as_described(client: TestClient, name: str):
    described = client.get(API + "openapi.json").json()
    path = described["paths"][API + name]["get"]
    schema = path["responses"]["200"]["content"]["application/json"]["schema"]
    answer = asked(client, name)
    page = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert set(answer) == set(page["required"])
    row = described["components"]["schemas"][
        page["properties"]["rows"]["items"]["$ref"].rpartition("/")[2]
    ]
    for values in answer["rows"]:
        assert set(values) == set(row["required"])
        for each, value in values.items():
            assert _fits(value, row["properties"][each]), (each, value)


KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
KINDS |= {"array": list, "object": dict}


def _fits(value: object, schema: dict[str, Any]) -> bool:
    if "anyOf" in schema:
        return any(_fits(value, each) for each in schema["anyOf"])
    return isinstance(value, KINDS[schema["type"]])  # type: ignore[arg-type]


def test_choices_are_told_in_the_description(client: TestClient):
    described = client.get(API + "openapi.json").json()
    parameters = described["paths"][API + "domains"]["get"]["parameters"]
    by = next(each for each in parameters if each["name"] == "by")
    assert by["schema"]["enum"] == list(GROUPINGS["domains"].keys)
