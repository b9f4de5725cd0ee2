"""Groups of units, and what is pooled over them: energies, money, readings, capacities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.market_time import Window
from components.metrics.revenue import UnitSums, unit_sums
from components.queries.monthly import regions_of
from components.queries.units import Readings, UnitCoverage, UnitTable
from components.vocabulary import FUELS, FUELTECHS, LOAD, NEM, REGIONS

FIELDS = ("energy", "load", "energy_priced", "load_priced", "earned", "paid", "readings", "priced")
MOST_WAITING = 16_384
"""Units x stretches that are put together at once; more would take memory, fewer time."""
_BATTERY = {"battery_charging": "battery", "battery_discharging": "battery"}
_ORDERS = {"region": [*REGIONS, "", NEM], "fuel": list(FUELS), "fueltech": list(FUELTECHS)}


class Groups:
    """The groups of a question: a code per registry row, and the names behind each code.

    Parameters
    ----------
    by : columns of the registry that make a group; none = everything is one.
    one_market : regions are put together under the name NEM.
    """

    def __init__(self, by: Sequence[str], table: UnitTable, *, one_market: bool):
        columns = []
        for word in by:
            values = getattr(table, word)
            if word == "region" and one_market:
                values = np.full(table.rows, NEM, object)
            elif word in ("fuel", "fueltech"):
                # A load's fuel is what it is registered as; storage is one row, whatever its DUIDs are.
                at = 0 if word == "fuel" else 1
                sides = zip(table.positive, table.negative, table.role, strict=True)
                own = [n[at] if r == LOAD else p[at] for p, n, r in sides]
                values = np.array([_BATTERY.get(f, f) for f in own], object)
            columns.append(values.tolist())
        self.by = tuple(by)
        self._index: dict[tuple[str, ...], int] = {}
        keys = zip(*columns, strict=True) if columns else [()] * table.rows
        self.codes = np.array([self.code(key) for key in keys], np.int64)

    def code(self, key: tuple[str, ...]) -> int:
        """The code of a group, a new one where it is new."""
        return self._index.setdefault(key, len(self._index))

    def __len__(self) -> int:
        return len(self._index)

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """Names of every group, by code."""
        return list(self._index)

    def ordered(self, codes: np.ndarray) -> list[int]:
        """Codes in the vocabulary's order of their names, other names by letter."""
        keys = self.keys
        return sorted(codes.tolist(), key=lambda c: _rank(self.by, keys[c]))

    def columns(self, codes: Sequence[int]) -> dict[str, object]:
        """The names of these groups, a column for each word of ``by``."""
        keys = self.keys
        names = {word: [keys[c][i] for c in codes] for i, word in enumerate(self.by)}
        return {word: pd.Categorical(n, categories=list(dict.fromkeys(n))) for word, n in names.items()}


@dataclass(frozen=True, eq=False)
class PoolFigures:
    """An answer about groups before it is a frame: codes in their order, column -> figure of every group, readings, notes."""

    order: list[int]
    numbers: dict[str, np.ndarray]
    expected: int
    present: int
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Collected:
    """Units of a window before they are put into groups: who was read, and rows and sums of each stretch."""

    coverage: UnitCoverage
    waiting: tuple[tuple[np.ndarray, np.ndarray], ...]


