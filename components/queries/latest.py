"""The newest interval of everything the overview shows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from components.queries.base import Query, Result, register
from components.queries.demand import Demand
from components.queries.flows import Flows
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

_COLUMNS = ("time", "quantity", "region", "fuel", "interconnector", "value", "unit")
_SERIES = ("quantity", "region", "fuel", "interconnector")
# The answer's word -> column of the part's answer.
_DEMAND = {"demand": "demand"}
_ROOFTOP = {"rooftop": "rooftop", "underlying_demand": "underlying"}
_FLOW = {"flow": "mw", "target_flow": "mw_target", "export_limit": "export_limit", "import_limit": "import_limit"}


@register
class Latest(Query):
    """The newest interval of prices, demand, rooftop solar, generation by fuel and flows."""

    route = "latest"
    page = "overview"
    title = "Newest interval"
    description = (
        "The newest 5-minute interval of prices, demand, generation by fuel and flows, one row per number, each with "
        "its own time: rooftop solar, and underlying demand with it, is known later than the rest. The numbers are those "
        "of the questions of the same names with last=latest."
    )
    row_columns = {
        "time": ("", "End of the newest interval of this quantity"),
        "quantity": (
            "", "price, demand, rooftop, underlying_demand, generation, flow, target_flow, export_limit or import_limit"
        ),
        "region": ("", "Region, or NEM; null for flows"),
        "fuel": ("", "Fuel (of generation)"),
        "interconnector": ("", "Interconnector (of flows and limits)"),
        "value": ("", "The number, in the row's unit"),
        "unit": ("", "$/MWh or MW"),
    }  # fmt: skip

    def rows_at_most(self, snapshot: Snapshot) -> int:
        parts = (question for question, _ in _parts(snapshot))
        return sum(question.rows_at_most(snapshot) for question in parts) * max(len(_FLOW), len(_ROOFTOP))

    def run(self, snapshot: Snapshot) -> Result:
        rows: list[pd.DataFrame] = []
        starts: list[pd.Timestamp] = []
        ends: list[pd.Timestamp] = []
        expected = present = 0
        notes: dict[str, None] = {}
        for question, words in _parts(snapshot):
            result = question.run(snapshot)
            rows += _long(result, words)
            expected, present = expected + result.expected, present + result.present
            notes |= dict.fromkeys(result.notes)
            if result.start is not None and result.end is not None:
                starts.append(result.start)
                ends.append(result.end)
        frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(_COLUMNS))
        frame = frame.astype({"time": "datetime64[us]", "value": "float64"})[list(_COLUMNS)]
        return Result(
            frame, {}, min(starts, default=None), max(ends, default=None), _SERIES, "5m", "end", expected, present,
            snapshot.version, snapshot.sources, tuple(notes),
        )  # fmt: skip


def _parts(snapshot: Snapshot) -> list[tuple[Query, Mapping[str, str]]]:
    """The questions asked, and which of their columns are which quantity."""
    everywhere = [*REGIONS, NEM]
    newest = {"last": "latest", "interval": "5m"}
    parts: list[tuple[Query, Mapping[str, str]]] = [
        (RegionalPrices(region=everywhere, **newest), {"price": "price"}),
        (Demand(region=everywhere, **newest), _DEMAND),
        (GenerationByFuel(region=everywhere, **newest), {"generation": "mw"}),
        (Flows(**newest), _FLOW),
    ]
    known = [t for t in (snapshot.last("rooftop"), snapshot.last("region")) if t is not None]
    if len(known) == 2:
        # The estimate comes late: its newest interval, and the demand of that one.
        end = min(known)
        late = Demand(region=everywhere, start=end - pd.Timedelta(minutes=5), end=end, interval="5m")
        parts.insert(2, (late, _ROOFTOP))
    return [part for part in parts if snapshot.last(part[0].dataset) is not None]


def _long(result: Result, words: Mapping[str, str]) -> list[pd.DataFrame]:
    """A part's answer with one number per row; rows without a number are left out."""
    out = []
    for quantity, column in words.items():
        known = result.frame[result.frame[column].notna()]
        rows = known.reindex(columns=["time", "region", "fuel", "interconnector"]).astype(
            dict.fromkeys(("region", "fuel", "interconnector"), object)
        )
        rows = rows.assign(quantity=quantity, value=known[column], unit=result.units[column])
        out.append(rows.where(rows.notna(), None).assign(time=known["time"], value=known[column]))
    return [rows for rows in out if len(rows)]
