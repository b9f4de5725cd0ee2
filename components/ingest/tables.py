"""AEMO's tables -> tidy rows of the lake's datasets (pure).

:data:`TABLES` is the list of what is read. A new AEMO table is one entry here plus its dataset in
:mod:`components.schema`, whose columns name the AEMO columns that they come from.

Rules: prices are the rows with ``INTERVENTION`` = 0; physical values are those with 1 where a stamp has any,
else 0. Of several rows for one stamp and key the latest ``LASTCHANGED`` wins, else the last in the file.
Empty is missing (NaN), never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.errors import FileRejected
from components.ingest import mms
from components.ingest.mms_blocks import Asked, read_blocks
from components.ingest.mms_columns import Kind
from components.schema import DATASETS, Dataset, tidy_columns

PRICING, PHYSICAL = "pricing", "physical"
DEMO_SYSTEM = "DEMO.WORLD"
_FIVE_MINUTES = 300_000_000  # [us]


@dataclass(frozen=True)
class AemoTable:
    """One AEMO table and the dataset it fills.

    Attributes
    ----------
    key : (group, table) of its ``I`` line.
    files : words between separators of a file's name that say the table is inside.
    folder : the folder below ``Reports/Current`` and ``Reports/Archive`` that such files lie in.
    time : column of the interval-ending stamp.
    keys : the dataset's key columns -> AEMO columns.
    needed : AEMO columns (besides time and keys) without which a row says nothing.
    minutes : length of what a row covers.
    runs : which run counts where AEMO dispatched twice (``INTERVENTION``), None = the table has no such column.
    above_zero : tidy column that is above 0 somewhere in the file for every key that counts; None = all keys do.
    """

    key: mms.Key
    dataset: str
    files: tuple[str, ...]
    folder: str
    time: str
    keys: dict[str, str]
    needed: tuple[str, ...]
    minutes: int = 5
    runs: str | None = None
    above_zero: str | None = None

    @property
    def numbers(self) -> dict[str, str]:
        """The dataset's numeric columns -> AEMO columns, from the schema's own ``source``."""
        columns = DATASETS[self.dataset].columns
        return {c.name: c.source.partition(",")[0].rpartition(".")[2] for c in columns}


TABLES: tuple[AemoTable, ...] = (
    AemoTable(
        ("DISPATCH", "PRICE"), "price", ("DISPATCHPRICE", "DISPATCHIS"), "DispatchIS_Reports",
        "SETTLEMENTDATE", {"region": "REGIONID"}, ("RRP",), runs=PRICING,
    ),
    AemoTable(
        ("DISPATCH", "REGIONSUM"), "region", ("DISPATCHREGIONSUM", "DISPATCHIS"), "DispatchIS_Reports",
        "SETTLEMENTDATE", {"region": "REGIONID"}, ("TOTALDEMAND",), runs=PHYSICAL,
    ),
    AemoTable(
        ("DISPATCH", "INTERCONNECTORRES"), "flow", ("DISPATCHINTERCONNECTORRES", "DISPATCHIS"), "DispatchIS_Reports",
        "SETTLEMENTDATE", {"interconnector": "INTERCONNECTORID"}, ("METEREDMWFLOW", "MWFLOW"), runs=PHYSICAL,
    ),
    AemoTable(
        ("DISPATCH", "UNIT_SCADA"), "scada", ("DISPATCH_UNIT_SCADA", "DISPATCHSCADA"), "Dispatch_SCADA",
        "SETTLEMENTDATE", {"duid": "DUID"}, ("SCADAVALUE",),
    ),
    AemoTable(
        ("ROOFTOP", "ACTUAL"), "rooftop", ("ROOFTOP_PV_ACTUAL",), "ROOFTOP_PV",
        "INTERVAL_DATETIME", {"region": "REGIONID", "type": "TYPE"}, ("POWER",), minutes=30,
    ),
    # All units are in it; scheduled ones have a UIGF of 0 throughout (a farm has it only at night).
    AemoTable(
        ("DISPATCH", "UNIT_SOLUTION"), "semi_scheduled", ("DISPATCHLOAD", "NEXT_DAY_DISPATCH"), "Next_Day_Dispatch",
        "SETTLEMENTDATE", {"duid": "DUID"}, ("UIGF", "TOTALCLEARED"), runs=PHYSICAL, above_zero="uigf",
    ),
)  # fmt: skip


def source_of(file: mms.MmsFile) -> str:
    """Which of :data:`components.schema.SOURCE_RANK` a file is: by its first line, then by its name."""
    if file.system.upper() == DEMO_SYSTEM:
        return "demo"
    name = file.name.rpartition("/")[2].upper()
    archive = file.report.upper().startswith("DVD_") or name.startswith(("PUBLIC_DVD_", "PUBLIC_ARCHIVE"))
    return "mmsdm" if archive else "current"


def asked_of(table: AemoTable) -> Asked:
    """The AEMO columns of a table that are read, and those without which it says nothing."""
    columns: dict[str, Kind] = {table.time: "time"}
    columns |= dict.fromkeys(table.keys.values(), "text")
    columns |= dict.fromkeys(table.numbers.values(), "number")
    columns["LASTCHANGED"] = "time"
    required = [table.time, *table.keys.values(), *table.needed]
    if table.runs:
        columns["INTERVENTION"] = "number"
        required.append("INTERVENTION")
    return Asked(columns, tuple(required))


def read_dataset(file: mms.MmsFile, table: AemoTable) -> pd.DataFrame:
    """Tidy rows of one table of a file.

    Returns
    -------
    Frame with :func:`components.schema.tidy_columns`, one row per stamp and key; texts are categorical with sorted
    categories. ``attrs["notes"]`` says what was left out.

    Raises
    ------
    FileRejected
        When a key column is missing or rows cannot be read.
    """
    asked = asked_of(table)
    return _tidy(mms.read_table(file, table.key, asked.columns, asked.required), file, table)


def _tidy(raw: pd.DataFrame, file: mms.MmsFile, table: AemoTable) -> pd.DataFrame:
    """Tidy rows of what :func:`components.ingest.mms.read_table` gave."""
    dataset = DATASETS[table.dataset]
    notes = list(raw.attrs["notes"])
    rows = pd.DataFrame(
        {"time": raw[table.time]}
        | {tidy: raw[aemo] for tidy, aemo in table.keys.items()}
        | {tidy: raw[aemo] for tidy, aemo in table.numbers.items()},
        copy=False,  # a month of all units is a gigabyte of columns
    )
    rows["changed"] = raw["LASTCHANGED"]
    if file.published is not None and rows["changed"].hasnans:
        rows["changed"] = rows["changed"].fillna(file.published)
    label = f"{file.name}: {'.'.join(table.key)}"
    usable = _usable(rows, dataset, notes, label)
    if table.above_zero:
        usable &= _of_keys_above_zero(rows, dataset, table.above_zero)
    run = raw["INTERVENTION"].to_numpy() if table.runs else None
    if run is not None and table.runs == PRICING:
        usable &= run == 0
    if not usable.all():
        rows, run = rows[usable], None if run is None else run[usable]
    rows = _latest(rows, dataset, None if table.runs == PRICING else run)
    tidy = _narrow(dataset, rows, table.minutes, source_of(file))
    tidy.attrs["notes"] = notes
    return tidy


def _usable(rows: pd.DataFrame, dataset: Dataset, notes: list[str], label: str) -> np.ndarray:
    """Which rows have a stamp on the grid and a full key; the others are noted."""
    stamps = rows["time"].to_numpy("datetime64[us]")
    keyed = ~np.isnat(stamps)
    for name in dataset.key:
        words = rows[name].cat
        empty = np.flatnonzero(words.categories == "")
        if len(empty):
            keyed &= words.codes.to_numpy() != empty[0]
    micros = stamps.view("int64")
    on_grid = micros // _FIVE_MINUTES * _FIVE_MINUTES == micros  # a remainder is ten times as slow
    for bad, why in ((~keyed, "have no stamp or no key"), (keyed & ~on_grid, "lie off the 5-minute grid")):
        if bad.any():
            notes.append(f"{label}: {int(bad.sum())} rows left out, they {why}")
    return keyed & on_grid


def _of_keys_above_zero(rows: pd.DataFrame, dataset: Dataset, column: str) -> np.ndarray:
    """Which rows are of a key whose ``column`` is above 0 somewhere."""
    (key,) = dataset.key
    codes = rows[key].cat.codes.to_numpy()
    above = np.zeros(len(rows[key].cat.categories), bool)
    above[codes[rows[column].to_numpy() > 0]] = True
    return above[codes]


def _latest(rows: pd.DataFrame, dataset: Dataset, run: np.ndarray | None) -> pd.DataFrame:
    """One row per stamp and key: intervention runs first where ``run`` is given, then latest, then last."""
    if _in_order(rows, dataset):
        return rows
    names = ["time", *dataset.key]
    codes = np.zeros(len(rows), "int64")
    for name in names:
        code, levels = pd.factorize(rows[name])
        codes = codes * max(len(levels), 1) + code
    again = pd.Series(codes).duplicated(keep=False).to_numpy()
    if not again.any():
        return rows
    order = rows.assign(_run=0.0 if run is None else (run == 1).astype(float), _code=codes)[again]
    best = order.sort_values(["_run", "changed"], na_position="first", kind="stable").drop_duplicates(
        "_code", keep="last"
    )
    keep = ~again
    keep[rows.index.get_indexer(best.index)] = True
    return rows[keep].copy()


def _narrow(dataset: Dataset, rows: pd.DataFrame, minutes: int, source: str) -> pd.DataFrame:
    """The dataset's columns, with texts as categories: sorted ones, so that equal rows are equal frames."""
    out: dict[str, object] = {"time": rows["time"].to_numpy("datetime64[us]")}
    for name in dataset.key:
        codes, words = rows[name].cat.codes.to_numpy(), rows[name].cat.categories
        used = sorted(np.flatnonzero(np.bincount(codes, minlength=len(words))).tolist(), key=words.__getitem__)
        place = np.zeros(len(words), codes.dtype)
        place[used] = np.arange(len(used), dtype=codes.dtype)
        out[name] = pd.Categorical.from_codes(
            place[codes], categories=pd.Index(words[used], dtype=object), validate=False
        )
    for name in dataset.fields:
        out[name] = rows[name].to_numpy("float64")
    out["minutes"] = np.full(len(rows), minutes, "int8")
    out["source"] = pd.Categorical.from_codes(np.zeros(len(rows), "int8"), categories=pd.Index([source], dtype=object))
    out["changed"] = rows["changed"].to_numpy("datetime64[us]")
    return pd.DataFrame(out, columns=tidy_columns(dataset), copy=False)