class UnitPool:
    """Energies and money of groups of units, collected stretch by stretch at the native interval.

    ``sums`` has a row for each of :data:`FIELDS` and a column per group; ``spare`` columns are left for groups that
    turn up later. ``chosen`` are the registry rows asked for (default all). Ratios are taken of these pooled sums,
    once, at the end.
    """

    def __init__(
        self, table: UnitTable, window: Window, groups: Groups, chosen: np.ndarray | None = None, spare: int = 0
    ):
        self.table, self.groups = table, groups
        self._coverage = UnitCoverage(table, window, chosen)
        self._sums = np.zeros((len(FIELDS), len(groups) + spare))
        # One unit in one group: the registry row that held last.
        self._members: dict[tuple[int, int], int] = {}
        self._waiting: list[tuple[np.ndarray, np.ndarray]] = []
        self._columns = 0
        self._begun = False

    @property
    def size(self) -> int:
        """Number of columns."""
        return self._sums.shape[1]

    @property
    def sums(self) -> np.ndarray:
        """(fields, groups); may be added to."""
        self._put_together()
        return self._sums

    def collected(self) -> Collected | None:
        """What the stretches added up to before any of it was put together; None where some was."""
        return None if self._begun else Collected(self._coverage, tuple(self._waiting))

    def take_over(self, found: Collected) -> None:
        """Go on with what another pool of the same units and window collected."""
        self._coverage, self._waiting = found.coverage, list(found.waiting)

    def _put_together(self) -> None:
        """Spread what many stretches added up to over the groups at once."""
        if not self._waiting:
            return
        rows, columns = (np.concatenate(found, axis=-1) for found in zip(*self._waiting, strict=True))
        self._waiting, self._columns, self._begun = [], 0, True
        codes = self.groups.codes[rows]
        for i, column in enumerate(columns):
            self._sums[i] += np.bincount(codes, column, self.size)
        for unit, code, row in zip(self.table.unit[rows].tolist(), codes.tolist(), rows.tolist(), strict=True):
            self._members[unit, code] = row

    def field(self, name: str) -> np.ndarray:
        """One of :data:`FIELDS` for every group."""
        return self.sums[FIELDS.index(name)]

    def add(
        self, part: Readings, roles: np.ndarray, price: np.ndarray, loss_factor: np.ndarray | None = None
    ) -> UnitSums:
        """Add a stretch of readings; returns the sums of each of its units.

        Parameters
        ----------
        roles : (K,) how each unit is split.
        price : (5, T) [$/MWh] of the regions on the stretch's stamps.
        loss_factor : (K,) money is multiplied with.
        """
        return self.add_sums(part, unit_sums(part.values, roles, regions_of(self.table, part.rows), price), loss_factor)

    def add_sums(self, part: Readings, sums: UnitSums, loss_factor: np.ndarray | None = None) -> UnitSums:
        """Add the sums of a stretch's units; returns them, money multiplied with ``loss_factor``."""
        rows = part.rows
        if loss_factor is not None:
            sums.earned *= loss_factor
            sums.paid *= loss_factor
        live = sums.readings > 0
        self._waiting.append((rows[live], sums.stack()[:, live]))
        self._columns += len(rows)
        if self._columns > MOST_WAITING:
            self._put_together()
        self._coverage.add(part, sums.readings)
        return sums

    def spread(self, codes: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values added up by code, for every group."""
        return np.bincount(codes, values, self.size)

    def expected(self) -> np.ndarray:
        """Readings that each group should have: of every unit with a reading, while it was registered."""
        return self.expected_times(np.ones(self.table.rows))

    def expected_times(self, values: np.ndarray) -> np.ndarray:
        """Readings that each group should have, each unit's times its value of a registry column (rows,)."""
        rows, intervals = self._coverage.expected()
        return self.spread(self.groups.codes[rows], intervals * values[rows])

    @property
    def members(self) -> tuple[np.ndarray, np.ndarray]:
        """Registry rows with a reading and the code of their group; of a unit within a group the row that held last."""
        self._put_together()
        codes = [code for _, code in self._members]
        return np.array(list(self._members.values()), np.int64), np.array(codes, np.int64)

    def rated(self, values: np.ndarray) -> np.ndarray:
        """Sum of a registry column (capacity, storage) over each group's units with a reading, loads left out (what
        both halves of an old battery have is counted with the one that discharges); NaN where none is known."""
        self._put_together()
        out = np.full(self.size, np.nan)
        for (_, code), row in self._members.items():
            value = values[row]
            if self.table.role[row] != LOAD and not np.isnan(value):
                out[code] = value + (0.0 if np.isnan(out[code]) else out[code])
        return out


def _rank(by: Sequence[str], key: tuple[str, ...]) -> tuple:
    rank = []
    for word, value in zip(by, key, strict=True):
        order = _ORDERS.get(word, [])
        rank.append((order.index(value) if value in order else len(order), value))
    return tuple(rank)
