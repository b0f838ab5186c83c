"""Bot verdicts: person, suspect or bot, for each visitor of a site on a UTC day, with reasons.

A verdict is a score and never a deletion. Each rule looks at all that a visitor did that day;
the scores of the rules that hold (`bot_reasons.csv`) add up. What a log cannot carry (headers
beside the agent, the network's owner) no rule asks for, and rules that need something which
this log lacks, such as assets, hold for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref import data
from backref.visits import agents
from backref.visits.codes import coded, joined_words
from backref.visits.operators import RANGES_SINCE, Operator, claimed_family, operator

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from backref.visits.agents import Agent

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Objects = np.ndarray[Any, np.dtype[np.object_]]

BOT_SCORE, SUSPECT_SCORE = 1.0, 0.5
OLD_YEARS = 6
NO_ASSET_PAGES, MANY_PAGES, BROAD_PAGES = 5, 15, 200
HASTY_PAGES, HASTY_SECONDS = 3, 3
FAST_VIEWS, FAILED_REQUESTS = 30, 5
ASSET_VISITORS = 0.25


@dataclass(frozen=True)
class Visitors:
    """The visitors of one day as columns, one value per visitor (`visitors.sql`). `agent` and
    `operator` index `agents` and `operators`; `seconds` lie between first and last page."""

    day: date
    count: dict[str, Numbers]
    seconds: np.ndarray[Any, np.dtype[np.float64]]
    agent: Numbers
    agents: tuple[Agent, ...]
    operator: Numbers
    operators: tuple[Operator | None, ...]
    claimed: tuple[str | None, ...]

    @classmethod
    def of(cls, table: pa.Table, day: date) -> Visitors:
        """Read the result of `visitors.sql`; each distinct agent is judged once."""
        texts, agent = coded(table["agent_text"])
        names, operator_index = coded(table["operator"])
        span = pc.subtract(table["ended"], table["began"]).cast(pa.int64())
        return cls(
            day,
            {name: _numbers(table[name]) for name in COUNTS},
            _numbers(span) / 1e6,
            agent,
            tuple(agents.judge(text) for text in texts),
            operator_index,
            tuple(operator(name) if name else None for name in names),
            tuple(claimed_family(text) if text else None for text in texts),
        )

    def by_agent(self, holds: Callable[[Agent], bool]) -> Flags:
        """Whether it holds for each visitor's agent."""
        return np.array([holds(agent) for agent in self.agents], bool)[self.agent]

    def by_operator(self, holds: Callable[[Operator], bool]) -> Flags:
        """Whether it holds for the operator of each visitor's address; never without one."""
        flags = [known is not None and holds(known) for known in self.operators]
        return np.array(flags, bool)[self.operator]


COUNTS = (
    "requests", "views", "assets", "robots", "heads", "failures", "scans", "spam", "from_inside",
    "different", "unreferred",
)  # fmt: skip


def _no_agent(v: Visitors) -> Flags:
    """Unless no line of the log has one. A day's logs with and without referrers are told apart:
    the common format has neither."""
    unsent = v.by_agent(lambda agent: agents.NO_AGENT in agent.reasons)
    unreferred = v.count["unreferred"] == v.count["requests"]
    for log in (unreferred, ~unreferred):
        unsent &= ~(log & unsent[log].all())
    return unsent


def _fake_operator(v: Visitors) -> Flags:
    """Claims an operator that publishes its ranges, from elsewhere. Says nothing of days before
    the lists, nor where no address of the day is a crawler's: then the log holds a proxy's
    addresses and not its visitors'."""
    if v.day < RANGES_SINCE or not v.by_operator(lambda known: known.kind == "crawler").any():
        return np.zeros(len(v.agent), bool)
    claimed = np.array([family or "" for family in v.claimed], object)[v.agent]
    actual = np.array([known.family if known else "" for known in v.operators], object)
    return np.asarray((claimed != "") & (claimed != actual[v.operator]), bool)


def _no_assets(v: Visitors, least: int) -> Flags:
    """Only where people's visits in this log come with images, styles or scripts."""
    people = v.by_agent(lambda agent: not agent.reasons) & (v.count["views"] >= 2)
    if not people.any() or (v.count["assets"][people] > 0).mean() < ASSET_VISITORS:
        return np.zeros(len(v.agent), bool)
    return np.asarray((v.count["different"] >= least) & (v.count["assets"] == 0), bool)


