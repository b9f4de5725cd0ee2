"""How long others may keep an answer, and what they may ask instead of fetching it again. Pure.

Closed history is kept long (an hour unless set otherwise): AEMO revises it now and then, so the tag is asked about
after that, and meanwhile the old answer may be shown (``stale-while-revalidate``). An answer about live data is
kept until the next five-minute interval is due; once it is due and not here yet, for a few seconds only. Neither says
``must-revalidate``: when this server is away, old numbers with their stamps are worth more than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import pandas as pd

from components.api.limits import limits
from components.api.negotiate import has_already
from components.market_time import DISPATCH

CLOSED = pd.Timedelta(days=2)
"""A window that ended this long before the newest data is not expected to change soon."""
RELEASED_AHEAD = frozenset({"price", "region", "flow"})
"""Dispatch results come out as their interval begins, so their newest stamp lies that much ahead of the clock."""
NS_PER_SECOND = 1_000_000_000


def live(dataset: str, newest: pd.Timestamp | None, moment: pd.Timestamp) -> str:
    """``Cache-Control`` of an answer that the next publication changes.

    >>> live("price", pd.Timestamp("2024-07-01 12:05"), pd.Timestamp("2024-07-01 12:02"))
    'public, max-age=180'
    """
    seconds = limits().live_seconds
    if newest is not None:
        due_ns = newest.value + (0 if dataset in RELEASED_AHEAD else DISPATCH.value)
        left = (due_ns - moment.value) // NS_PER_SECOND
        seconds = min(max(seconds, left), DISPATCH.value // NS_PER_SECOND)
    return f"public, max-age={seconds}"


def closed() -> str:
    """``Cache-Control`` of an answer about a window that closed a while ago."""
    return f"public, max-age={limits().closed_seconds}, stale-while-revalidate={limits().stale_seconds}"


def is_closed(end: pd.Timestamp | None, newest: pd.Timestamp | None) -> bool:
    """Whether a window's end lies well before the newest data."""
    return end is not None and newest is not None and end <= newest - CLOSED


@lru_cache(maxsize=8)
def instant_utc(published: pd.Timestamp | None) -> datetime | None:
    """A naive NEM time as the second of UTC that ``Last-Modified`` tells."""
    if published is None:
        return None
    moment: datetime = (published - pd.Timedelta(hours=10)).floor("s").tz_localize("UTC").to_pydatetime()
    return moment


def is_unchanged(headers: Mapping[str, str], etag: str, modified: datetime | None) -> bool:
    """Whether the client has this answer: by its tags, and only where it sent none by its date (RFC 9110, 13.1.3)."""
    tags = headers.get("If-None-Match")
    if tags is not None:
        return has_already(tags, etag)
    since = headers.get("If-Modified-Since")
    if since is None or modified is None:
        return False
    try:
        known = parsedate_to_datetime(since)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return modified <= (known if known.tzinfo else known.replace(tzinfo=UTC))
