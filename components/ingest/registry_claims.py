"""Claims: what a source says of a unit, and the small words of reading it.

A claim is one row "this source, as of its publication, says that from ``start`` on (NaT = always) this unit's
column had this value". ``value`` is text, float or Timestamp after its column; a missing value claims that
there is none. Merging claims is :mod:`components.ingest.registry`'s work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.ingest.fuel_words import DISPATCH_TYPES, Kind, classify, role_of
from components.vocabulary import REGIONS, UNMAPPED

CLAIM_COLUMNS = ("duid", "column", "value", "start", "source", "as_of")
OLDEST = pd.Timestamp("1990-01-01")
"""The date of a source that has none."""


def claims_of(
    frame: pd.DataFrame, columns: Sequence[str], source: str, as_of: pd.Timestamp | None,
    *, start: str | None = None, keep_empty: Iterable[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Wide rows (``duid`` + columns) -> claims; empty text and NaN claim nothing, but for ``keep_empty``."""
    parts = []
    for column in columns:
        values = frame[column]
        keep = (
            pd.Series(True, index=frame.index)
            if column in keep_empty
            else values.notna() & (values.astype(object) != "")
        )
        chosen = frame[keep]
        nat = pd.Series(pd.NaT, index=chosen.index, dtype="datetime64[us]")
        parts.append(
            pd.DataFrame(
                {
                    "duid": chosen["duid"].astype(object),
                    "column": column,
                    "value": values[keep].astype(object),
                    "start": chosen[start].astype("datetime64[us]") if start else nat,
                    "source": source,
                    "as_of": (as_of if as_of is not None else OLDEST).normalize().as_unit("us"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else empty_claims()


def empty_claims() -> pd.DataFrame:
    """No statement at all."""
    return pd.DataFrame({c: pd.Series(dtype=object) for c in CLAIM_COLUMNS})


def kind_columns(kinds: Sequence[Kind], index: pd.Index) -> pd.DataFrame:
    """Columns fuel and fueltech; what is unknown claims nothing, so that a weaker source may know it."""
    known = [
        ("" if k.fuel == UNMAPPED else k.fuel, "" if k.fueltech in (UNMAPPED, "gas_other") else k.fueltech)
        for k in kinds
    ]
    return pd.DataFrame(known, columns=["fuel", "fueltech"], index=index, dtype=object)


def kinds_of(table: pd.DataFrame, fuel: pd.Series, technology: pd.Series) -> pd.DataFrame:
    """Columns fuel and fueltech from a source's words; a unit nobody can classify claims nothing."""
    kinds = [
        classify(f, t, dispatch_type=d, region=r, station=s)
        for f, t, d, r, s in zip(
            fuel, technology, table["dispatch_type"], table["region"], table["station"], strict=True
        )
    ]
    return kind_columns(kinds, table.index)


def texts(table: pd.DataFrame, column: str) -> pd.Series:
    """A column as trimmed text with single spaces; absent, empty and a lone ``-`` become ''."""
    if column not in table:
        return pd.Series("", index=table.index, dtype=object)
    words = table[column].map(lambda v: "" if v is None or pd.isna(v) else " ".join(str(v).split()))
    return words.where(~words.isin(["-", "–", "N/A", "n/a", "TBA"]), "").astype(object)


def numbers(table: pd.DataFrame, column: str) -> pd.Series:
    """A column as floats; what is no number becomes NaN."""
    if column not in table:
        return pd.Series(np.nan, index=table.index)
    return pd.to_numeric(table[column].astype(object), errors="coerce").astype("float64")


def dates(table: pd.DataFrame, column: str) -> pd.Series:
    """A column as timestamps; AEMO's tables write ``2001/12/18 00:00:00``, workbooks hold dates."""
    if column not in table:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    values = table[column]
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    texts = values.map(lambda v: "" if v is None or pd.isna(v) else str(v).strip().replace("/", "-"))
    return pd.to_datetime(texts, errors="coerce", format="ISO8601").astype("datetime64[us]")


def regions(words: pd.Series) -> pd.Series:
    """Today's regions; SNOWY1, abolished in July 2008, claims nothing."""
    return words.str.upper().where(lambda r: r.isin(REGIONS), "")


def dispatch_types(words: pd.Series) -> pd.Series:
    """One spelling per role: GENERATOR and Generating Unit are the same."""
    return words.map(lambda w: DISPATCH_TYPES.get(role_of(w), w)).astype(object)


def first_known(values: pd.Series) -> Any:
    """The first value that says something, else the column's "missing"."""
    # A plain loop: it runs once per unit and column, where whole-column operations on one value cost a second.
    known = (v for v in values.array if not pd.isna(v) and v != "")
    return next(known, np.nan if values.dtype.kind == "f" else "")
