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

import numpy as np
import pandas as pd

from components.errors import FileRejected
from components.ingest import registry_sources as tables
from components.ingest import registry_workbooks as workbooks
from components.ingest.fuel_words import OTHER, is_pseudo
from components.ingest.registry_claims import CLAIM_COLUMNS, claims_of, empty_claims
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
    stations: dict[str, str] = field(default_factory=dict)
    participants: dict[str, str] = field(default_factory=dict)

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
        elif name == "STATION":
            self.stations.update(tables.read_names(frame, name))
        elif name == "PARTICIPANT":
            self.participants.update(tables.read_names(frame, name))
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

    @property
    def empty(self) -> bool:
        """True when nothing was added."""
        return not self.claims and not self.summaries


def _resolve(claims: pd.DataFrame) -> pd.DataFrame:
    """Claims -> the registry."""
    by_unit: dict[str, dict[str, list[Claim]]] = {}
    starts = claims["start"].to_numpy(TIME_DTYPE)
    starts = np.where(np.isnat(starts), ALWAYS, starts)
    dates = claims["as_of"].to_numpy(TIME_DTYPE)
    missing = claims["value"].isna().to_numpy()
    for i, (duid, column, value, source) in enumerate(
        zip(claims["duid"], claims["column"], claims["value"], claims["source"], strict=True)
    ):
        if source in PRECEDENCE[column]:
            claim = (starts[i], None if missing[i] else value, source, dates[i])
            by_unit.setdefault(duid, {}).setdefault(column, []).append(claim)
    rows = [row for duid, said in by_unit.items() for row in rows_of(duid, said)]
    names = [c.name for c in UNITS_COLUMNS]
    said = conform_units(pd.DataFrame(rows, columns=names))
    return _without_overruled(said, complete(said))


def _without_overruled(said: pd.DataFrame, completed: pd.DataFrame) -> pd.DataFrame:
    """The completed registry, where ``origin`` no longer names columns whose value a rule has changed."""
    origin = completed["origin"].tolist()
    for column in ("fuel", "fueltech", "role"):
        overruled = (said[column] != completed[column]) & (said[column] != "")
        for i in np.flatnonzero(overruled):
            entries = (entry.partition(":") for entry in origin[i].split("|"))
            left = [(who, [c for c in what.split(",") if c != column]) for who, _, what in entries]
            origin[i] = "|".join(f"{who}:{','.join(what)}" for who, what in left if what)
    return completed.assign(origin=origin)


def _claims_of_units(units: pd.DataFrame) -> pd.DataFrame:
    """A registry back into the claims it was made of, told by its ``origin`` column.

    Rows without one (written by another program) count as imported: what they say holds until AEMO says more.
    """
    parts = []
    first = ~units["duid"].duplicated()
    values = {c.name: units[c.name].to_numpy(object) for c in UNITS_COLUMNS}
    valid = units["valid_from"].where(~first).to_numpy(TIME_DTYPE)
    named = {c for c, order in PRECEDENCE.items() if "import" in order}
    for i, origin in enumerate(units["origin"]):
        stated = [c for c in named if not pd.isna(values[c][i]) and values[c][i] not in ("", UNMAPPED)]
        for entry in (origin or f"import@19900101:{','.join(sorted(stated))}").split("|"):
            who, _, what = entry.partition(":")
            source, _, day = who.partition("@")
            as_of = np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:8]}", "us")
            parts += [(values["duid"][i], c, values[c][i], valid[i], source, as_of) for c in what.split(",")]
    return pd.DataFrame(parts, columns=list(CLAIM_COLUMNS)) if parts else empty_claims()


def build_units(parts: RegistryParts, duids: Iterable[str] = ()) -> pd.DataFrame:
    """The registry that ``parts`` tell of (:data:`components.schema.UNITS_COLUMNS`), by DUID and date.

    ``duids`` are ids seen in the data; those that no source knows get a row of their own: ``other`` for the
    pseudo units that stand for no plant (dummy generators, reserve traders), else ``unmapped``.
    """
    claims = list(parts.claims)
    for frame, published in parts.summaries:
        claims.append(
            tables.read_dudetailsummary(frame, published, stations=parts.stations, participants=parts.participants)
        )
    named = {d for c in claims for d in c["duid"]}
    claims.append(_claims_of_ids(sorted(named.union(duids))))
    return _resolve(pd.concat(claims, ignore_index=True))


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
    of the two does not matter, and merging the same again changes nothing.
    """
    return _resolve(pd.concat([_claims_of_units(conform_units(f)) for f in (old, new)], ignore_index=True))
