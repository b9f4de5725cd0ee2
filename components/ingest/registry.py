"""The registry of units: everything that the sources claim, merged into dated rows.

Every source makes *claims* (:mod:`components.ingest.registry_claims`); at any moment, for every unit
and column, the strongest claim counts, whatever the order of reading:

========================================  ==================================================================
column                                    strongest first
========================================  ==================================================================
station, owner                            registration > generation_information > dudetailsummary > cdeii > import
fuel, fueltech                            registration > generation_information > cdeii > import > pattern
region, role, dispatch_type,              within its dates, up to its publication: dudetailsummary > dudetail;
schedule_type, capacity_mw, mlf           beyond: the newest of archive and registration; then
                                          generation_information > cdeii > import > pattern
storage_mwh                               registration > generation_information > dudetail > import
registered_from                           dudetailsummary
registered_to                             the newest statement (being on the registration list says: none)
emissions_t_per_mwh                       cdeii > import
========================================  ==================================================================

Station, owner and fuel hold for all time (a unit is found under one name); the other columns are dated,
and each change makes a new row (``valid_from``). A unit's first row holds from the beginning.
``origin`` tells where each value comes from (``registration@20260324:fuel,region|...``), so that a
registry can be merged with what a later run brings (:func:`merge_units`) by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from components.errors import FileRejected
from components.ingest import registry_sources as tables
from components.ingest import registry_workbooks as workbooks
from components.ingest.fuel_words import OTHER, is_pseudo
from components.ingest.registry_claims import OLDEST, claims_of
from components.ingest.registry_inference import complete
from components.ingest.registry_timeline import ALWAYS, PRECEDENCE, Claim, rows_of
from components.market_time import TIME_DTYPE
from components.schema import UNITS_COLUMNS, conform_units
from components.vocabulary import UNMAPPED

__all__ = ["RegistryParts", "build_units", "merge_units"]


@dataclass
class RegistryParts:
    """What one run found about units; any part may be absent, and a table may come in several months.

    Add with :meth:`add_table` (frames as read from AEMO's CSV, columns by name, text or typed) and
    :meth:`add_workbook` (path or bytes).
    """

    claims: list[pd.DataFrame] = field(default_factory=list)
    summaries: list[tuple[pd.DataFrame, pd.Timestamp | None]] = field(default_factory=list)
    names: dict[str, list[tuple[pd.Timestamp, dict[str, str]]]] = field(default_factory=dict)

    TABLES = ("DUDETAIL", "DUDETAILSUMMARY", "STATION", "PARTICIPANT", "CDEII")

    def add_table(self, table: str, frame: pd.DataFrame, published: pd.Timestamp | None = None) -> None:
        """Add one table's rows: DUDETAIL, DUDETAILSUMMARY, STATION, PARTICIPANT or CDEII.

        ``published`` is the time in the file's C row. Raises FileRejected when a key column is missing.
        """
        name = table.upper()
        if name == "DUDETAILSUMMARY":
            # Checked now so that the file is named that is wrong; read again with names known in build_units.
            tables.read_dudetailsummary(frame.head(0), published)
            self.summaries.append((frame, published))
        elif name == "DUDETAIL":
            self.claims.append(tables.read_dudetail(frame, published))
        elif name in ("STATION", "PARTICIPANT"):
            dated = (published if published is not None else OLDEST, tables.read_names(frame, name))
            self.names.setdefault(name, []).append(dated)
        elif name in ("CDEII", "CO2EII_AVAILABLE_GENERATORS"):
            self.claims.append(tables.read_cdeii(frame, published))
        else:
            raise FileRejected(f"table {table!r} tells nothing about units; expected {', '.join(self.TABLES)}")

    def add_workbook(self, book: Path | str | bytes, published: pd.Timestamp | None = None) -> str:
        """Add a registration list or a generation-information workbook; returns which it was.

        Raises FileRejected when it is neither.
        """
        which, claims = workbooks.read_workbook(book, published)
        self.claims.append(claims)
        return which

    def names_of(self, table: str) -> dict[str, str]:
        """Id -> name of STATION or PARTICIPANT, the newest file's word for each."""
        in_order = sorted(self.names.get(table, []), key=lambda dated: dated[0])
        return {i: name for _, names in in_order for i, name in names.items()}

    @property
    def empty(self) -> bool:
        """True when nothing was added."""
        return not self.claims and not self.summaries


Said = dict[str, dict[str, list[Claim]]]
"""DUID -> column -> claims."""


def _collect(frames: Iterable[pd.DataFrame]) -> Said:
    """Claims by unit and column; what the precedence of a column does not name is left out."""
    said: Said = {}
    for claims in frames:
        starts = claims["start"].to_numpy(TIME_DTYPE)
        starts = np.where(np.isnat(starts), ALWAYS, starts)
        dates = claims["as_of"].to_numpy(TIME_DTYPE)
        values = claims["value"].astype(object).where(claims["value"].notna(), None).tolist()
        names = (claims[c].tolist() for c in ("duid", "column", "source"))
        for duid, column, source, start, value, as_of in zip(*names, starts, values, dates, strict=True):
            if source in PRECEDENCE[column]:
                said.setdefault(duid, {}).setdefault(column, []).append((start, value, source, as_of))
    return said


def _resolve(claims: Said) -> pd.DataFrame:
    """Claims -> the registry."""
    rows = [row for duid, of_unit in claims.items() for row in rows_of(duid, of_unit)]
    return complete(conform_units(pd.DataFrame(rows, columns=[c.name for c in UNITS_COLUMNS])))


def _add_units(said: Said, units: pd.DataFrame) -> None:
    """Turn a registry back into the claims it was made of, told by its ``origin`` column, and add them.

    Rows without one (written by another program) count as imported: what they say holds until AEMO says more.
    """
    starts = units["valid_from"].where(units["duid"].duplicated()).to_numpy(TIME_DTYPE)
    starts = np.where(np.isnat(starts), ALWAYS, starts)
    columns = {c: units[c].astype(object).where(units[c].notna(), None).tolist() for c in PRECEDENCE}
    imported = [c for c, order in PRECEDENCE.items() if "import" in order]
    last: dict[tuple[str, str, str], Any] = {}
    for i, (duid, origin) in enumerate(zip(units["duid"].tolist(), units["origin"].tolist(), strict=True)):
        of_unit = said.setdefault(duid, {})
        stated = ",".join(c for c in imported if columns[c][i] not in (None, "", UNMAPPED))
        for entry in (origin or f"import@{OLDEST:%Y%m%d}:{stated}").split("|"):
            who, _, what = entry.partition(":")
            source, _, day = who.partition("@")
            as_of = np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:8]}", "us")
            for column in what.split(",") if what else ():
                value, key = columns[column][i], (duid, column, who)
                if key not in last or last[key] != value:
                    last[key] = value
                    of_unit.setdefault(column, []).append((starts[i], value, source, as_of))


