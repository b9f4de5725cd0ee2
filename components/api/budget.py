"""The size budget: how many values an answer may have, known before any work, and what would fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pandas as pd

from components.api.delivery import Asked
from components.api.envelope import Address
from components.api.limits import limits
from components.api.problems import ApiError
from components.errors import Problem
from components.market_time import INTERVALS, typical_minutes
from components.queries.base import Query, WindowQuery
from components.store.snapshot import Snapshot


def budget(name: str) -> int:
    """Most values of an answer in a format."""
    return limits().max_json_values if name == "json" else limits().max_stream_values


def columns_of(question: Query) -> list[str]:
    """Columns an answer can have: those documented, without the ones whose condition is not met.

    A condition stands in a column's documentation: "Unit (with by=duid)", "Price (values=price)".
    """
    out = []
    for name, condition in _conditions(type(question)):
        chosen = getattr(question, condition[0], None) if condition else None
        if (
            condition is None
            or chosen is None
            or condition[1] in (chosen if isinstance(chosen, list) else [str(chosen)])
        ):
            out.append(name)
    return out


@cache
def _conditions(question: type[Query]) -> list[tuple[str, tuple[str, str] | None]]:
    """Each column of a question with the parameter and the word that it takes to have it, None = none."""
    found = ((name, re.search(r"\((?:with )?(\w+)=(\w+)", doc)) for name, (_, doc) in question.row_columns.items())
    return [(name, (condition[1], condition[2]) if condition else None) for name, condition in found]


def columns_at_most(question: Query) -> int:
    """How many columns an answer can have, at least 1."""
    return max(1, len(columns_of(question)))


def values_at_most(question: Query, snapshot: Snapshot) -> int:
    """Values of the whole of an answer, page by page or not: what it costs to make."""
    return question.rows_at_most(snapshot) * columns_at_most(question)


def rows_within(name: str, question: Query) -> int:
    """Most rows of a question's answer in a format."""
    return max(1, budget(name) // columns_at_most(question))


def rows_at_most(question: Query, name: str, limit: int | None, snapshot: Snapshot) -> int:
    """Most rows that one answer in a format can have."""
    rows = question.rows_at_most(snapshot)
    return min(rows, limit) if limit is not None and name == "json" else rows


def check_size(asked: Asked, snapshot: Snapshot, address: Address) -> None:
    """Refuse an answer that cannot fit, before any work.

    Raises
    ------
    ApiError
        413 with the nearest requests that fit: the same at a coarser interval, the newest part of the window at
        this interval, the same as CSV.
    """
    question, delivery = asked.question, asked.delivery
    rows = rows_at_most(question, delivery.format, delivery.limit, snapshot)
    if rows > rows_within(delivery.format, question):
        raise too_large(asked, snapshot, address, rows * columns_at_most(question))


def too_large(asked: Asked, snapshot: Snapshot, address: Address, values: int) -> ApiError:
    """413 with ready URLs that fit."""
    chosen = asked.delivery.format
    most = budget(chosen)
    legal = fitting(asked, snapshot, address)
    hint = "; links hold requests that fit" if legal else ""
    name = "interval" if isinstance(asked.question, WindowQuery) else "limit"
    return ApiError(
        413,
        "answer-too-large",
        f"about {values} values, at most {most} in {chosen}{hint}",
        [Problem(name, asked.question.texts().get(name, [None])[0], f"at most {most} values fit")],
        members={"links": legal, "limit_values": most, "estimated_values": values},
    )


def fitting(asked: Asked, snapshot: Snapshot, address: Address) -> dict[str, str]:
    """Name -> URL of a request that fits."""
    question, chosen = asked.question, asked.delivery.format
    way = {k: v for k, v in asked.delivery.texts().items() if k in ("shape", "download")}
    ending = "" if chosen == "json" else f".{chosen}"
    most = rows_within(chosen, question)
    out: dict[str, str] = {}
    if isinstance(question, WindowQuery):
        window = question.window(snapshot)
        newest = snapshot.last(question.dataset)
        end = window.end if newest is None else min(window.end, newest.ceil("D"))
        for interval in INTERVALS:
            coarser = _changed(question, window.start, window.end, interval)
            if typical_minutes(interval) > typical_minutes(window.interval) and coarser.rows_at_most(snapshot) <= most:
                out["coarser"] = address.url(coarser.texts(), way, ending=ending)
                break

        def last_days(days: int) -> Query:
            start = max(window.start, (end - pd.Timedelta(days=days)).normalize())
            return _changed(question, start, end, window.interval)

        days = _most_days((end - window.start).days, lambda n: last_days(n).rows_at_most(snapshot) <= most)
        if days:
            out["largest"] = address.url(last_days(days).texts(), way, ending=ending)
    if chosen == "json" and question.rows_at_most(snapshot) <= rows_within("csv", question):
        out["csv"] = address.url(question.texts(), way, ending=".csv")
    return out


def _changed(question: Query, start: pd.Timestamp, end: pd.Timestamp, interval: str) -> Query:
    """The same question about another window at another interval."""
    values = {name: getattr(question, name) for name in question.parameters() if name != "last"}
    return type(question)(**{**values, "start": start, "end": end, "interval": interval})


def _most_days(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number of days that fits, 0 where not even one does."""
    low, high = 0, max(0, most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
