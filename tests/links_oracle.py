"""The fold of links again, in plain Python and from its description alone: slow and obvious."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backref import url

Row = dict[str, Any]
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
LOOKERS = ("archive", "check")


def order(at: datetime | None) -> datetime:
    return at or BEFORE_ALL


def fold(
    observations: list[Row], captures: list[Row], looks: list[Row]
) -> dict[tuple[str, str, str | None], Row]:
    """Links by (source page, target domain, target page), each with its weeks."""
    groups = defaultdict(list)
    for row in observations:
        groups[row["source_page"], row["target_domain"], home(row, observations)].append(row)
    found = {key: folded(key, rows, observations, captures) for key, rows in groups.items()}
    return {key: link | unseen(key, link, looks) for key, link in found.items()}


BLIND = ("blocked", "unreachable", "robots", "unreadable")


def unseen(key: tuple[str, str, str | None], link: Row, looks: list[Row]) -> Row:
    """A link that nobody missed is unknown once our own eyes, after all that saw its page, look
    at that page and cannot see it."""
    if link["state"] != "live":
        return {"unknown_since": None}
    saw = max(order(link["last_verified"]), order(link["last_seen_hi"]))
    after = [
        (row["at"], row["told"])
        for row in looks
        if row["page"] == key[0]
        and row["purpose"] == "page"
        and row["told"] in BLIND
        and row["at"] > saw
    ]
    if not after:
        return {"unknown_since": None}
    last = max(at for at, _ in after)
    reason = min(told for at, told in after if at == last)
    return {"state": "unknown", "reason": reason, "unknown_since": min(after)[0]}


def home(row: Row, observations: list[Row]) -> str | None:
    """The target page of the link that an observation belongs to."""
    if row["target_page"]:
        return row["target_page"]
    near = [
        other
        for other in observations
        if other["source_page"] == row["source_page"]
        and other["target_domain"] == row["target_domain"]
        and other["target_page"]
    ]
    seen = {o["target_page"] for o in near if o["assertion"] in ("present", "reported_lost")}
    known = seen or {o["target_page"] for o in near}
    return known.pop() if len(known) == 1 else None


def is_presence(row: Row) -> bool:
    gone = row["witness"] in LOOKERS and row["status"] in (404, 410)
    return row["assertion"] == "present" and not gone


def missed_by(capture: Row) -> str | None:
    """Why a capture that does not show the link speaks against it, if it does."""
    fine = capture["status"] is None or 200 <= capture["status"] < 300
    if capture["status"] in (404, 410):
        return "page-gone"
    if capture["redirect_to"] and (fine or 300 <= capture["status"] < 400):
        aim = url.parse(capture["redirect_to"])
        if aim and url.fold_key(aim) != capture["page"]:
            return "redirected"
    return "removed" if fine and capture["complete"] else None


def folded(
    key: tuple[str, str, str | None], rows: list[Row], everything: list[Row], captures: list[Row]
) -> Row:
    source, domain, target = key
    own = [row for row in rows if is_presence(row)]
    kin = [
        row
        for row in everything
        if target is None
        and is_presence(row)
        and (row["source_page"], row["target_domain"]) == (source, domain)
    ]
    presences = own + kin
    times = {row["observed_hi"] for row in presences}
    looks = [
        (c["observed_hi"], c["observed_lo"], missed_by(c), c["witness"])
        for c in captures
        if c["page"] == source and c["observed_hi"] and missed_by(c)
    ]
    absences = sorted(
        (hi, reason, lo, witness)
        for hi, lo, reason, witness in looks
        + [
            (row["observed_hi"], row["observed_lo"], "removed", row["witness"])
            for row in rows
            if row["assertion"] == "absent" and row["observed_hi"]
        ]
        if hi not in times
    )
    reports = [row for row in rows if row["assertion"] == "reported_lost"]
    link = {"weeks": weeks(rows, own, presences, absences, reports)}
    link |= verdict(presences, absences, reports, bool(own))
    link |= values(rows, own)
    link["last_verified"] = max(
        [look[0] for look in looks]
        + [r["observed_hi"] for r in rows if r["witness"] in LOOKERS and r["observed_hi"]],
        default=None,
    )
    return link


def confirmed(absences: list[tuple], after: datetime | None) -> datetime | None:
    """The first of two absences a day apart; after undated presences our checks alone count."""
    counted = [a for a in absences if after is not None or a[3] == "check"]
    if counted and max(a[2] for a in counted) - counted[0][0] >= timedelta(hours=24):
        return counted[0][0]
    return None


def verdict(presences: list[Row], absences: list[tuple], reports: list[Row], own: bool) -> Row:
    last = max((order(row["observed_hi"]) for row in presences), default=None)
    after = [a for a in absences if last is not None and a[0] > last]
    said = [r for r in reports if last is None or order(r["observed_hi"]) >= last]
    dated = last if last not in (None, BEFORE_ALL) else None
    loss = confirmed(after, dated)
    lows = [row["observed_lo"] for row in presences if row["observed_lo"]]
    blank = {"reason": None, "lost_lo": None, "lost_hi": None, "reported_by": None}
    since = {"lost_lo": max(lows, default=None)}
    latest = min((a[1] for a in after if a[0] == after[-1][0]), default=None)
    if loss:
        return blank | since | {"state": "lost", "reason": latest, "lost_hi": loss}
    if said:
        first = min(said, key=lambda r: (r["observed_hi"] is None, strength(r)))
        return (
            blank
            | since
            | {
                "state": "reported lost",
                "reason": first["reason"],
                "lost_hi": first["observed_hi"],
                "reported_by": first["witness"],
            }
        )
    if not own:
        return blank | {"state": "never verified"}
    if after:
        return blank | since | {"state": "suspect", "reason": latest, "lost_hi": after[0][0]}
    return blank | {"state": "live"}


def is_nofollow(row: Row) -> bool | None:
    return True if row["nofollow"] or row["page_nofollow"] else row["nofollow"]


def strength(row: Row) -> tuple:
    """What makes an observation tell later than another of the same link."""
    return (
        row["assertion"] != "claimed",
        order(row["observed_hi"]),
        order(row["observed_lo"]),
        {True: 0, None: 1, False: 2}[is_nofollow(row)],
        row["placement"] == "content",
        row["row_id"],
    )


def told(rows: list[Row], value: Any) -> Any:
    telling = [row for row in sorted(rows, key=strength) if value(row) is not None]
    return value(telling[-1]) if telling else None


def values(rows: list[Row], own: list[Row]) -> Row:
    lows = [row["observed_lo"] for row in own if row["observed_lo"]]
    highs = [row["observed_hi"] for row in own if row["observed_hi"]]
    return {
        "first_seen_lo": min(lows, default=None),
        "first_seen_hi": min(highs, default=None),
        "last_seen_lo": max(lows, default=None),
        "last_seen_hi": max(highs, default=None),
        "witnesses": " ".join(sorted({row["witness"] for row in own})),
        "observations": len(rows),
        "anchor": told(rows, lambda row: row["anchor"]),
        "placement": told(rows, lambda row: row["placement"]),
        "nofollow": told(rows, is_nofollow),
        "source_url": told(rows, lambda row: row["source_url"]),
    }


def monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def span(first: date, last: date) -> set[date]:
    return {first + timedelta(days=7 * n) for n in range(max(0, (last - first).days // 7) + 1)}


def weeks(
    rows: list[Row], own: list[Row], presences: list[Row], absences: list[tuple], reports: list[Row]
) -> set[tuple]:
    """Every (week, cell, nofollow) up to `HORIZON`."""
    found: set[tuple] = set()
    looks = defaultdict(list)
    for row in own:
        if row["observed_hi"] and row["witness"] in LOOKERS:
            cell = "verified" if row["witness"] == "check" else "archive"
            looks[monday(row["observed_hi"]), cell].append(row)
    for (week, cell), seen in looks.items():
        found.add((week, cell, told(seen, is_nofollow)))
    for vendor in {row["witness"] for row in own} - {*LOOKERS}:
        found |= claimed_weeks(
            [r for r in own if r["witness"] == vendor and r["observed_hi"]],
            [r for r in reports if r["witness"] == vendor and r["observed_hi"]],
        )
    return found | missing_weeks(presences, absences, reports)


def claimed_weeks(seen: list[Row], reports: list[Row]) -> set[tuple]:
    runs = defaultdict(list)
    for row in seen:
        runs[sum(r["observed_hi"] < row["observed_hi"] for r in reports)].append(row)
    return {
        (week, "vendor", told(run, is_nofollow))
        for run in runs.values()
        for week in span(
            monday(min(r["observed_lo"] for r in run)), monday(max(r["observed_hi"] for r in run))
        )
    }


HORIZON = date(2026, 6, 1)


def missing_weeks(presences: list[Row], absences: list[tuple], reports: list[Row]) -> set[tuple]:
    """Losses between each presence and the next."""
    times = sorted({order(row["observed_hi"]) for row in presences})
    found = set()
    for start, end in zip([None, *times], [*times, None], strict=True):
        ends = (
            HORIZON
            if end is None
            else monday(
                max(order(r["observed_lo"]) for r in presences if order(r["observed_hi"]) == end)
            )
            - timedelta(days=7)
            if end != BEFORE_ALL
            else BEFORE_ALL.date()
        )
        inside = [a for a in absences if start and a[0] > start and (end is None or a[0] < end)]
        loss = confirmed(inside, None if start == BEFORE_ALL else start)
        if loss:
            found |= {(week, "lost", None) for week in span(monday(loss), ends)}
        said = [
            r["observed_hi"]
            for r in reports
            if r["observed_hi"]
            and (start is None or r["observed_hi"] >= start)
            and (end is None or r["observed_hi"] < end)
        ]
        if said:
            found |= {(week, "reported", None) for week in span(monday(min(said)), ends)}
    return found
