"""Which claim counts when: precedence by column, and a unit's claims as dated rows.

The table that explains :data:`PRECEDENCE` is in the docstring of :mod:`components.ingest.registry`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

HISTORY = ("dudetailsummary", "dudetail")
"""Tables that know their past: within their dates, and up to their publication, nothing beats them."""
_NAMES = ("registration", "generation_information", "dudetailsummary", "cdeii", "import", "pattern")
_DATED = ("dudetailsummary", "dudetail", "registration", "generation_information", "cdeii", "import", "pattern")
PRECEDENCE: dict[str, tuple[str, ...]] = {
    "station": _NAMES,
    "owner": _NAMES,
    "region": _DATED,
    "fuel": ("registration", "generation_information", "cdeii", "import", "pattern"),
    "fueltech": ("registration", "generation_information", "cdeii", "import", "pattern"),
    "role": _DATED,
    "dispatch_type": _DATED,
    "schedule_type": _DATED,
    "capacity_mw": _DATED,
    "storage_mwh": ("registration", "generation_information", "dudetail", "import", "pattern"),
    "registered_from": ("dudetailsummary", "import"),
    "registered_to": ("dudetailsummary", "registration", "generation_information"),
    "emissions_t_per_mwh": ("cdeii", "import"),
    "mlf": ("dudetailsummary", "import"),
}
"""Column -> sources, strongest first."""
BY_DATE = frozenset({"region", "role", "dispatch_type", "schedule_type", "capacity_mw", "mlf"})
"""Columns that change: here the table of history rules its own past, and the newest source the present."""

Moment = Any
"""A numpy datetime64[us]; the type stubs cannot compare two of them."""
Claim = tuple[Moment, object, str, Moment]
"""(start, value, source, as_of)"""
ALWAYS = np.datetime64("1900-01-01", "us")


def strength(column: str, source: str, as_of: Moment, moment: Moment) -> tuple:
    """How strong a claim is at one moment; the larger tuple wins."""
    order = PRECEDENCE[column]
    rank = -order.index(source)
    if column == "registered_to":
        return (1, as_of, rank)
    if column in BY_DATE and source in HISTORY:
        return (2 if moment < as_of else 1, as_of, rank)
    if column in BY_DATE and source == "registration":
        return (1, as_of, rank)
    return (0, rank, as_of)


@dataclass
class _Step:
    """A value that holds from ``start``, and who says so."""

    start: Moment
    value: object
    origin: dict[str, Moment]


def _series(claims: list[Claim]) -> dict[tuple[str, Moment], tuple[list[Moment], list[object]]]:
    """What each source, of each date, says: ascending starts and the values from there on.

    A source's first value holds backwards and its last one forwards: what it says of a unit covers all
    time, only its strength differs. Of two values from one start on, the later read counts.
    """
    said: dict[tuple[str, Moment], dict[Moment, object]] = {}
    for start, value, source, as_of in claims:
        said.setdefault((source, as_of), {})[start] = value
    out: dict[tuple[str, Moment], tuple[list[Moment], list[object]]] = {}
    for key, steps in said.items():
        starts: list[Moment] = []
        values: list[object] = []
        for start in sorted(steps):
            if not values or steps[start] != values[-1]:
                starts.append(start if starts else ALWAYS)
                values.append(steps[start])
        out[key] = starts, values
    return out


def timeline(column: str, claims: list[Claim]) -> list[_Step]:
    """The strongest claims as a step function over all time; equal neighbours become one step."""
    series = _series(claims)
    points = {start for starts, _ in series.values() for start in starts}
    if column in BY_DATE and len(series) > 1:
        points.update(as_of for source, as_of in series if source in HISTORY)
    out: list[_Step] = []
    for moment in sorted(points):
        winner: tuple[object, str, Moment] | None = None
        best: tuple = ()
        for (source, as_of), (starts, values) in series.items():
            value = values[bisect_right(starts, moment) - 1]
            power = (*strength(column, source, as_of, moment), str(value))
            if winner is None or power > best:
                best, winner = power, (value, source, as_of)
        assert winner is not None
        value, source, as_of = winner
        if out and out[-1].value == value:
            # Both support the longer step, so that merging with either again changes nothing.
            out[-1].origin[source] = max(as_of, out[-1].origin.get(source, as_of))
        else:
            out.append(_Step(moment, value, {source: as_of}))
    return out


def rows_of(duid: str, claims: Mapping[str, list[Claim]]) -> list[dict[str, Any]]:
    """A unit's dated rows: a new one wherever any column changes."""
    lines = {column: timeline(column, said) for column, said in claims.items()}
    begins = {column: [step.start for step in line] for column, line in lines.items()}
    rows = []
    for start in sorted({start for starts in begins.values() for start in starts}):
        row: dict[str, Any] = {"duid": duid, "valid_from": pd.NaT if start == ALWAYS else pd.Timestamp(start)}
        origin: dict[str, list[str]] = {}
        for column, line in lines.items():
            step = line[bisect_right(begins[column], start) - 1]
            row[column] = step.value
            for source, as_of in step.origin.items():
                origin.setdefault(f"{source}@{np.datetime_as_string(as_of, 'D').replace('-', '')}", []).append(column)
        row["origin"] = "|".join(f"{who}:{','.join(sorted(what))}" for who, what in sorted(origin.items()))
        rows.append(row)
    return rows
