"""An immutable view of one published version: read-only frames, by month, on a 5-minute grid.

Every dataset is cut into months. A month's chunk is one array ``(field, key, stamp)`` over the month's
complete grid of 5-minute stamps, so a position is a time and a missing reading is NaN in its place.
Keys (units, regions, links) come second so that one unit's month is contiguous: reading a station
touches only its own pages of a memory-mapped file.

30-minute readings are spread over their six stamps at the same power, which keeps energy and
time-weighted means exact; ``Block.minutes`` says where that was done, so that counts of native
intervals stay right. 5-minute readings take the place of spread ones.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from components.market_time import DISPATCH, TIME_DTYPE
from components.schema import DATASETS, PUBLIC_SOURCE, conform, conform_units, month_of
from components.stopping import stop_if_unwanted
from components.store.chunk import STEP, Chunk, build_chunk, month_length


@dataclass(frozen=True)
class Block:
    """One field of one dataset over a window, on the 5-minute grid (months without data left out).

    Attributes
    ----------
    times : datetime64[us] (T,), interval-ending, ascending.
    keys : K names of the rows of ``values``.
    values : (K, T) float, NaN = missing. May be a read-only view of a mapped file: never write to it.
    minutes : 5, 30, or uint8 (K, T): native length of each reading (0 = none).
    """

    times: np.ndarray
    keys: tuple[str, ...]
    values: np.ndarray
    minutes: int | np.ndarray

    def row(self, key: str) -> np.ndarray:
        """The series of one key (T,); all NaN when the block does not have it."""
        if key in self.keys:
            return self.values[self.keys.index(key)]
        return np.full(len(self.times), np.nan)

    def native_minutes(self) -> np.ndarray:
        """Native length of each reading as an array (K, T); 0 where there is none."""
        if isinstance(self.minutes, np.ndarray):
            return self.minutes
        return np.where(np.isnan(self.values), 0, self.minutes).astype("uint8")


class Snapshot:
    """One published version, shared by every reader and changed by none.

    Parameters
    ----------
    version : the published version's name, part of every ETag.
    chunks : dataset -> its months in ascending order.
    units : the registry, tidy (:data:`components.schema.UNITS_COLUMNS`).
    published : when, naive NEM time; None for one that only memory holds.
    problems : what is wrong with the stored data, one sentence each; the status shows them.
    """

    def __init__(
        self,
        version: str,
        chunks: Mapping[str, Sequence[Chunk]],
        units: pd.DataFrame,
        published: pd.Timestamp | None = None,
        problems: Sequence[str] = (),
    ):
        self.version = version
        self.published = published
        self.problems = tuple(problems)
        self._chunks = {name: tuple(chunks.get(name, ())) for name in DATASETS}
        self._units = conform_units(units)
        self._keys: dict[str, tuple[str, ...]] = {}

    @classmethod
    def from_frames(cls, frames: Mapping[str, pd.DataFrame], units: pd.DataFrame, version: str = "memory") -> Snapshot:
        """A snapshot held in memory, from tidy frames by dataset name; for tests and small data."""
        chunks: dict[str, list[Chunk]] = {}
        for name, frame in frames.items():
            tidy = conform(DATASETS[name], frame)
            months = month_of(tidy["time"])
            chunks[name] = [build_chunk(DATASETS[name], m, tidy[months == m])[0] for m in sorted(set(months))]
        return cls(version, chunks, units)

    # -- what is there -------------------------------------------------------------------------------

    @property
    def empty(self) -> bool:
        """True when no dataset has a single row."""
        return not any(self._chunks.values())

    def chunks(self, dataset: str) -> tuple[Chunk, ...]:
        """The months of a dataset, ascending."""
        return self._chunks[dataset]

    @cached_property
    def _months(self) -> dict[str, list[str]]:
        return {name: [c.month for c in chunks] for name, chunks in self._chunks.items()}

    def chunks_between(self, dataset: str, start: np.datetime64, end: np.datetime64) -> tuple[Chunk, ...]:
        """The months of a dataset that may hold stamps of ``(start, end]``, ascending."""
        months = self._months[dataset]
        return self._chunks[dataset][bisect_left(months, str(start)[:7]) : bisect_right(months, str(end)[:7])]

    @cached_property
    def _edges(self) -> dict[str, tuple[pd.Timestamp | None, pd.Timestamp | None]]:
        return {
            name: (pd.Timestamp(chunks[0].first), pd.Timestamp(chunks[-1].last)) if chunks else (None, None)
            for name, chunks in self._chunks.items()
        }

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Where the data comes from, as answers name it: ``nemweb``, ``import``, ``demo``."""
        names = {PUBLIC_SOURCE[s] for chunks in self._chunks.values() for c in chunks for s in c.sources}
        return tuple(sorted(names))

    @property
    def is_demo(self) -> bool:
        """True for synthetic data: every page and every answer says so."""
        return "demo" in self.sources

    def first(self, dataset: str) -> pd.Timestamp | None:
        """Oldest stamp of a dataset, None when it has no rows."""
        return self._edges[dataset][0]

    def last(self, dataset: str) -> pd.Timestamp | None:
        """Newest stamp of a dataset, None when it has no rows. "Now" is this, never the wall clock."""
        return self._edges[dataset][1]

    def keys(self, dataset: str) -> tuple[str, ...]:
        """Every key (DUID, region, interconnector) a dataset ever had, sorted."""
        known = self._keys.get(dataset)
        if known is None:
            known = self._keys[dataset] = tuple(sorted({k for c in self._chunks[dataset] for k in c.keys}))
        return known

    @property
    def units(self) -> pd.DataFrame:
        """The dated registry, a fresh copy (readers may do with it as they like)."""
        return self._units.copy()

    @cached_property
    def _spans(self) -> dict[str, np.ndarray]:
        return {str(duid): np.asarray(rows) for duid, rows in self._units.groupby("duid", sort=False).indices.items()}

    def units_at(self, when: pd.Timestamp | np.datetime64, duids: Sequence[str] | None = None) -> pd.DataFrame:
        """The registry as it stood at one moment: one row per DUID, indexed by DUID.

        Before its first dated row a unit has that row's values. DUIDs of the data that no source of the
        registry knows come back as unmapped generators, never dropped.

        Parameters
        ----------
        duids : which units, in this order; default every unit of the registry and of the SCADA data.
        """
        moment = np.datetime64(pd.Timestamp(when), "us")
        wanted = list(duids) if duids is not None else sorted({*self._spans, *self.keys("scada")})
        valid = self._units["valid_from"].to_numpy(TIME_DTYPE)
        known = [d for d in wanted if d in self._spans]
        picks = []
        for duid in known:
            rows = self._spans[duid]
            begun = [r for r in rows if np.isnat(valid[r]) or valid[r] <= moment]
            picks.append(begun[-1] if begun else rows[0])
        table = self._units.iloc[picks].set_index("duid")
        if len(known) < len(wanted):
            table = table.reindex(wanted)
            strange = [d for d in wanted if d not in self._spans]
            for column in ("owner", "region", "dispatch_type", "schedule_type"):
                table.loc[strange, column] = ""
            table.loc[strange, "station"] = strange
            table.loc[strange, ["fuel", "fueltech"]] = "unmapped"
            table.loc[strange, "role"] = "generator"
        table.index.name = "duid"
        return table

    # -- reading -------------------------------------------------------------------------------------

    def blocks(
        self, dataset: str, column: str, start: pd.Timestamp, end: pd.Timestamp, keys: Sequence[str] | None = None
    ) -> Iterator[Block]:
        """One block per month of the stamps in ``(start, end]``; months without data are left out.

        Working month by month keeps the memory of a long question small. With ``keys`` every block has
        exactly these rows in this order (NaN where the month lacks one); without, the month's own keys.
        """
        low, high = np.datetime64(start, "us"), np.datetime64(end, "us")
        for chunk in self.chunks_between(dataset, low, high):
            i = max(0, int((low - chunk.origin) // STEP))
            j = min(chunk.length, int((high - chunk.origin) // STEP))
            if i >= j:
                continue
            stop_if_unwanted()
            data = chunk.values[chunk.fields.index(column)]
            minutes = chunk.minutes
            if keys is None:
                names = chunk.keys
                values = data[:, i:j]
                native = minutes[:, i:j] if isinstance(minutes, np.ndarray) else minutes
            else:
                names = tuple(keys)
                rows = [chunk.position.get(k, -1) for k in names]
                values = np.full((len(names), j - i), np.nan, data.dtype)
                native = np.zeros((len(names), j - i), "uint8") if isinstance(minutes, np.ndarray) else minutes
                for to, row in enumerate(rows):
                    if row >= 0:
                        values[to] = data[row, i:j]
                        if isinstance(minutes, np.ndarray) and isinstance(native, np.ndarray):
                            native[to] = minutes[row, i:j]
            yield Block(chunk.origin + np.arange(i + 1, j + 1) * STEP, names, values, native)

    def block(
        self, dataset: str, column: str, start: pd.Timestamp, end: pd.Timestamp, keys: Sequence[str] | None = None
    ) -> Block:
        """The stamps in ``(start, end]`` in one piece (months without data left out, not filled).

        For few keys (regions, links, the units of a station); for all units use :meth:`blocks`.
        """
        names = tuple(keys) if keys is not None else self.keys(dataset)
        parts = list(self.blocks(dataset, column, start, end, names))
        if not parts:
            return Block(np.empty(0, TIME_DTYPE), names, np.empty((len(names), 0)), 5)
        if len(parts) == 1:
            return parts[0]
        natives = {p.minutes if isinstance(p.minutes, int) else -1 for p in parts}
        minutes: int | np.ndarray
        if len(natives) == 1 and -1 not in natives:
            minutes = natives.pop()
        else:
            minutes = np.concatenate([p.native_minutes() for p in parts], axis=1)
        return Block(
            np.concatenate([p.times for p in parts]), names, np.concatenate([p.values for p in parts], axis=1), minutes
        )


EMPTY_UNITS = pd.DataFrame({"duid": pd.Series(dtype=object)})


def empty_snapshot() -> Snapshot:
    """What is served before there is any data."""
    return Snapshot("empty", {}, EMPTY_UNITS)


__all__ = ["DISPATCH", "STEP", "Block", "Chunk", "Snapshot", "build_chunk", "empty_snapshot", "month_length"]