def _in_order(rows: pd.DataFrame, dataset: Dataset) -> bool:
    """True where stamps ascend and so do the keys of each, as in most of AEMO's files: then no row is there twice."""
    times = rows["time"].to_numpy("datetime64[us]").view("int64")
    later, same = times[1:] > times[:-1], times[1:] == times[:-1]
    for name in dataset.key:
        words = rows[name].cat
        codes: np.ndarray = words.codes.to_numpy()
        rank = np.argsort(np.argsort(words.categories.to_numpy())).astype(codes.dtype)[codes]
        later |= same & (rank[1:] > rank[:-1])
        same &= rank[1:] == rank[:-1]
    return bool(later.all())


def tables_for(datasets: Iterable[str]) -> tuple[AemoTable, ...]:
    """The tables that fill the named datasets."""
    wanted = set(datasets)
    return tuple(t for t in TABLES if t.dataset in wanted)


def read_datasets(file: mms.MmsFile, datasets: Iterable[str]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Every wanted dataset that a file holds, and why a table of it was set aside.

    Returns
    -------
    (dataset -> tidy rows, one sentence per table set aside)
    """
    present = set(file.tables())
    out: dict[str, pd.DataFrame] = {}
    aside: list[str] = []
    for table in tables_for(datasets):
        if table.key not in present:
            continue
        try:
            rows = read_dataset(file, table)
        except FileRejected as why:
            aside.append(str(why))
            continue
        if len(rows):
            out[table.dataset] = rows
    return out, aside


def read_datasets_of_blocks(
    blocks: Iterable[bytes], name: str, datasets: Iterable[str]
) -> tuple[mms.MmsFile, dict[str, pd.DataFrame]]:
    """As :func:`read_datasets`, from a text that comes in blocks; the file is given without its text.

    Raises
    ------
    UnusualText
        When only :func:`read_datasets` can tell what the text holds.
    """
    tables = {table.key: table for table in tables_for(datasets)}
    file, raw = read_blocks(blocks, name, {key: asked_of(table) for key, table in tables.items()})
    out = {}
    for key, table in tables.items():
        if key in raw:
            rows = _tidy(raw.pop(key), file, table)
            if len(rows):
                out[table.dataset] = rows
    return file, out
