"""``aemo-dashboard check``: what the lake holds and what is wrong with it, one finding per line.

Errors are what must not be (duplicates, impossible values, damaged files, a broken balance); warnings are what
happens (gaps, unmapped units, doubtful readings). Work goes month by month, so memory does not grow with the
length of the history.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from components.check_balance import check_balance
from components.check_rows import (
    Coverage,
    Finding,
    check_capacity,
    check_duplicates,
    check_names,
    check_prices,
    check_values,
    some,
)
from components.errors import NoData, StoreCorrupt
from components.schema import DATASETS
from components.store.lake import Lake
from components.store.manifest import Manifest
from components.store.rows import Rows
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS, REGIONS, ROLES, UNMAPPED

ORDER = {"error": 0, "warning": 1, "info": 2}


def check_lake(lake: Lake) -> list[Finding]:
    """Everything worth saying about the current version: errors first, then warnings, then information.

    Raises
    ------
    NoData
        When nothing has been stored yet.
    StoreCorrupt
        When not even the manifest can be read; damaged files beneath it are findings.
    """
    manifest = lake.manifest()
    if manifest is None or not (manifest.datasets or manifest.units):
        raise NoData(f"{lake.root} holds no data yet: run aemo-dashboard demo, ingest or import")
    units, findings = _units(lake)
    seen: set[str] = set()
    for name in manifest.datasets:
        findings += _check_dataset(lake, manifest, name, units, seen)
    findings += _check_balances(lake, manifest, units)
    findings += check_units(units)
    findings += check_mapping(units, seen)
    findings.append(Finding("info", "lake", f"version {manifest.version}, from {', '.join(manifest.source)}"))
    return sorted(findings, key=lambda f: ORDER[f.level])


def _units(lake: Lake) -> tuple[pd.DataFrame, list[Finding]]:
    try:
        return lake.read_units(), []
    except StoreCorrupt as damaged:
        return pd.DataFrame({"duid": []}), [Finding("error", "units", str(damaged))]


def _check_dataset(lake: Lake, manifest: Manifest, name: str, units: pd.DataFrame, seen: set[str]) -> Iterator[Finding]:
    stored = manifest.datasets[name]
    capacity = _capacity(units) if name == "scada" else {}
    coverage = Coverage(DATASETS[name], np.datetime64(stored.first, "us"), np.datetime64(stored.last, "us"))
    for month in sorted(stored.months):
        try:
            rows = lake.read_rows(name, month, manifest.version)
        except StoreCorrupt as damaged:
            yield Finding("error", name, f"{month}: {damaged}")
            continue
        yield coverage.add(rows)
        for check in (check_duplicates, check_names, check_values, check_prices):
            yield from check(rows)
        yield from check_capacity(rows, capacity)
        if name == "scada":
            seen.update(rows.names[0])
    yield from coverage.gap_findings()
    yield from coverage.key_findings()


def _check_balances(lake: Lake, manifest: Manifest, units: pd.DataFrame) -> Iterator[Finding]:
    if units.empty:
        return
    registry = Snapshot(manifest.version, {}, units)
    months = [set(manifest.datasets[name].months) for name in ("scada", "region") if name in manifest.datasets]
    for month in sorted(set.intersection(*months)) if len(months) == 2 else []:
        try:
            rows = {name: _month_of(lake, manifest, name, month) for name in ("scada", "region", "flow")}
        except StoreCorrupt:
            continue  # said with its dataset
        scada, region = rows["scada"], rows["region"]
        if scada is not None and region is not None:
            yield from check_balance(scada, region, rows["flow"], registry, demo=manifest.is_demo)


def _month_of(lake: Lake, manifest: Manifest, name: str, month: str) -> Rows | None:
    if name not in manifest.datasets or month not in manifest.datasets[name].months:
        return None
    return lake.read_rows(name, month, manifest.version)


def _capacity(units: pd.DataFrame) -> dict[str, float]:
    """The largest capacity [MW] a unit was ever registered with."""
    if "capacity_mw" not in units:
        return {}
    known = units[units["capacity_mw"] > 0]
    return {str(duid): float(mw) for duid, mw in known.groupby("duid")["capacity_mw"].max().items()}


def check_units(units: pd.DataFrame) -> Iterator[Finding]:
    """The registry: one row per unit and date, words of the vocabulary, no negative capacity."""
    if units.empty:
        yield Finding("warning", "units", "no registry: every unit is unmapped; ingest the registration workbooks")
        return
    again = units.duplicated(["duid", "valid_from"])
    if again.any():
        names = sorted(set(units.loc[again, "duid"]))
        yield Finding("error", "units", f"{len(names)} units have two rows of one date: {some(names)}")
    for column, words in (("fuel", FUELS), ("fueltech", FUELTECHS), ("role", ROLES), ("region", (*REGIONS, ""))):
        strange = units[~units[column].isin(list(words))]
        if len(strange):
            pairs = sorted({f"{d} ({w})" for d, w in zip(strange["duid"], strange[column], strict=True)})
            yield Finding("error", "units", f"{column} is none of the vocabulary's for {some(pairs)}")
    negative = sorted(set(units.loc[units["capacity_mw"] < 0, "duid"]))
    if negative:
        yield Finding("error", "units", f"negative capacity of {some(negative)}")
    yield Finding("info", "units", f"{units['duid'].nunique():,} units in {len(units):,} dated rows")


def check_mapping(units: pd.DataFrame, seen: set[str]) -> Iterator[Finding]:
    """Units of the readings that no source of the registry knows: counted in totals, shown as unmapped."""
    if units.empty or not seen:
        return
    mapped = set(units.loc[units["fuel"] != UNMAPPED, "duid"])
    strange = sorted(seen - mapped)
    if strange:
        yield Finding("warning", "scada", f"{len(strange)} of {len(seen)} units are unmapped: {some(strange)}")
