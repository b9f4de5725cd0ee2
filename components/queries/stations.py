"""Output of stations and units over time, with price and revenue."""

from __future__ import annotations

from typing import Any

import numpy as np
import param

from components.metrics.buckets import HOW
from components.metrics.generation import AS_READ, CONSUMED, sum_units, terms
from components.queries.base import Choices, InPieces, Names, Result, WindowQuery, register
from components.queries.regional import aligned
from components.queries.station_output import Output
from components.queries.units import Readings, matching, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD, REGIONS


@register
class StationOutput(WindowQuery):
    """Power of stations or units over time."""

    route = "generation/stations"
    page = "stations"
    title = "Station output"
    description = (
        "Average power of stations (or of units with by=duid), loads below zero, with the price of their region and gross "
        "spot revenue on request. mw is net; values=split adds what went out and what came in, averaged apart."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "station": ("", "Station"),
        "duid": ("", "Unit (with by=duid, in place of station)"),
        "mw": ("MW", "Average net power (its lowest or highest with agg), null where no unit has a reading"),
        "mw_out": ("MW", "Average power generated (values=split)"),
        "mw_in": ("MW", "Average power consumed, negative (values=split)"),
        "mwh": ("MWh", "Net energy (agg=sum), in place of mw; the missing adds nothing"),
        "mwh_out": ("MWh", "Energy generated (agg=sum), with values=split"),
        "mwh_in": ("MWh", "Energy consumed, negative (agg=sum), with values=split"),
        "price": ("$/MWh", "Time-weighted price of its region (values=price)"),
        "revenue": ("$", "Gross spot revenue of the bucket, before loss factors (values=revenue)"),
    }
    examples = ("station=Eraring&last=1d", "duid=ER01&duid=ER02&by=duid&values=power,price,revenue")

    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    by: Any = param.Selector(default="station", objects=["station", "duid"], doc="One series per station or per unit.")
    agg: Any = param.Selector(
        default="mean",
        objects=list(HOW),
        doc="What a bucket shows of its 5-minute power: mean, min, max, or sum = energy (mwh, mwh_out, mwh_in in place of mw …). Price stays a mean, revenue a sum.",
    )
    values = Choices(
        default=["power"],
        objects=("power", "split", "price", "revenue"),
        doc="Columns beside power: split (generated and consumed apart), price, revenue.",
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        chosen = self.chosen(snapshot)
        names = getattr(unit_table(snapshot), self.by)
        return self.buckets_at_most(snapshot) * len(set(names if chosen is None else names[chosen]))

    def chosen(self, snapshot: Snapshot) -> np.ndarray | None:
        """Which rows of the registry are asked for; None = all."""
        return matching(
            unit_table(snapshot),
            region=self.region, fuel=self.fuel, station=self.station, duid=self.duid, owner=self.owner,
        )  # fmt: skip

    def run(self, snapshot: Snapshot) -> Result:
        made = Output(self, snapshot)
        return made.head(made.grid(0, len(made.axis)))

    def in_pieces(self, snapshot: Snapshot, rows: int) -> InPieces:
        made = Output(self, snapshot)
        return InPieces(made.head(), made.rows, lambda: made.frames(rows))

    def columns(self) -> set[str]:
        """The numbers asked for beside the price."""
        more = {"split": {"mw_out", "mw_in"}, "revenue": {"revenue"}}
        return {"mw"}.union(*(more.get(v, set()) for v in self.values))

    def sums(
        self, snapshot: Snapshot, part: Readings, roles: np.ndarray, local: np.ndarray, count: int
    ) -> dict[str, np.ndarray]:
        """The columns asked for of each series on a stretch's stamps, (count, T) each."""
        units = np.flatnonzero(local >= 0)
        kinds = np.where(roles[units] == LOAD, CONSUMED, AS_READ)
        out = {"mw": sum_units(part.values, units, kinds, local[units], count)}
        if "split" in self.values:
            none = np.full_like(local, -1)
            # Generators keep their small negatives in what goes out.
            out["mw_out"] = sum_units(part.values, *terms(roles, local, none), count)
            out["mw_in"] = sum_units(part.values, *terms(roles, none, local), count)
        if "revenue" in self.values:
            table = unit_table(snapshot)
            price = np.vstack(
                [aligned(snapshot, "price", "rrp", part.times, REGIONS), np.full(len(part.times), np.nan)]
            )
            place = {r: i for i, r in enumerate(REGIONS)}
            region = np.array([place.get(r, len(REGIONS)) for r in table.region[part.rows]])
            # [$/h]; summed over time it is money.
            out["revenue"] = sum_units(part.values, units, kinds, local[units], count, price=price, region=region)
        return out
