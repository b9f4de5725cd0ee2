"""What surrounds the rows of an answer: ``meta``, ``links``, and the name of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from components.api.flow import Flow
from components.api.sheet import Sheet
from components.api.table import Rows, Table
from components.market_time import UTC_OFFSET
from components.queries.base import Query, Result
from components.store.snapshot import Snapshot
from components.vocabulary import PAGES

DEMO_NOTICE = "Demo data"


def instant(stamp: pd.Timestamp | None) -> str | None:
    """A naive NEM time as ISO 8601 with its offset, None for none."""
    return None if stamp is None or pd.isna(stamp) else stamp.as_unit("us").isoformat() + UTC_OFFSET


def origin(snapshot: Snapshot, source: Sequence[str] = ()) -> dict[str, Any]:
    """``data_version`` and ``source`` (one name, or a list of several), with a notice for demo data."""
    sources = list(source or snapshot.sources)
    out: dict[str, Any] = {"data_version": snapshot.version, "source": sources[0] if len(sources) == 1 else sources}
    if snapshot.is_demo:
        out["notice"] = DEMO_NOTICE
    return out


def meta(result: Result, table: Table | Rows | Flow | Sheet, snapshot: Snapshot) -> dict[str, Any]:
    """The ``meta`` of an answer; ``rows`` counts what the body holds."""
    out: dict[str, Any] = {
        "start": instant(result.start),
        "end": instant(result.end),
        "interval": result.interval or None,
        "timezone": UTC_OFFSET,
        "time_label": result.time_label or None,
        "rows": table.rows,
        "units": table.units,
        "coverage": {"expected": int(result.expected), "present": int(result.present)},
        **origin(snapshot, result.source),
    }
    if result.notes:
        out["notes"] = list(result.notes)
    for name, value in result.extra.items():
        out.setdefault(name, value)
    return out


def query_string(texts: Mapping[str, Sequence[str]], **more: str) -> str:
    """``?name=text&…``, empty when there is nothing to say."""
    pairs = [(k, v) for k, vs in texts.items() for v in vs] + list(more.items())
    return "?" + urlencode(pairs, safe=":,") if pairs else ""


@dataclass(frozen=True)
class Address:
    """Where an endpoint is: ``root`` precedes ``/api`` ("" or the server's prefix), ``path`` is ``/api/…``, and
    ``in_path`` names the parameters that the path holds already."""

    root: str
    path: str
    in_path: tuple[str, ...] = ()

    def url(self, *texts: Mapping[str, Sequence[str]], ending: str = "", **more: str) -> str:
        """A URL of this endpoint, path-absolute."""
        return f"{self.root}{self.path}{ending}{self.words(*texts, **more)}"

    def words(self, *texts: Mapping[str, Sequence[str]], **more: str) -> str:
        """What follows the path of such a URL."""
        merged: dict[str, Sequence[str]] = {}
        for group in texts:
            merged |= {k: v for k, v in group.items() if k not in self.in_path}
        return query_string(merged, **more)


def links(
    query: Query,
    delivery: Mapping[str, Sequence[str]],
    address: Address,
    following: str | None,
    beside: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    asked: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, str]:
    """``self``, ``next`` (where rows are left), the windows beside it, the other formats and the page.

    Parameters
    ----------
    delivery : parameters that say how rather than what (``limit``, ``shape`` …).
    following : cursor of the next page.
    beside : name -> texts of the same question about another window.
    asked : the question's texts, where they are at hand.
    """
    asked = query.texts() if asked is None else asked
    shape = {k: v for k, v in delivery.items() if k == "shape"}
    told = address.words(asked, shape)
    out = {"self": address.url(asked, delivery) if delivery != shape else f"{address.root}{address.path}{told}"}
    if following:
        out["next"] = address.url(asked, {k: v for k, v in delivery.items() if k != "cursor"}, cursor=following)
    ending = f".{delivery['format'][0]}" if "format" in delivery else ""
    out |= {name: address.url(other, shape, ending=ending) for name, other in (beside or {}).items()}
    out |= {name: f"{address.root}{address.path}.{name}{told}" for name in ("csv", "arrow", "parquet")}
    if query.page in PAGES:
        same = told if not shape and not address.in_path else query_string(asked)
        out["view"] = f"{address.root}/{query.page}{same}"
    return out


def file_name(query: Query, result: Result, extension: str) -> str:
    """A telling name: question, places, window, interval (``prices-regional_NSW1_2024-07-01_2024-08-01_30m.csv``)."""
    parts = [query.route.replace("/", "-")]
    for name in ("region", "fuel", "station", "duid", "owner", "interconnector"):
        words = query.texts().get(name, [])
        parts += ["-".join(words)] if words else []
    parts += [
        s.strftime("%Y-%m-%d" if s == s.normalize() else "%Y-%m-%dT%H%M") for s in (result.start, result.end) if s
    ]
    parts += [result.interval] if result.interval else []
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", "_".join(parts)).strip("-.")
    return f"{stem[:150]}.{extension}"
