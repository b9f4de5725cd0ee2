"""What one published version holds, and its form as ``manifest.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from components.errors import StoreCorrupt, StoreError
from components.schema import DATASETS, SOURCE_RANK

SCHEMA = 1
"""Number of the manifest's and the lake's layout; a program reads its own and older ones."""


@dataclass(frozen=True)
class StoredMonth:
    """One month's Parquet file; ``file`` is relative to the data folder (and to the version's own)."""

    file: str
    rows: int
    first: pd.Timestamp
    last: pd.Timestamp
    sha256: str
    bytes: int
    source: tuple[str, ...]


@dataclass(frozen=True)
class StoredDataset:
    """The months of one dataset, ascending."""

    months: Mapping[str, StoredMonth]

    @property
    def rows(self) -> int:
        """Rows of all months."""
        return sum(m.rows for m in self.months.values())

    @property
    def first(self) -> pd.Timestamp:
        """Oldest stamp."""
        return min(m.first for m in self.months.values())

    @property
    def last(self) -> pd.Timestamp:
        """Newest stamp."""
        return max(m.last for m in self.months.values())


@dataclass(frozen=True)
class StoredUnits:
    """The registry's Parquet file."""

    file: str
    rows: int
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What one version holds.

    Attributes
    ----------
    created : when it was published, naive NEM time.
    previous : the versions published before it that are kept, newest first.
    datasets : only those that have rows.
    """

    version: str
    created: pd.Timestamp
    previous: tuple[str, ...] = ()
    datasets: Mapping[str, StoredDataset] = field(default_factory=dict)
    units: StoredUnits | None = None

    @property
    def source(self) -> list[str]:
        """Every source rows come from, best first."""
        found = {s for d in self.datasets.values() for m in d.months.values() for s in m.source}
        return sorted(found, key=SOURCE_RANK.__getitem__)

    @property
    def is_demo(self) -> bool:
        """True for a synthetic market; such rows never share a version with real ones."""
        return "demo" in self.source

    def to_json(self) -> str:
        """The content of ``manifest.json``."""
        datasets = {
            name: {
                "rows": dataset.rows,
                "first": dataset.first.isoformat(),
                "last": dataset.last.isoformat(),
                "months": {month: _month_json(stored) for month, stored in dataset.months.items()},
            }
            for name, dataset in self.datasets.items()
        }
        return json.dumps(
            {
                "schema": SCHEMA,
                "version": self.version,
                "created": f"{self.created.isoformat()}+10:00",
                "source": self.source,
                "previous": list(self.previous),
                "datasets": datasets,
                "units": vars(self.units) if self.units else None,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str, where: str = "manifest.json") -> Manifest:
        """A manifest from its file.

        Raises
        ------
        StoreError
            A newer program wrote it.
        StoreCorrupt
            It is no manifest.
        """
        try:
            content = json.loads(text)
            schema = int(content["schema"])
        except (ValueError, KeyError, TypeError):
            raise StoreCorrupt(f"{where} is damaged: it is no manifest of a lake") from None
        if schema > SCHEMA:
            raise StoreError(
                f"{where} has schema {schema}, written by a newer version of this program; this one reads up to {SCHEMA}: update it"
            )
        try:
            return cls(
                str(content["version"]),
                pd.Timestamp(content["created"]).tz_convert("Etc/GMT-10").tz_localize(None).as_unit("us"),
                tuple(content["previous"]),
                {
                    name: StoredDataset(
                        {m: _month_of_json(f) for m, f in sorted(content["datasets"][name]["months"].items())}
                    )
                    for name in DATASETS
                    if name in content["datasets"]
                },
                StoredUnits(**content["units"]) if content["units"] else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise StoreCorrupt(f"{where} is damaged: {type(wrong).__name__} {wrong}") from None


def _month_json(stored: StoredMonth) -> dict[str, Any]:
    return {
        **vars(stored),
        "first": stored.first.isoformat(),
        "last": stored.last.isoformat(),
        "source": list(stored.source),
    }


def _month_of_json(content: dict[str, Any]) -> StoredMonth:
    return StoredMonth(
        str(content["file"]), int(content["rows"]), pd.Timestamp(content["first"]), pd.Timestamp(content["last"]),
        str(content["sha256"]), int(content["bytes"]), tuple(content["source"]),
    )  # fmt: skip
