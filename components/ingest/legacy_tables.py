"""The earlier dashboard's Parquet files: which column means what, and how long a reading is (pure).

Long files have a row per time and key (``settlementdate, duid, scadavalue``), wide ones a column per key;
names come in any case. The stamps tell 5 from 30 minutes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.errors import FileRejected
from components.market_time import TIME_DTYPE
from components.vocabulary import REGIONS, ROOFTOP_SUBREGIONS

TIME_NAMES = ("settlementdate", "interval_datetime", "time", "timestamp", "datetime", "date_time", "date", "index")
_FIVE, _THIRTY = np.timedelta64(5, "m"), np.timedelta64(30, "m")


@dataclass(frozen=True)
class Layout:
    """What one kind of file holds.

    ``values`` maps a column of the lake to the names it may have, ``main`` is the one that wide files hold;
    ``keys`` bounds the names of wide columns (None = any).
    """

    dataset: str
    pattern: str
    key: str
    key_names: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    main: str
    keys: tuple[str, ...] | None = None


_REGION_NAMES = ("regionid", "region", "region_id")
LAYOUTS = (
    Layout("scada", r"scada", "duid", ("duid",), {"mw": ("scadavalue", "mw", "power", "value", "generation")}, "mw"),
    Layout("price", r"prices?", "region", _REGION_NAMES, {"rrp": ("rrp", "price", "value")}, "rrp", REGIONS),
    Layout(
        "flow",
        r"transmission|interconnectors?|flows?",
        "interconnector",
        ("interconnectorid", "interconnector", "interconnector_id"),
        {
            "mw": ("meteredmwflow", "mw", "flow", "value"),
            "mw_target": ("mwflow", "mw_target", "target"),
            "losses": ("mwlosses", "losses"),
            "export_limit": ("exportlimit", "export_limit"),
            "import_limit": ("importlimit", "import_limit"),
            "marginal_value": ("marginalvalue", "marginal_value"),
        },
        "mw",
    ),
    Layout(
        "rooftop",
        r"rooftop",
        "region",
        _REGION_NAMES,
        {"mw": ("power", "mw", "rooftop", "rooftop_solar", "value"), "quality": ("qi", "quality")},
        "mw",
        (*REGIONS, *ROOFTOP_SUBREGIONS),
    ),
    Layout(
        "region",
        r"demand",
        "region",
        _REGION_NAMES,
        {"demand": ("demand", "totaldemand", "total_demand", "value"), "net_interchange": ("netinterchange",)},
        "demand",
        REGIONS,
    ),
)


def layout_of(name: str) -> Layout | None:
    """The layout that a file's name promises (``scada5.parquet``, ``PRICES30.parquet``), or None.

    >>> layout_of("transmission30.parquet").dataset
    'flow'
    """
    for layout in LAYOUTS:
        if re.fullmatch(rf"(?:{layout.pattern})[\w-]*\.parquet", name.lower()):
            return layout
    return None


def time_column(columns: Sequence[str], file: str) -> str:
    """The column that holds the stamps, however it is written.

    Raises FileRejected when there is none.
    """
    by_lower = {str(c).lower(): str(c) for c in columns}
    for name in (*TIME_NAMES, "__index_level_0__"):
        if name in by_lower:
            return by_lower[name]
    raise FileRejected(f"{file}: no column tells the time; expected {TIME_NAMES[0]}, found {_some(columns)}")


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(str, list(names)[:6])) + (" …" if len(names) > 6 else "")


def stamps_of(values: pd.Series, file: str) -> np.ndarray:
    """Stamps as naive NEM time on the 5-minute grid; an offset is converted.

    Raises FileRejected when they are no times, or lie off the grid.
    """
    try:
        times = pd.to_datetime(values)
        if getattr(times.dt, "tz", None) is not None:
            times = times.dt.tz_convert("UTC").dt.tz_localize(None) + pd.Timedelta(hours=10)
    except (ValueError, TypeError, AttributeError) as wrong:
        raise FileRejected(f"{file}: the time column holds no times ({str(wrong)[:80]})") from wrong
    stamps = times.to_numpy(TIME_DTYPE)
    off = ~np.isnat(stamps) & (stamps.astype("int64") % 300_000_000 != 0)
    if off.any():
        raise FileRejected(f"{file}: {pd.Timestamp(stamps[off][0])} is no 5-minute stamp ({int(off.sum())} such rows)")
    return stamps


def native_minutes(stamps: np.ndarray, name: str = "") -> tuple[np.ndarray, np.ndarray]:
    """How long the reading at each stamp is, told by the stamps' spacing.

    Everything on half hours is 30-minute; a stamp in between shows 5-minute data around it, and only a run of
    half hours before the first or after the last such stamp is older 30-minute history. A file of one stamp
    is told by the digits in its name, else 5.

    Returns
    -------
    (stamps, minutes) : unique ascending stamps, and uint8 5 or 30 for each.

    >>> native_minutes(np.array(["2022-01-10T00:00", "2022-01-10T00:05"], "datetime64[us]"))[1]
    array([5, 5], dtype=uint8)
    """
    unique = np.unique(stamps[~np.isnat(stamps)])
    minutes = np.full(len(unique), 5, "uint8")
    between = np.flatnonzero((unique - unique.astype("datetime64[D]")) % _THIRTY != np.timedelta64(0))
    if len(between) == 0:
        if len(unique) > 1 or "30" in name:
            minutes[:] = 30
        return unique, minutes
    for run in (unique[: between[0]], unique[between[-1] + 1 :]):
        if len(run) > 2 and np.median(np.diff(run).astype("int64")) == _THIRTY.astype("timedelta64[us]").astype(
            "int64"
        ):
            minutes[np.isin(unique, run)] = 30
    return unique, minutes


def tidy_rows(frame: pd.DataFrame, layout: Layout, file: str) -> pd.DataFrame:
    """One piece of a file as tidy rows of its dataset, without ``minutes`` and ``source``; empty rows left out.

    Raises
    ------
    FileRejected
        When the key or every value column is missing, or a wide file's columns are no keys.
    """
    lower = frame.rename(columns=lambda c: str(c).lower())
    time = time_column(list(lower.columns), file)
    key = next((n for n in layout.key_names if n in lower), None)
    found = {to: next((n for n in names if n in lower), None) for to, names in layout.values.items()}
    named = {to: n for to, n in found.items() if n is not None}
    if key is None:
        if named:
            raise FileRejected(
                f"{file}: the key column {layout.key_names[0]} is missing; found {_some(list(frame.columns))}"
            )
        return _melted(frame, layout, file)
    if not named:
        raise FileRejected(f"{file}: no column {layout.values[layout.main][0]}; found {_some(list(frame.columns))}")
    out = pd.DataFrame({"time": stamps_of(lower[time], file), layout.key: lower[key].astype(object).to_numpy()})
    for to, name in named.items():
        out[to] = _numbers(lower[name], file, name)
    if layout.dataset == "rooftop":
        out["type"] = lower["type"].astype(object).to_numpy() if "type" in lower else "IMPORT"
    return _complete_rows(out, layout, list(named))


def _melted(frame: pd.DataFrame, layout: Layout, file: str) -> pd.DataFrame:
    time = time_column(list(frame.columns), file)
    keys = [c for c in frame.columns if c != time and not str(c).startswith("__index_level_")]
    allowed = layout.keys
    strange = [c for c in keys if (allowed is not None and str(c).upper() not in allowed)]
    if strange or not keys:
        raise FileRejected(
            f"{file}: the key column {layout.key_names[0]} is missing, and {_some(strange or list(frame.columns))} "
            f"{'are no names of' if strange else 'holds no'} {layout.key}"
        )
    stamps = stamps_of(frame[time], file)
    parts = []
    for column in keys:
        name = str(column).upper() if allowed is not None else str(column)
        values = _numbers(frame[column], file, str(column))
        parts.append(pd.DataFrame({"time": stamps, layout.key: name, layout.main: values}))
    out = pd.concat(parts, ignore_index=True)
    if layout.dataset == "rooftop":
        out["type"] = "IMPORT"
    return _complete_rows(out, layout, [layout.main])


def _numbers(values: pd.Series, file: str, column: str) -> np.ndarray:
    try:
        return pd.to_numeric(values).to_numpy("float64", na_value=np.nan)
    except (ValueError, TypeError) as wrong:
        raise FileRejected(f"{file}: column {column} holds something that is no number ({str(wrong)[:80]})") from wrong


def _complete_rows(out: pd.DataFrame, layout: Layout, values: list[str]) -> pd.DataFrame:
    keep = out["time"].notna() & out[layout.key].notna() & out[values].notna().any(axis=1)
    return out[keep]
