"""A small store written by hand: every row of it is known, so every answer can be reckoned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from lake_rows import swap_in

from backref import identity, schema, url
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.ledger.build import LEDGER
from backref.pipeline import run
from backref.visits import build as of_visits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SITE = SiteRecord(
    "example.com",
    also=("example.de",),
    was=("oldbrand.com",),
    brand=("example",),
    goals=("/thanks",),
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOG_DAYS = 60
EMPTY: dict[str, Any] = {
    "id": b"\0" * 16,
    "hash": 0,
    "text": "",
    "int": 0,
    "small": 0,
    "float": 0.0,
    "flag": False,
    "time": NOW,
    "date": NOW.date(),
}


def days_ago(days: float) -> datetime:
    """A time before `NOW`."""
    return NOW - timedelta(days=days)


def rows(table: str, *given: dict[str, Any]) -> pa.Table:
    """Rows of a table; required columns that are not given hold an empty value."""
    columns = schema.TABLES[table].columns
    filled = {column.name: EMPTY[column.type] if column.required else None for column in columns}
    for row in given:
        assert row.keys() <= filled.keys(), row.keys() - filled.keys()
    return pa.Table.from_pylist([filled | row for row in given], schema.TABLES[table].arrow)


def link(source: str, target: str | None = "https://example.com/", **values: Any) -> dict[str, Any]:
    """A row of `links`, live and followed unless told otherwise."""
    page = url.parse(source)
    assert page
    to = url.parse(target) if target else None
    key = url.fold_key(page)
    target_key = url.fold_key(to) if to else None
    host = url.bare_host(to.host) if to else "example.com"
    return {
        "link_id": identity.link_id(key, target_key or "example.com?"),
        "source_page": key,
        "source_url": source,
        "source_host": url.bare_host(page.host),
        "source_domain": url.registrable_domain(page.host),
        "source_identity": url.identity(page),
        "target_page": target_key,
        "target_url": target,
        "target_host": host,
        "target_domain": url.registrable_domain(host),
        "resolved_page": target_key,
        "landing_path": url.path_key(to.path) if to else None,
        "landing_host": host if to else None,
        "state": "live",
        "first_seen_lo": days_ago(400),
        "first_seen_hi": days_ago(400),
        "last_seen_lo": days_ago(10),
        "last_seen_hi": days_ago(10),
        "last_verified": days_ago(10),
        "witnesses": "archive",
        "observations": 1,
        "placement": "content",
        "nofollow": False,
        **values,
    }


class Visits:
    """Sessions and the links they came through, day by day."""

    def __init__(self) -> None:
        self.sessions: dict[date, list[dict[str, Any]]] = {}
        self.visit_links: dict[date, list[dict[str, Any]]] = {}
        self._number = 0

    def add(
        self,
        ago: float,
        host: str | None,
        ways: list[tuple[str, dict[str, Any] | None, float]],
        count: int = 1,
        **values: Any,
    ) -> None:
        """`count` visits that many days ago; each way is a certainty, a link and a share."""
        for _ in range(count):
            self._visit(days_ago(ago), host, ways, values)

    def _visit(
        self, at: datetime, host: str | None, ways: list[Any], values: dict[str, Any]
    ) -> None:
        self._number += 1
        domain = url.registrable_domain(host) if host else None
        session = {
            "session_id": self._number,
            "site": "example.com",
            "started": at,
            "ended": at,
            "entry_page": "/",
            "entry_status": 200,
            "exit_page": "/",
            "views": 1,
            "engaged": False,
            "bounced": True,
            "verdict": "person",
            "channel": "Referral",
            "origin": "referrer",
            "referrer_host": host,
            "referrer_domain": domain,
            "conversions": 0,
            **values,
        }
        shared = ("session_id", "site", "verdict", "channel", "engaged", "bounced", "conversions")
        self.sessions.setdefault(at.date(), []).append(session)
        for certainty, through, share in ways:
            self.visit_links.setdefault(at.date(), []).append(
                {name: session[name] for name in shared}
                | {
                    "day": at.date(),
                    "certainty": certainty,
                    "link_id": through and through["link_id"],
                    "referrer_domain": domain,
                    "share": share,
                    "candidates": len(ways),
                }
            )


def request(ago: float, page: str, status: int, people: int, **values: Any) -> dict[str, Any]:
    """A row of `page_days`."""
    day = days_ago(ago).date()
    return {
        "site": "example.com",
        "day": day,
        "page": page,
        "status": status,
        "people": people,
        "bots": 0,
        "referrer_host": None,
        **values,
    }


NEWS = link("https://news.example.net/story", anchor="a story", title="The story", language="en")
BLOG = link(
    "https://blog.example.org/post",
    "https://example.com/pricing",
    first_seen_lo=days_ago(20),
    first_seen_hi=days_ago(20),
    anchor="pricing",
    witnesses="ahrefs archive",
)
BLOG_FOOTER = link(
    "https://blog.example.org/about", placement="footer", nofollow=True, rel="nofollow", anchor="us"
)
GONE = link(
    "https://gone.example.edu/list",
    "https://example.com/old-guide",
    state="lost",
    reason="link removed",
    first_seen_lo=None,
    first_seen_hi=None,
    last_seen_lo=days_ago(30),
    last_seen_hi=days_ago(30),
    lost_lo=days_ago(30),
    lost_hi=days_ago(3),
)
REPORTED = link(
    "https://magazine.test/a",
    state="reported lost",
    reported_by="ahrefs",
    reason="link removed",
    witnesses="ahrefs",
    lost_lo=days_ago(60),
    lost_hi=days_ago(12),
    last_seen_hi=days_ago(60),
    last_verified=None,
)
STALE = link("https://stale.test/a", last_seen_hi=days_ago(200), last_verified=days_ago(200))
HIDDEN = link("https://forum.test/thread", noreferrer=True, placement="comment", anchor=None)
CONSOLE = link("https://console.test/a", None, witnesses="gsc", anchor=None, nofollow=None)
EARLY = link(
    "https://early.test/a",
    state="lost",
    first_seen_lo=days_ago(900),
    last_seen_hi=days_ago(800),
    lost_lo=days_ago(800),
    lost_hi=days_ago(790),
)
OWN = link("https://shop.example.de/a")
HOSTILE = link(
    "https://evil.test/\u202e%1b[31m",
    anchor="=cmd|'/c calc'!A1\x1b]8;;http://x\x07",
    title="<script>alert(1)</script>",
)
LINKS = (
    NEWS, BLOG, BLOG_FOOTER, GONE, REPORTED, STALE, HIDDEN, CONSOLE, EARLY, OWN, HOSTILE,
)  # fmt: skip
RATINGS = {"example.net": 80.0, "example.org": 40.0, "example.edu": 60.0}


def visits() -> Visits:
    """People, suspects and bots of the last 60 days."""
    found = Visits()
    found.add(2, "news.example.net", [("page", NEWS, 1.0)], 6, engaged=True, bounced=False)
    found.add(2, "news.example.net", [("page", NEWS, 1.0)], 2, conversions=1, engaged=True)
    found.add(
        5, "blog.example.org", [("inferred", BLOG, 0.75), ("inferred", BLOG_FOOTER, 0.25)], 4,
        entry_page="/pricing",
    )  # fmt: skip
    found.add(
        6, "blog.example.org", [("inferred", BLOG, 1 / 3), ("inferred", BLOG_FOOTER, 1 / 3),
        ("host", None, 1 / 3)], 3, entry_page="/pricing",
    )  # fmt: skip
    found.add(20, "gone.example.edu", [("only candidate", GONE, 1.0)], 40, entry_page="/old-guide")
    found.add(4, "portal.test", [("host", None, 1.0)], 9, engaged=True, entry_page="/pricing")
    found.add(4, None, [("none", None, 1.0)], 7, channel="Direct", origin="none")
    found.add(
        3, "google.com", [("none", None, 1.0)], 12, channel="Organic Search", engaged=True,
        conversions=1,
    )  # fmt: skip
    found.add(3, "news.example.net", [("page", NEWS, 1.0)], 50, verdict="bot")
    found.add(3, "spam.test", [("host", None, 1.0)], 5, verdict="suspect")
    return found


def page_days() -> list[dict[str, Any]]:
    """Every day has a view, and some pages are dead."""
    return [
        *(request(ago, "/", 200, 10) for ago in range(LOG_DAYS)),
        request(3, "/guides/guide", 200, 4),
        request(3, "/pricing", 200, 9),
        request(9, "/moved", 404, 3, referrer_host="blog.example.org"),
        request(2, "/moved", 200, 3),
        request(2, "/old-guide", 404, 4, bots=7, referrer_host="gone.example.edu"),
        request(8, "/old-guide", 200, 4),
        request(2, "/wp-login.php", 404, 0, bots=900),
        request(2, '/evil";return 301 "$x', 404, 1, referrer_host="evil.test"),
    ]


def placements() -> pa.Table:
    """What the team agreed: one link found, one on no known link's page."""
    agreed = {"site": "example.com", "acquired": "outreach", "owner": "ann", "currency": "EUR"}
    blog = {name: BLOG[name] for name in schema.PLACEMENTS.names if name in BLOG}
    return rows(
        "placements",
        agreed | blog | {"row_id": b"b" * 16, "live_url": BLOG["source_url"], "cost": 120.0},
        agreed
        | {
            "row_id": b"c" * 16,
            "live_url": "https://letter.test/",
            "source_page": "letter.test",
            "source_host": "letter.test",
            "source_domain": "letter.test",
            "source_identity": "letter.test",
            "cost": 30.0,
            "campaign": "letter",
        },
    )


