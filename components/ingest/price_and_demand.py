"""AEMO's aggregated price and demand files -> tidy rows (pure).

``PRICE_AND_DEMAND_<YYYYMM>_<REGION>.csv`` (before that ``DATA<YYYYMM>_<REGION>.csv``) are plain CSV, 30-minute up
to the interval ending 2021-10-01 00:00 and 5-minute after. One file may hold several regions and years.
Prices have two decimals here, so every other source of AEMO's wins over these.

Source: columns REGION, SETTLEMENTDATE, TOTALDEMAND, RRP, found by name.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from components.errors import FileRejected
from components.ingest.mms_columns import printable
from components.market_time import SETTLEMENT_CHANGE
from components.schema import DATASETS, conform

SOURCE = "price_and_demand"
DATASET_COLUMNS = {"price": {"rrp": "RRP"}, "region": {"demand": "TOTALDEMAND"}}
_NEEDED = ("REGION", "SETTLEMENTDATE", "TOTALDEMAND", "RRP")
_TEXT = pa.dictionary(pa.int32(), pa.string())


def read_price_and_demand(data: bytes, name: str) -> dict[str, pd.DataFrame]:
    """Prices and demand of one file.

    Returns
    -------
    ``{"price": tidy rows with rrp, "region": tidy rows with demand}``; every other column is missing.
    ``attrs["notes"]`` of each says what was left out.

    Raises
    ------
    FileRejected
        When a column is missing, a row cannot be read, or the last line is cut off.
    """
    body = data.removeprefix(b"\xef\xbb\xbf")
    header = [h.strip().strip('"').upper() for h in body[:2000].split(b"\n")[0].decode("latin-1").split(",")]
    missing = [c for c in _NEEDED if c not in header]
    if missing:
        raise FileRejected(f"{name}: expected the columns {', '.join(_NEEDED)}, found {printable(body)!r}")
    if len(set(header)) != len(header):
        raise FileRejected(f"{name}: a column is there twice: {', '.join(header)[:120]}")
    _check_last_line(body, len(header), name)
    try:
        table = pc.read_csv(
            pa.BufferReader(body),
            read_options=pc.ReadOptions(column_names=header, skip_rows=1, use_threads=False),
            convert_options=pc.ConvertOptions(
                include_columns=list(_NEEDED),
                column_types={
                    "REGION": _TEXT,
                    "SETTLEMENTDATE": pa.string(),
                    "TOTALDEMAND": pa.float64(),
                    "RRP": pa.float64(),
                },
            ),
        )
    except pa.ArrowInvalid as why:
        raise FileRejected(f"{name}: {printable(str(why).encode('utf-8', 'replace'), 160)}") from None
    raw = table.to_pandas()
    rows = pd.DataFrame({"region": raw["REGION"].astype(object).map(lambda r: r.strip()), "time": _stamps(raw, name)})
    if rows.empty or (rows["region"] == "").any():
        raise FileRejected(
            f"{name}: expected a region in every row, found {'no rows' if rows.empty else 'an empty one'}"
        )
    rows["minutes"] = native_minutes(rows["region"], rows["time"])
    rows["source"] = SOURCE
    values = {c: raw[c].where(np.isfinite(raw[c])) for c in ("RRP", "TOTALDEMAND")}
    notes = _keep_grid(rows, name)
    keep = ~rows.duplicated(["region", "time"], keep="last") & rows["on_grid"]
    out = {}
    for dataset, columns in DATASET_COLUMNS.items():
        tidy = rows.assign(**{new: values[old] for new, old in columns.items()})
        out[dataset] = conform(DATASETS[dataset], tidy[keep])
        out[dataset].attrs["notes"] = notes if dataset == "price" else []
    return out


def native_minutes(region: pd.Series, time: pd.Series) -> np.ndarray:
    """5 or 30 for each stamp: 30 up to 2021-10-01 00:00, unless the region's day has stamps between the half-hours."""
    minute = time.dt.minute
    between = ~minute.isin((0, 30))
    day = (time - pd.Timedelta(microseconds=1)).dt.normalize()
    finer = between.groupby([region, day]).transform("any")
    return np.where((time > SETTLEMENT_CHANGE) | finer, 5, 30).astype("int8")


def _stamps(raw: pd.DataFrame, name: str) -> pd.Series:
    try:
        return pd.to_datetime(raw["SETTLEMENTDATE"], format="%Y/%m/%d %H:%M:%S").astype("datetime64[us]")
    except (ValueError, OverflowError, TypeError):
        first = raw["SETTLEMENTDATE"].iloc[0] if len(raw) else ""
        raise FileRejected(
            f"{name}: expected SETTLEMENTDATE as YYYY/MM/DD HH:MM:SS, found {printable(str(first).encode('utf-8', 'replace'))!r}"
            " or the like"
        ) from None


def _keep_grid(rows: pd.DataFrame, name: str) -> list[str]:
    """Mark rows on the 5-minute grid; say how many are not."""
    off = (rows["time"] != rows["time"].dt.floor("5min")) | rows["time"].isna()
    rows["on_grid"] = ~off
    return [f"{name}: {int(off.sum())} rows left out, they lie off the 5-minute grid"] if off.any() else []


def _check_last_line(body: bytes, fields: int, name: str) -> None:
    """These files have no footer: a last line without its end must at least have all fields."""
    if body.endswith((b"\n", b"\r")):
        return
    lines = body.split(b"\n", 2)
    last = body[body.rfind(b"\n") + 1 :]
    first = lines[1] if len(lines) > 1 else b""
    whole = last.count(b",") == fields - 1 and last.rpartition(b",")[2] == first.strip().rpartition(b",")[2]
    if not whole:
        raise FileRejected(f"{name}: cut off in its last line {printable(last)!r}")