def build_units(parts: RegistryParts, duids: Iterable[str] = ()) -> pd.DataFrame:
    """The registry that ``parts`` tell of (:data:`components.schema.UNITS_COLUMNS`), by DUID and date.

    ``duids`` are ids seen in the data; those that no source knows get a row of their own: ``other`` for the
    pseudo units that stand for no plant (dummy generators, reserve traders), else ``unmapped``.
    """
    claims = list(parts.claims)
    stations, owners = parts.names_of("STATION"), parts.names_of("PARTICIPANT")
    for frame, published in parts.summaries:
        claims.append(tables.read_dudetailsummary(frame, published, stations=stations, participants=owners))
    named = {d for c in claims for d in c["duid"]}
    claims.append(_claims_of_ids(sorted(named.union(duids))))
    return _resolve(_collect(claims))


def _claims_of_ids(duids: list[str]) -> pd.DataFrame:
    """What an id alone tells: that the unit exists, and that DG_ and RT_ ids are pseudo units of their region."""
    rows = pd.DataFrame({"duid": duids}, dtype=object)
    rows["station"] = rows["duid"]
    pseudo = rows["duid"].map(is_pseudo).astype(bool)
    rows["fuel"] = np.where(pseudo, OTHER.fuel, "")
    rows["fueltech"] = np.where(pseudo, OTHER.fueltech, "")
    rows["region"] = np.where(pseudo, rows["duid"].str.extract(r"_([A-Z]+)", expand=False).fillna("") + "1", "")
    return claims_of(rows, ["station", "fuel", "fueltech", "region"], "pattern", None)


def merge_units(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Old registry and newly built one as one, by the same precedence.

    Nothing the old one knew is lost, the stronger claim wins column by column and date by date, the order
    of the two does not matter (but for two statements of one source and date: the newer registry's counts), and
    merging the same again changes nothing.
    """
    said: Said = {}
    for units in (old, new):
        _add_units(said, conform_units(units))
    return _resolve(said)
