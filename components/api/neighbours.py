"""What stands beside an answer: the windows before and after it, and the ``Link`` header that says so."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from components.api.envelope import Address
from components.api.formats import FORMATS
from components.market_time import Window
from components.queries.base import PeriodQuery, Query
from components.store.snapshot import Snapshot

MOST_HEADER_BYTES = 3_000
"""Proxies keep 4 kB for all headers of a response; links that would not fit are left out, the last first."""


def _moved(window: Window, steps: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """A window some of its lengths away; whole months stay whole months.

    >>> _moved(Window(pd.Timestamp("2024-07-01"), pd.Timestamp("2024-08-01"), "1h"), -1)[0]
    Timestamp('2024-06-01 00:00:00')
    """
    start, end = window.start, window.end
    if start.is_month_start and end.is_month_start and start == start.normalize() and end == end.normalize():
        months = steps * ((end.year - start.year) * 12 + end.month - start.month)
        return start + pd.DateOffset(months=months), end + pd.DateOffset(months=months)
    return start + steps * (end - start), end + steps * (end - start)


def neighbours(question: Query, snapshot: Snapshot) -> dict[str, dict[str, list[str]]]:
    """``window_before`` and ``window_after``: texts of the same question about the windows beside its own that have data."""
    first, last = snapshot.first(question.dataset), snapshot.last(question.dataset)
    if not isinstance(question, PeriodQuery) or first is None or last is None:
        return {}
    window = question.window(snapshot)
    if window.end <= window.start:
        return {}
    out: dict[str, dict[str, list[str]]] = {}
    told: dict[str, list[str]] | None = None
    for name, steps in (("window_before", -1), ("window_after", 1)):
        try:
            start, end = _moved(window, steps)
        except (OverflowError, ValueError):  # beyond what a stamp can say
            continue
        if start < last and end >= first:
            told = told or question.texts(start=start, end=end, last=None)
            known = question.parameters()
            out[name] = told | {"start": known["start"].format(start), "end": known["end"].format(end)}
    return out


def link_header(links: Mapping[str, str], address: Address, chosen: str, *, paged: bool) -> str:
    """The ``Link`` header (RFC 8288) of an answer.

    ``next`` is the next page of an answer given in pages; only an answer given whole has the windows beside it as
    ``prev`` and ``next``, so that whoever follows ``next`` never leaves the window asked for unknowingly.

    Parameters
    ----------
    chosen : the answer's own format.
    paged : whether the answer was asked for in pages.
    """
    related = []
    if "next" in links:
        related.append(f'<{links["next"]}>; rel="next"')
    related.append(f'<{address.root}/api/openapi.json>; rel="service-desc"; type="application/json"')
    related.append(f'<{address.root}/api/docs>; rel="service-doc"; type="text/html"')
    related.append(f'<{address.root}/api/metadata>; rel="describedby"; type="application/json"')
    for name, relation in (("window_before", "prev"), ("window_after", "next")):
        if name in links and not paged:
            related.append(f'<{links[name]}>; rel="{relation}"; title="the window {name.removeprefix("window_")}"')
    for kind in FORMATS.values():
        if kind.name != chosen and kind.name in links:
            related.append(f'<{links[kind.name]}>; rel="alternate"; type="{kind.media_types[0]}"')
    while len(related) > 1 and len(", ".join(related).encode()) > MOST_HEADER_BYTES:
        related.pop()
    return ", ".join(related)
