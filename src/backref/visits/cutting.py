"""Cutting: which requests begin a visit, under one definition.

A request from an outside host or with a campaign *arrives*; where a definition heeds it, it begins
a visit when what it brings differs from what the person brought last. So that a day needs its
neighbours alone, a visit carried over midnight UTC ends at noon at the latest, and what was brought
is remembered until the end of the next day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.visits.days import local_days

if TYPE_CHECKING:
    from backref.visits.codes import Codes, Flags
    from backref.visits.definitions import Definition
    from backref.visits.requests import Requests

MICROSECONDS = 1_000_000
HOUR = 60 * 60 * MICROSECONDS
DAY = 24 * HOUR


def starts(requests: Requests, midnight: int, rules: Definition, zone: str) -> Flags:
    """Which requests begin a visit, on the UTC day from `midnight` and around it; days that end
    visits are those of the zone."""
    begins = _by_time(requests, rules, zone)
    begins |= _new_arrivals(requests, np.cumsum(begins), midnight, rules)
    begins |= _overdue(requests, begins, midnight)
    return begins if rules.most_hits is None else _limited(begins, rules.most_hits)


def _by_time(requests: Requests, rules: Definition, zone: str) -> Flags:
    """The first request of each person, and those that time alone parts from the one before."""
    begins = np.ones(len(requests.person), bool)
    parted = requests.person[1:] != requests.person[:-1]
    if rules.silence is not None:
        parted |= np.diff(requests.moment) > rules.silence * MICROSECONDS
    if rules.hour:
        parted |= np.diff(requests.moment // HOUR) != 0
    if rules.midnight:
        day = local_days(requests.moment, zone).cast("int32").to_numpy(zero_copy_only=False)
        parted |= np.diff(day) != 0
    begins[1:] = parted
    return begins


def _new_arrivals(requests: Requests, run: Codes, midnight: int, rules: Definition) -> Flags:
    """Arrivals that differ from the latest one since time parted, or that are the first."""
    nothing = np.zeros(len(requests.person), np.int64)
    hosts = requests.host if rules.referrer else nothing
    campaigns = requests.campaign if rules.campaign else nothing
    here = np.flatnonzero((hosts > 0) | (campaigns > 0))
    host, campaign, moment = hosts[here], campaigns[here], requests.moment[here]
    differs = np.ones(len(here), bool)
    forgotten = (moment[1:] >= midnight + DAY) & (moment[:-1] < midnight)
    differs[1:] = (
        (run[here][1:] != run[here][:-1])
        | forgotten
        | ((host[1:] > 0) & (host[1:] != host[:-1]))
        | ((campaign[1:] > 0) & (campaign[1:] != campaign[:-1]))
    )
    new = np.zeros(len(requests.person), bool)
    new[here[differs]] = True
    return new


def _overdue(requests: Requests, begins: Flags, midnight: int) -> Flags:
    """The first request after noon of each visit carried over this midnight."""
    started = requests.moment[begins][np.cumsum(begins) - 1]
    late = (started < midnight) & (requests.moment >= midnight + DAY // 2)
    overdue: Flags = late.copy()
    overdue[1:] &= ~late[:-1]
    return overdue


def _limited(begins: Flags, most: int) -> Flags:
    """With a further start after each `most` requests of a visit."""
    place = np.arange(len(begins))
    first = np.maximum.accumulate(np.where(begins, place, 0))
    limited: Flags = (place - first) % most == 0
    return limited
