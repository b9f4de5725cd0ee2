"""The datasets of the lake as data: columns, dtypes, units, keys and where each number comes from.

This table is what the readers, the lake, the frames, the data dictionary and the tests share.
Every time row also has ``minutes`` (5 or 30: the length it covers, ending at ``time``), ``source``
and ``changed`` (when AEMO last changed the row, NaT where unknown; it decides between revisions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Precedence where sources meet on one stamp: the lower number wins, after 5 minutes before 30.
SOURCE_RANK = {"mmsdm": 1, "current": 2, "price_and_demand": 3, "import": 4, "demo": 5}
# What an answer calls its source.
PUBLIC_SOURCE = {
    "mmsdm": "nemweb",
    "current": "nemweb",
    "price_and_demand": "nemweb",
    "import": "import",
    "demo": "demo",
}


@dataclass(frozen=True)
class Column:
    """One physical column: ``dtype`` is "float" (NaN = missing), "flag" (float 0/1), "text" or "time"."""

    name: str
    dtype: str
    unit: str
    doc: str
    source: str = ""


@dataclass(frozen=True)
class Dataset:
    """A tidy dataset of the lake.

    ``key`` identifies a row together with ``time``; ``frame_key`` is what a column of the memory-mapped
    frames stands for, ``frame_dtype`` their number type (prices need float64: 299.99999 is not 300).
    ``optional``: read only where it is asked for by name; a lake without it lacks nothing.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    frame_key: str
    frame_dtype: str = "float64"
    native_minutes: tuple[int, ...] = (5, 30)
    optional: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Numeric columns, in order."""
        return tuple(c.name for c in self.columns if c.dtype in ("float", "flag"))


_FCAS = tuple(f"{side}{service}" for side in ("raise", "lower") for service in ("1sec", "6sec", "60sec", "5min", "reg"))

PRICE = Dataset(
    "price",
    ("region",),
    (
        Column("rrp", "float", "$/MWh", "Regional reference price", "DISPATCHPRICE.RRP, INTERVENTION=0"),
        Column("apc_flag", "flag", "", "Administered price cap applied", "DISPATCHPRICE.APCFLAG"),
        Column("market_suspended_flag", "flag", "", "Market suspended", "DISPATCHPRICE.MARKETSUSPENDEDFLAG"),
        Column(
            "cumulative_price",
            "float",
            "$/MWh",
            "Cumulative energy price over the trailing week",
            "DISPATCHPRICE.CUMUL_PRE_AP_ENERGY_PRICE",
        ),
        *(Column(f"{s}_rrp", "float", "$/MW/h", f"FCAS price, {s}", f"DISPATCHPRICE.{s.upper()}RRP") for s in _FCAS),
    ),
    "region",
)
REGION = Dataset(
    "region",
    ("region",),
    (
        Column(
            "demand",
            "float",
            "MW",
            "Operational demand met by scheduled and semi-scheduled plant and imports",
            "DISPATCHREGIONSUM.TOTALDEMAND",
        ),
        Column(
            "net_interchange",
            "float",
            "MW",
            "Net flow out of the region, + = export",
            "DISPATCHREGIONSUM.NETINTERCHANGE",
        ),
        Column(
            "ss_wind_uigf",
            "float",
            "MW",
            "Unconstrained forecast of semi-scheduled wind",
            "DISPATCHREGIONSUM.SS_WIND_UIGF",
        ),
        Column("ss_wind_cleared", "float", "MW", "Cleared semi-scheduled wind", "DISPATCHREGIONSUM.SS_WIND_CLEAREDMW"),
        Column(
            "ss_solar_uigf",
            "float",
            "MW",
            "Unconstrained forecast of semi-scheduled solar",
            "DISPATCHREGIONSUM.SS_SOLAR_UIGF",
        ),
        Column(
            "ss_solar_cleared", "float", "MW", "Cleared semi-scheduled solar", "DISPATCHREGIONSUM.SS_SOLAR_CLEAREDMW"
        ),
        Column(
            "bdu_gen", "float", "MW", "Cleared generation of bidirectional units", "DISPATCHREGIONSUM.BDU_CLEAREDMW_GEN"
        ),
        Column(
            "bdu_load", "float", "MW", "Cleared load of bidirectional units", "DISPATCHREGIONSUM.BDU_CLEAREDMW_LOAD"
        ),
        Column(
            "bdu_storage_mwh",
            "float",
            "MWh",
            "Energy stored in bidirectional units",
            "DISPATCHREGIONSUM.BDU_ENERGY_STORAGE",
        ),
    ),
    "region",
)
FLOW = Dataset(
    "flow",
    ("interconnector",),
    (
        Column(
            "mw", "float", "MW", "Metered flow at the start of the interval", "DISPATCHINTERCONNECTORRES.METEREDMWFLOW"
        ),
        Column(
            "mw_target", "float", "MW", "Target flow at the end of the interval", "DISPATCHINTERCONNECTORRES.MWFLOW"
        ),
        Column("losses", "float", "MW", "Losses", "DISPATCHINTERCONNECTORRES.MWLOSSES"),
        Column(
            "export_limit", "float", "MW", "Limit in the positive direction", "DISPATCHINTERCONNECTORRES.EXPORTLIMIT"
        ),
        Column(
            "import_limit",
            "float",
            "MW",
            "Limit in the negative direction (usually negative)",
            "DISPATCHINTERCONNECTORRES.IMPORTLIMIT",
        ),
        Column(
            "marginal_value",
            "float",
            "$/MWh",
            "Marginal value of the binding limit",
            "DISPATCHINTERCONNECTORRES.MARGINALVALUE",
        ),
    ),
    "interconnector",
)
SCADA = Dataset(
    "scada",
    ("duid",),
    (
        Column(
            "mw",
            "float",
            "MW",
            "Power measured at the start of the interval, as published",
            "DISPATCH_UNIT_SCADA.SCADAVALUE",
        ),
    ),
    "duid",
    frame_dtype="float32",
)
ROOFTOP = Dataset(
    "rooftop",
    ("region", "type"),
    (
        Column("mw", "float", "MW", "Estimated rooftop solar power", "ROOFTOP_PV_ACTUAL.POWER"),
        Column("quality", "float", "", "Quality index, 1 = best", "ROOFTOP_PV_ACTUAL.QI"),
    ),
    "region",
)
SEMI_SCHEDULED = Dataset(
    "semi_scheduled",
    ("duid",),
    (
        Column("uigf", "float", "MW", "Unconstrained forecast of a semi-scheduled unit", "DISPATCHLOAD.UIGF"),
        Column("cleared", "float", "MW", "Target of a semi-scheduled unit", "DISPATCHLOAD.TOTALCLEARED"),
        Column("semi_dispatch_cap", "flag", "", "The unit must not exceed its target", "DISPATCHLOAD.SEMIDISPATCHCAP"),
    ),
    "duid",
    frame_dtype="float32",
    native_minutes=(5,),
    optional=True,
)
DATASETS: dict[str, Dataset] = {d.name: d for d in (PRICE, REGION, FLOW, SCADA, ROOFTOP, SEMI_SCHEDULED)}

UNITS_COLUMNS: tuple[Column, ...] = (
    Column("duid", "text", "", "Dispatchable unit identifier"),
    Column("valid_from", "time", "", "The row holds from here until the unit's next row; NaT = from the beginning"),
    Column("station", "text", "", "Station the unit belongs to"),
    Column("owner", "text", "", "Registered participant"),
    Column("region", "text", "", "Region; empty = unknown"),
    Column("fuel", "text", "", "Fuel, one of the vocabulary's; `unmapped` where no source knows the unit"),
    Column("fueltech", "text", "", "Fuel technology, one of the vocabulary's"),
    Column("role", "text", "", "generator, load or bidirectional"),
    Column("dispatch_type", "text", "", "AEMO's dispatch type, as registered"),
    Column("schedule_type", "text", "", "Scheduled, Semi-Scheduled or Non-Scheduled; empty = unknown"),
    Column("capacity_mw", "float", "MW", "Registered capacity"),
    Column("storage_mwh", "float", "MWh", "Energy storage capacity"),
    Column("registered_from", "time", "", "First day of registration, NaT = unknown"),
    Column("registered_to", "time", "", "End of registration (exclusive), NaT = still registered or unknown"),
    Column("emissions_t_per_mwh", "float", "t/MWh", "Emissions factor (CO2-e)"),
    Column("mlf", "float", "", "Marginal (transmission) loss factor"),
    Column("origin", "text", "", "Where each value comes from: source@date:columns, parted by |"),
)


def tidy_columns(dataset: Dataset) -> list[str]:
    """Column names of a dataset's tidy frame, in order."""
    return ["time", *dataset.key, *(c.name for c in dataset.columns), "minutes", "source", "changed"]


