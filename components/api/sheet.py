"""An answer's rows as JSON straight from the grid that they are: times and names are written once, numbers rounded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import orjson

from components.api.table import Rows, Table, iso_times, rounded, rows
from components.market_time import TIME_DTYPE, UTC_OFFSET
from components.queries.grid import Grid

_MINUTE_US = 60_000_000
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Sheet:
    """A grid with its units, as long as all of its rows are wanted."""

    grid: Grid
    frame_units: Mapping[str, str]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.grid.rows

    @property
    def values(self) -> int:
        """Number of cells."""
        return self.rows * (1 + len(self.grid.names) + len(self.grid.numbers))

    @property
    def units(self) -> dict[str, str]:
        """Unit of each column that has one."""
        return {name: self.frame_units[name] for name in self.grid.numbers if self.frame_units.get(name)}

    def cut(self, offset: int, limit: int | None) -> Sheet | Table | Rows:
        """Rows from ``offset`` on, at most ``limit``; the sheet itself where that is all of them."""
        if not offset and (limit is None or limit >= self.rows):
            return self
        return rows(self.grid.frame(), self.frame_units).cut(offset, limit)

    def json_columns(self) -> dict[str, object]:
        """Column -> what orjson writes as its array."""
        grid = self.grid
        out: dict[str, object] = {"time": orjson.Fragment(b"[" + json_times(grid.labels, grid.series) + b"]")}
        for name, words in grid.names.items():
            out[name] = orjson.Fragment(_repeated(words, len(grid.labels)))
        for name in grid.numbers:
            out[name] = rounded(grid.column(name), self.frame_units.get(name, ""))
        return out


def _repeated(words: Sequence[str], times: int) -> bytes:
    """A JSON array that says the same words over and over."""
    once = b",".join(orjson.dumps(str(w)) for w in words) + b"," if words else b""
    return b"[" + (once * times)[:-1] + b"]"


def json_times(stamps: np.ndarray, each: int = 1) -> bytes:
    """The items of a JSON array of times: naive NEM times as ISO 8601 with their offset, each so many times.

    >>> json_times(np.array(["2024-07-01T00:05"], "datetime64[us]"), 2)
    b'"2024-07-01T00:05:00+10:00","2024-07-01T00:05:00+10:00"'
    """
    minutes, rest = np.divmod(np.asarray(stamps, TIME_DTYPE).astype(np.int64), _MINUTE_US)
    days, minute = np.divmod(minutes, _DAY_MINUTES)
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
    if rest.any() or last - first > 4 * len(days) + 366:  # seconds, or no time: nothing that buckets are called
        return orjson.dumps(np.repeat(iso_times(stamps), each).tolist())[1:-1]
    dates = np.datetime_as_string(np.arange(first, last + 1).astype("datetime64[D]")).astype("S10")
    out = _clock().take(minute)
    out["date"] = dates.take(days - first)
    return (out if each == 1 else out.repeat(each)).tobytes()[:-1]


@lru_cache(maxsize=1)
def _clock() -> np.ndarray:
    """The item of each minute of the day, its date left open (1440,): ``"…T00:05:00+10:00",``."""
    words = [f'T{m // 60:02}:{m % 60:02}:00{UTC_OFFSET}",' for m in range(_DAY_MINUTES)]
    out = np.zeros(_DAY_MINUTES, [("quote", "S1"), ("date", "S10"), ("rest", f"S{len(words[0])}")])
    out["quote"], out["rest"] = b'"', words
    return out