def _hasty(v: Visitors) -> Flags:
    """Few pages, yet quicker than anybody reads or loads them."""
    return _no_assets(v, HASTY_PAGES) & (v.seconds < HASTY_SECONDS * (v.count["views"] - 1))


RULES: tuple[tuple[str, Callable[[Visitors], Flags]], ...] = (
    ("known-crawler", lambda v: v.by_agent(lambda agent: agents.KNOWN_CRAWLER in agent.reasons)),
    ("bot-word", lambda v: v.by_agent(lambda agent: agents.BOT_WORD in agent.reasons)),
    ("no-agent", _no_agent),
    ("operator-range", lambda v: v.by_operator(lambda known: known.kind == "crawler")),
    ("data-centre", lambda v: v.by_operator(lambda known: known.kind == "cloud")),
    ("fake-operator", _fake_operator),
    (
        "old-browser",
        lambda v: v.by_agent(
            lambda agent: agent.year is not None and v.day.year - agent.year >= OLD_YEARS
        ),
    ),
    ("robots-txt", lambda v: v.count["robots"] > 0),
    ("no-assets", lambda v: _no_assets(v, NO_ASSET_PAGES)),
    ("no-assets-many", lambda v: _no_assets(v, MANY_PAGES)),
    ("hasty", _hasty),
    ("fast", lambda v: (v.count["views"] >= FAST_VIEWS) & (v.count["views"] - 1 > v.seconds)),
    ("broad", lambda v: v.count["different"] > BROAD_PAGES),
    ("head-only", lambda v: v.count["heads"] == v.count["requests"]),
    (
        "errors",
        lambda v: (
            (v.count["requests"] >= FAILED_REQUESTS)
            & (2 * v.count["failures"] > v.count["requests"])
        ),
    ),
    ("scanner-path", lambda v: v.count["scans"] > 0),
    ("spam-referrer", lambda v: v.count["spam"] > 0),
    ("forged-referrer", lambda v: (v.count["requests"] == 1) & (v.count["from_inside"] == 1)),
)


@cache
def scores() -> dict[str, float]:
    """The score of each reason."""
    return {row["code"]: float(row["score"]) for row in data.table("bot_reasons.csv")}


@cache
def meanings() -> dict[str, str]:
    """Each reason in words."""
    return {row["code"]: row["meaning"] for row in data.table("bot_reasons.csv")}


def verdicts(table: pa.Table, day: date) -> pa.Table:
    """Judge the visitors of `visitors.sql`: columns visitor, verdict, reasons, bot, bot_purpose."""
    visitors = Visitors.of(table, day)
    flags = {code: holds(visitors) for code, holds in RULES}
    score = sum((flags[code] * scores()[code] for code in flags), np.zeros(table.num_rows))
    verdict = np.select([score >= BOT_SCORE, score >= SUSPECT_SCORE], ["bot", "suspect"], "person")
    bot, purpose = _names(visitors, flags, verdict == "bot")
    return pa.table(
        {
            "visitor": table["visitor"],
            "verdict": pa.array(verdict, pa.string()),
            "reasons": joined_words(flags),
            "bot": pa.array(bot, pa.string()),
            "bot_purpose": pa.array(purpose, pa.string()),
        }
    )


def _names(v: Visitors, flags: dict[str, Flags], is_bot: Flags) -> tuple[Objects, Objects]:
    """The bot's name and purpose, by its agent, else by the operator of its address. Who lies
    about that keeps the name but has no known purpose."""
    bot = _of(v.agent, [agent.bot for agent in v.agents])
    purpose = _of(v.agent, [agent.purpose for agent in v.agents])
    crawlers = [known if known and known.kind == "crawler" else None for known in v.operators]
    unnamed = bot == None  # noqa: E711  (element by element)
    bot[unnamed] = _of(v.operator, [known and known.name for known in crawlers])[unnamed]
    purpose[unnamed] = _of(v.operator, [known and known.purpose for known in crawlers])[unnamed]
    purpose[flags["fake-operator"]] = "other"
    purpose[(purpose == None) & is_bot] = "other"  # noqa: E711
    purpose[flags["scanner-path"] & (purpose == "other")] = "scanner"
    bot[~is_bot] = None
    purpose[~is_bot] = None
    return bot, purpose


def _of(index: Numbers, values: list[str | None]) -> Objects:
    distinct = np.empty(len(values), object)
    distinct[:] = values
    return distinct[index]


def _numbers(column: pa.Array | pa.ChunkedArray) -> Numbers:
    return np.asarray(pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False))