def write(path: Path, further: Sequence[dict[str, Any]] = (), seen: Visits | None = None) -> Lake:
    """Write the store, with further links and other visits if given, and build its ledger."""
    lake = Lake.create(path)
    lake.save_site(SITE)
    _put(lake, "placements", "example.com", placements())
    _put(lake, "traffic_reports", "example.com", _reports())
    _put(lake, "rankings", "example.com", _rankings())
    for table, given in _by_bucket([*LINKS, *further]).items():
        for name, held in given.items():
            _put(lake, table, name, rows(table, *held))
    seen = seen or visits()
    seen.add(1, None, [("tagged", None, 1.0)], 2, channel="Email", origin="tag")
    for row in seen.visit_links[days_ago(1).date()]:
        row["placement_id"] = b"c" * 16
    for table in ("sessions", "visit_links"):
        for day, held in getattr(seen, table).items():
            _put(lake, table, f"example.com/{day}", rows(table, *held))
    by_day: dict[date, list[dict[str, Any]]] = {}
    for row in page_days():
        by_day.setdefault(row["day"], []).append(row)
    for day, held in by_day.items():
        _put(lake, "page_days", f"example.com/{day}", rows("page_days", *held))
    run(lake, stages=(of_visits.LOG_DAYS, of_visits.VISIT_SUMS, LEDGER))
    return lake


