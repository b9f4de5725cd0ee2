"""``explain=1``: what an answer would be (window, rows, bytes, verdict) without making it."""

from __future__ import annotations

from typing import Any

from components.api import formats
from components.api.base import Made
from components.api.budget import budget, columns_of, fitting, rows_at_most, values_at_most
from components.api.delivery import Asked
from components.api.envelope import Address, instant, origin
from components.api.formats import FORMATS
from components.api.limits import limits
from components.market_time import UTC_OFFSET
from components.queries.base import PeriodQuery, Query
from components.store.snapshot import Snapshot

# Bytes of a cell in each format, measured on demo and real data: (time, number, text).
CELL_BYTES: dict[str, tuple[float, float, float]] = {
    "json": (28, 9, 11),
    "csv": (26, 9, 8),
    "arrow": (8, 8, 10),
    "parquet": (0.4, 5, 0.4),
}
ENVELOPE_BYTES = 1_500


def estimated_bytes(question: Query, rows: int, name: str, shape: str) -> int:
    """Roughly how long an uncompressed body would be."""
    time, number, text = CELL_BYTES[name]
    total = ENVELOPE_BYTES if name != "csv" else 0
    for column in columns_of(question):
        unit = question.row_columns[column][0]
        cell = time if column == "time" else number if unit else text
        total += round(rows * (cell + (len(column) + 4 if shape == "records" and name == "json" else 0)))
    return total


def explain(asked: Asked, snapshot: Snapshot, address: Address) -> Made:
    """The document of ``explain=1``; runs in a thread, like an answer."""
    question, way = asked.question, asked.delivery
    whole, columns = question.rows_at_most(snapshot), columns_of(question)
    about: dict[str, Any] = {"start": None, "end": None, "interval": None}
    if isinstance(question, PeriodQuery):
        window = question.window(snapshot)
        interval = window.interval if "interval" in question.parameters() else None
        about = {"start": instant(window.start), "end": instant(window.end), "interval": interval}
    fits, sizes = {}, {}
    for name in FORMATS:
        rows = rows_at_most(question, name, way.limit, snapshot)
        fits[name] = rows * len(columns) <= budget(name)
        sizes[name] = estimated_bytes(question, rows if name == way.format else whole, name, way.shape)
    rows = rows_at_most(question, way.format, way.limit, snapshot)
    about |= {
        "format": way.format,
        "rows_at_most": rows,
        "columns": list(columns),
        "values_at_most": rows * len(columns),
        "bytes": sizes,
        "most_values": {name: budget(name) for name in FORMATS},
        "fits": fits,
        "status": 200 if fits[way.format] else 413,
        "counts_as": max(limits().rate_least_values, values_at_most(question, snapshot)),
    }
    texts = {k: v for k, v in way.texts().items() if (k, v) != ("format", ["json"])}
    links = {
        "self": address.url(question.texts(), texts),
        "answer": address.url(question.texts(), {k: v for k, v in texts.items() if k != "explain"}),
    }
    if not fits[way.format]:
        links |= fitting(asked, snapshot, address)
    document = {"meta": {"timezone": UTC_OFFSET, **origin(snapshot)}, "explain": about, "links": links}
    return formats.json_bytes(document), {"Content-Type": FORMATS["json"].content_type}
