"""Curtailment over a window as a whole: by region and fuel, by unit, and by the price at the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.curtailment import FIELDS, price_bands, rate
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.curtailment_pool import (
    DATASET,
    FUELS_CURTAILED,
    HOW_TO_READ_UNITS,
    UNIT_FIELDS,
    regional_sums,
    regional_sums_by_price,
    unit_readings,
    unit_sums,
)
from components.queries.regional import REGION_ORDER, named, regions_asked
from components.queries.units import UnitCoverage, matching, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

_PROXY = "Economic is a proxy: curtailment at a regional price of $0 or less; network is the rest."
_NUMBERS: dict[str, tuple[str, str]] = {
    "uigf_mwh": ("MWh", "Energy that wind or sun would have given (UIGF), over intervals that have a target as well"),
    "cleared_mwh": ("MWh", "Energy cleared in dispatch"),
    "curtailed_mwh": ("MWh", "Sum of max(0, UIGF - cleared)"),
    "economic_mwh": ("MWh", "Curtailed at a regional price of $0 or less; null without any price"),
    "network_mwh": ("MWh", "Curtailed at a regional price above $0; null without any price"),
    "rate": ("", "Curtailed / UIGF, both summed first; null where nothing was forecast"),
    "economic_share": ("", "Economic / (economic + network); null where nothing was curtailed"),
    "price": ("$/MWh", "Regional price weighted by what was curtailed; null where nothing was"),
    "curtailed_hours": ("h", "Hours in which more than 0.1 MW was curtailed"),
    "hours": ("h", "Hours with forecast and target"),
}


def figures(sums: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The numbers of an answer from sums of :data:`~components.metrics.curtailment.FIELDS`; no hours, no numbers."""
    read, priced = sums["hours"] > 0, sums["priced_hours"] > 0

    def where(known: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.where(known, values, np.nan)

    return {
        "uigf_mwh": where(read, sums["uigf"]), "cleared_mwh": where(read, sums["cleared"]),
        "curtailed_mwh": where(read, sums["curtailed"]), "economic_mwh": where(priced, sums["economic"]),
        "network_mwh": where(priced, sums["network"]), "rate": rate(sums["curtailed"], sums["uigf"]),
        "economic_share": rate(sums["economic"], sums["priced"]), "price": rate(sums["money"], sums["priced"]),
        "curtailed_hours": where(read, sums["curtailed_hours"]), "hours": sums["hours"],
    }  # fmt: skip


class _Regional(PeriodQuery):
    """What questions by region and fuel share."""

    page = "curtailment"
    dataset = "region"

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = all together.")
    fuel = Choices(default=list(FUELS_CURTAILED), objects=FUELS_CURTAILED, doc="wind, solar or both.")
    by = Choices(
        default=["region", "fuel"], objects=("region", "fuel"), doc="What is told apart; what is left out is pooled."
    )

    @property
    def fuels(self) -> list[str]:
        """The fuels asked for, in the vocabulary's order."""
        return [f for f in FUELS_CURTAILED if f in self.fuel]

    def groups(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Region, fuel ("" where pooled) and members of each row of the answer."""
        regions = regions_asked(self.region)
        members = {r: list(REGIONS) if r == NEM else [r] for r in regions}
        if "region" not in self.by:
            members = {"": sorted({m for ms in members.values() for m in ms}, key=REGIONS.index)}
        kinds = {f: [f] for f in self.fuels} if "fuel" in self.by else {"": self.fuels}
        return [
            (region, fuel, [(r, f) for r in own for f in fuels])
            for region, own in members.items()
            for fuel, fuels in kinds.items()
        ]

    def names(self, rows: list[tuple[str, str]]) -> dict[str, pd.Categorical]:
        """The columns that name the rows."""
        places = {"region": list(REGION_ORDER), "fuel": list(FUELS_CURTAILED)}
        return {
            word: named(order, np.array([order.index(row[at]) for row in rows], int))
            for at, (word, order) in enumerate(places.items())
            if word in self.by
        }


@register
class CurtailmentSummary(_Regional):
    """Forecast, cleared and curtailed energy of a window."""

    route = "curtailment/summary"
    title = "Curtailment in sum"
    description = (
        "Energy of semi-scheduled wind and solar that was forecast (UIGF), cleared and curtailed over a window, by region "
        "and fuel, summed at the 5-minute interval. Economic is curtailment at a price of $0 or less (a proxy). Groups pool "
        "energies first and divide then; each region's part is split at its own price. Null before April 2021."
    )
    row_columns = {
        "region": ("", "Region, or NEM; not where regions are pooled"),
        "fuel": ("", "wind or solar; not where they are pooled"),
        **_NUMBERS,
        "coverage": ("", "Share of the window's 5-minute intervals with forecast and target"),
    }
    examples = ("last=30d", "last=1y&region=NEM&by=fuel", "start=2024-07-01&end=2025-07-01&region=SA1")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.groups())

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        sums = {fuel: regional_sums(snapshot, window, fuel) for fuel in self.fuels}
        groups = self.groups()
        pooled = np.array([sum(sums[f][:, REGIONS.index(r)] for r, f in m) for *_, m in groups]).T
        every = dict(zip(FIELDS, pooled.reshape(len(FIELDS), -1), strict=True))
        numbers = figures(every)
        count = np.array([len(m) for *_, m in groups])
        expected = window.expected * count
        present = np.rint(every["hours"] * 12).astype(np.int64)
        with np.errstate(invalid="ignore", divide="ignore"):
            numbers["coverage"] = np.where(expected > 0, present / expected, np.nan)
        frame = pd.DataFrame({**self.names([(r, f) for r, f, _ in groups]), **numbers})
        units = {name: self.row_columns[name][0] for name in numbers}
        return Result(
            frame, units, window.start, window.end, tuple(w for w in ("region", "fuel") if w in self.by), "", "",
            int(expected.sum()), int(present.sum()), snapshot.version, snapshot.sources, (_PROXY,),
        )  # fmt: skip


@register
class CurtailmentByPrice(_Regional):
    """Curtailment by the price at the time."""

    route = "curtailment/by-price"
    title = "Curtailment by price"
    description = (
        "Forecast and curtailed energy of semi-scheduled wind and solar in bands of the regional price at the time. A price "
        "on an edge belongs to the band below it, so that the bands up to $0 add up to economic curtailment."
    )
    row_columns = {
        "region": ("", "Region, or NEM; not where regions are pooled"),
        "fuel": ("", "wind or solar; not where they are pooled"),
        "band": ("", "Band, in $/MWh"),
        "low": ("$/MWh", "Lower edge, exclusive; null for the lowest band"),
        "high": ("$/MWh", "Upper edge, inclusive; null for the highest band"),
        "hours": ("h", "Hours in the band, of each region and fuel of the row"),
        "uigf_mwh": ("MWh", "Energy forecast in them"),
        "curtailed_mwh": ("MWh", "Energy curtailed in them"),
        "rate": ("", "Curtailed / UIGF; null where nothing was forecast"),
        "share": ("", "Part of all that was curtailed; null where nothing was"),
    }
    examples = ("last=30d&region=NEM", "last=1y&by=fuel")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.groups()) * len(price_bands())

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        bands = price_bands()
        found = {fuel: regional_sums_by_price(snapshot, window, fuel) for fuel in self.fuels}
        groups = self.groups()
        sums = [np.sum([found[f][:, REGIONS.index(r)] for r, f in m], axis=0) for *_, m in groups]
        hours, uigf, lost = np.array(sums).reshape(len(groups), 3, len(bands)).swapaxes(0, 1)
        keep = hours.sum(axis=1) > 0
        rows = [(r, f) for (r, f, _), there in zip(groups, keep, strict=True) if there for _ in bands]
        count = int(keep.sum())
        edges = np.array([[low, high] for _, low, high in bands])
        edges[np.isinf(edges)] = np.nan
        numbers = {
            "low": np.tile(edges[:, 0], count), "high": np.tile(edges[:, 1], count), "hours": hours[keep].reshape(-1),
            "uigf_mwh": uigf[keep].reshape(-1), "curtailed_mwh": lost[keep].reshape(-1),
            "rate": rate(lost[keep], uigf[keep]).reshape(-1),
            "share": rate(lost[keep], np.broadcast_to(lost[keep].sum(axis=1, keepdims=True), lost[keep].shape)).reshape(-1),
        }  # fmt: skip
        band = named([label for label, *_ in bands], np.tile(np.arange(len(bands)), count))
        frame = pd.DataFrame({**self.names(rows), "band": band, **numbers})
        members = sum(len(m) for *_, m in groups)
        return Result(
            frame, {n: self.row_columns[n][0] for n in numbers}, window.start, window.end,
            (*(w for w in ("region", "fuel") if w in self.by), "band"), "", "",
            window.expected * members, round(hours.sum() * 12), snapshot.version, snapshot.sources, (_PROXY,),
        )  # fmt: skip


@register
class CurtailmentUnits(PeriodQuery):
    """Curtailment of units, stations, owners over a window, the most curtailed first."""

    route = "curtailment/units"
    page = "curtailment"
    title = "Curtailment by unit"
    description = (
        "Energy of semi-scheduled units that was forecast (UIGF), cleared and curtailed over a window, from AEMO's "
        "DISPATCHLOAD and next-day reports where they were read (ingest --tables semi_scheduled; UIGF by unit: since "
        "2024); the most curtailed first. Reports come once a day: last ends at their newest stamp."
    )
    dataset = DATASET
    row_columns = {
        "duid": ("", "Unit (with by=duid)"),
        "station": ("", "Station; with by=duid or station"),
        "owner": ("", "Owner (with by=owner)"),
        "region": ("", "Region; with by=duid, station or region"),
        "fuel": ("", "Fuel; with by=duid, station or fuel"),
        "capacity_mw": ("MW", "Registered capacity of the units with readings; null where none is known"),
        **_NUMBERS,
        "capped_hours": (
            "h",
            "Hours under a semi-dispatch cap (SEMIDISPATCHCAP), added up over units; null if unknown",
        ),
        "coverage": ("", "Share of the expected readings with forecast and target"),
    }
    examples = ("last=30d&region=SA1", "last=30d&by=station&fuel=wind", "duid=HDWF2&last=7d")

    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = all.")
    fuel = Choices(default=list(FUELS_CURTAILED), objects=FUELS_CURTAILED, doc="wind, solar or both.")
    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    by: Any = param.Selector(
        default="duid", objects=["duid", "station", "owner", "region", "fuel"], doc="What makes a row."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(snapshot.keys(DATASET))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        table = unit_table(snapshot)
        # Of all fuels where both are asked for: a farm that the registry knows as something else counts as well.
        fuel = self.fuel if len(self.fuel) < len(FUELS_CURTAILED) else []
        chosen = matching(
            table, region=self.region, fuel=fuel, station=self.station, duid=self.duid, owner=self.owner
        )  # fmt: skip
        coverage = UnitCoverage(table, window, chosen, scada=False)
        sums = np.zeros((len(UNIT_FIELDS), table.rows))
        for part in unit_readings(snapshot, window, chosen):
            found = unit_sums(snapshot, table, part)
            coverage.add(part, found[-1])
            sums[:, part.rows] += found
        rows, intervals = coverage.expected()
        expected = np.bincount(rows, intervals, table.rows)
        held = np.flatnonzero(sums[-1] > 0)
        heads = {"duid": ("duid", "station", "region", "fuel"), "station": ("station", "region", "fuel")}.get(
            self.by, (self.by,)
        )
        index: dict[tuple[str, ...], int] = {}
        keys = [tuple(str(getattr(table, h)[r]) for h in heads) for r in held.tolist()]
        codes = np.array([index.setdefault(key, len(index)) for key in keys], np.int64)
        pooled = np.array([np.bincount(codes, line[held], len(index)) for line in sums])
        every = dict(zip(UNIT_FIELDS, pooled, strict=True))
        due = np.bincount(codes, expected[held], len(index))
        capacity = np.full(len(index), np.nan)
        own = {int(table.unit[r]): r for r in held.tolist()}  # one unit counts once: the row that held last
        code_of = dict(zip(held.tolist(), codes.tolist(), strict=True))
        for row in own.values():
            if not np.isnan(table.capacity_mw[row]):
                capacity[code_of[row]] = np.nan_to_num(capacity[code_of[row]]) + table.capacity_mw[row]
        numbers = {"capacity_mw": capacity, **figures(every)}
        numbers["capped_hours"] = np.where(every["cap_hours"] > 0, every["capped_hours"], np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            numbers["coverage"] = np.where(due > 0, every["readings"] / due, np.nan)
        order = np.lexsort((np.array([k[0] for k in index]), -every["curtailed"])) if index else np.empty(0, np.int64)
        names = list(index)
        columns: dict[str, Any] = {}
        for at, head in enumerate(heads):
            words = [names[i][at] for i in order]
            columns[head] = pd.Categorical(words, categories=list(dict.fromkeys(words)))
        frame = pd.DataFrame(columns | {name: values[order] for name, values in numbers.items()})
        notes = (_PROXY,) if snapshot.keys(DATASET) else (HOW_TO_READ_UNITS,)
        return Result(
            frame, {n: self.row_columns[n][0] for n in numbers}, window.start, window.end, (self.by,), "", "",
            int(due.sum()), int(every["readings"].sum()), snapshot.version, snapshot.sources, notes,
        )  # fmt: skip


__all__ = ["CurtailmentByPrice", "CurtailmentSummary", "CurtailmentUnits", "figures"]