def _put(lake: Lake, table: str, partition: str, held: pa.Table) -> None:
    swap_in(lake, {table: held}, partition, "by hand")


def _by_bucket(links: Sequence[dict[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {
        "links": {},
        "referring_domains": {},
        "lifelines": {},
    }
    for row in links:
        at = url.bucket(row["target_domain"])
        found["links"].setdefault(at, []).append(row)
        found["lifelines"].setdefault(at, []).extend(_runs(row))
        found["referring_domains"].setdefault(at, []).append(
            {
                "target_domain": row["target_domain"],
                "source_identity": row["source_identity"],
                "source_domain": row["source_domain"],
                "rating": RATINGS.get(row["source_domain"]),
                "rating_by": "ahrefs DR" if row["source_domain"] in RATINGS else None,
            }
        )
    return found


def _runs(row: dict[str, Any]) -> list[dict[str, Any]]:
    def monday(at: datetime) -> date:
        return (at - timedelta(days=at.weekday())).date()

    seen = {
        "link_id": row["link_id"],
        "week_lo": monday(row["first_seen_lo"] or days_ago(200)),
        "week_hi": monday(row["last_seen_hi"]),
        "cell": "vendor" if "ahrefs" in row["witnesses"] else "archive",
        "nofollow": bool(row["nofollow"]),
    }
    if not row.get("lost_hi"):
        return [seen]
    cell = "lost" if row["state"] == "lost" else "reported"
    return [seen, seen | {"week_lo": monday(row["lost_hi"]), "week_hi": None, "cell": cell}]


def _reports() -> pa.Table:
    """One tool, the same visits in two breakdowns."""
    base = {"site": "example.com", "tool": "ga4", "source_domain": "example.net"}
    pages = {"breakdown": "source landing_page"}
    return rows(
        "traffic_reports",
        base | pages | {"row_id": b"1" * 16, "landing_page": "/", "visits": 5.0},
        base | pages | {"row_id": b"2" * 16, "landing_page": None, "visits": 2.0},
        base | {"row_id": b"3" * 16, "breakdown": "source", "visits": 6.0},
    )


def _rankings() -> pa.Table:
    def query(value: str, clicks: int, month: int) -> dict[str, Any]:
        return {
            "row_id": f"{value[:8]}{month}{clicks}".encode().ljust(16, b"\0")[:16],
            "site": "example.com",
            "dimension": "query",
            "value": value,
            "day_lo": date(2026, month, 1),
            "day_hi": date(2026, month, 28),
            "clicks": clicks,
            "impressions": clicks * 10,
        }

    return rows(
        "rankings",
        query("Example login", 70, 10),
        query("link ledger", 30, 10),
        query("backlinks", 12, 10),
        query("link ledger", 25, 9),
    )