def conform(dataset: Dataset, frame: pd.DataFrame) -> pd.DataFrame:
    """A tidy frame with exactly the dataset's columns and dtypes; absent ones become missing.

    Times are datetime64[us], numbers float64, ``minutes`` int8, text plain ``object`` strings.
    """
    out: dict[str, pd.Series | np.ndarray] = {"time": frame["time"].astype("datetime64[us]")}
    for name in dataset.key:
        out[name] = frame[name].astype(object)
    for column in dataset.columns:
        values = frame[column.name] if column.name in frame else np.nan
        out[column.name] = pd.Series(values, index=frame.index, dtype="float64")
    out["minutes"] = pd.Series(frame["minutes"] if "minutes" in frame else 5, index=frame.index).astype("int8")
    out["source"] = pd.Series(frame["source"], index=frame.index).astype(object)
    changed = frame["changed"] if "changed" in frame else np.datetime64("NaT", "us")
    out["changed"] = pd.Series(changed, index=frame.index).astype("datetime64[us]")
    tidy = pd.DataFrame(out, columns=tidy_columns(dataset), copy=False)
    return tidy.reset_index(drop=True)


def conform_units(frame: pd.DataFrame) -> pd.DataFrame:
    """The registry with exactly :data:`UNITS_COLUMNS`, sorted by DUID and ``valid_from`` (NaT first)."""
    out: dict[str, pd.Series] = {}
    for column in UNITS_COLUMNS:
        present = column.name in frame
        if column.dtype == "text":
            values = frame[column.name] if present else pd.Series("", index=frame.index)
            out[column.name] = values.astype(object).where(values.notna(), "").astype(str).astype(object)
        elif column.dtype == "time":
            values = frame[column.name] if present else pd.Series(pd.NaT, index=frame.index)
            out[column.name] = pd.to_datetime(values).astype("datetime64[us]")
        else:
            values = frame[column.name] if present else pd.Series(np.nan, index=frame.index)
            out[column.name] = pd.to_numeric(values).astype("float64")
    tidy = pd.DataFrame(out, columns=[c.name for c in UNITS_COLUMNS])
    return tidy.sort_values(["duid", "valid_from"], na_position="first", kind="stable").reset_index(drop=True)


def month_of(times: pd.Series | pd.DatetimeIndex | np.ndarray) -> np.ndarray:
    """Month (``"2024-07"``) each interval-ending stamp belongs to; 1 August 00:00 belongs to July."""
    inside = np.asarray(times, "datetime64[us]") - np.timedelta64(1, "us")
    return inside.astype("datetime64[M]").astype(str)
