"""Tiny checks on one month of stored rows, and the coverage of a dataset gathered month by month.

Each ``check_*`` returns findings; none reads a file. Durations come from the rows: a 30-minute row covers six
stamps of the 5-minute grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from components.market_limits import price_limits
from components.market_time import TIME_DTYPE
from components.schema import Dataset
from components.store.rows import Rows
from components.store.snapshot import STEP, month_length

PRICE_TOLERANCE = 0.005
"""Price files have two decimals [$/MWh]."""
# What no month of the NEM has ever come near; beyond it is a wrong unit or a wrong column [unit of the column].
POSSIBLE: Mapping[tuple[str, str], tuple[float, float]] = {
    ("scada", "mw"): (-20_000, 20_000),
    ("region", "demand"): (-5_000, 25_000),
    ("region", "net_interchange"): (-10_000, 10_000),
    ("flow", "mw"): (-5_000, 5_000),
    ("flow", "mw_target"): (-5_000, 5_000),
    ("rooftop", "mw"): (-50, 25_000),
    ("semi_scheduled", "uigf"): (-1, 5_000),
    ("semi_scheduled", "cleared"): (-100, 5_000),
}
CAPACITY_FACTOR, CAPACITY_MARGIN_MW = 1.5, 30.0
"""A reading above 1.5 x registered capacity + 30 MW is doubtful (registrations are revised late)."""
ABSURD_FACTOR, ABSURD_MARGIN_MW = 10.0, 500.0
"""... above 10 x + 500 MW impossible."""
EXAMPLES = 12


@dataclass(frozen=True)
class Finding:
    """One line of ``check``: ``level`` is error, warning or info."""

    level: str
    dataset: str
    text: str

    def line(self) -> str:
        """As printed."""
        return f"{self.level:<7} {self.dataset}: {self.text}"


def at(stamp: np.datetime64) -> str:
    """A stamp to the minute."""
    return pd.Timestamp(stamp).strftime("%Y-%m-%d %H:%M")


def some(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    shown = ", ".join(names[:EXAMPLES])
    return shown + (f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else "")


# -- one month ---------------------------------------------------------------------------------------


def check_duplicates(rows: Rows) -> Iterator[Finding]:
    """Two rows of one time and key."""
    key = np.sort(rows.order_key)
    again = int((key[1:] == key[:-1]).sum())
    if again:
        columns = ", ".join(("time", *rows.dataset.key))
        yield Finding("error", rows.dataset.name, f"{rows.month}: {again:,} rows repeat a ({columns})")


def check_names(rows: Rows) -> Iterator[Finding]:
    """Keys without a name."""
    for column, names in zip(rows.dataset.key, rows.names, strict=True):
        if any(not str(name).strip() or name is None for name in names):
            yield Finding("error", rows.dataset.name, f"{rows.month}: rows without a {column}")


def check_values(rows: Rows) -> Iterator[Finding]:
    """Missing and infinite numbers, and those that cannot be."""
    for i, (name, numbers) in enumerate(zip(rows.dataset.fields, rows.numbers, strict=True)):
        infinite = np.isinf(numbers)
        if infinite.any():
            yield _impossible(rows, name, numbers, infinite, "is infinite")
        missing = int(np.isnan(numbers).sum())
        if i == 0 and missing:
            yield Finding("warning", rows.dataset.name, f"{rows.month}: {missing:,} rows without {name}")
        low, high = POSSIBLE.get((rows.dataset.name, name), (-np.inf, np.inf))
        outside = ((numbers < low) | (numbers > high)) & ~infinite
        if outside.any():
            yield _impossible(rows, name, numbers, outside, f"lies outside {low:,g} … {high:,g}")


def check_prices(rows: Rows) -> Iterator[Finding]:
    """Prices beyond cap and floor of their day; days whose cap is unknown are not judged."""
    if rows.dataset.name != "price":
        return
    rrp = rows.numbers[rows.dataset.fields.index("rrp")]
    cap, floor = price_limits(rows.times)
    wrong = (rrp > cap + PRICE_TOLERANCE) | (rrp < floor - PRICE_TOLERANCE)
    if wrong.any():
        yield _impossible(rows, "rrp", rrp, wrong & np.isfinite(rrp), "lies beyond the price cap or floor of its day")


def check_capacity(rows: Rows, capacity: Mapping[str, float]) -> Iterator[Finding]:
    """Readings far above what a unit can do. ``capacity`` [MW] by DUID; units without one are not judged."""
    if rows.dataset.name != "scada":
        return
    limit = np.array([capacity.get(name, np.nan) for name in rows.names[0]])[rows.codes[0]]
    power = np.abs(rows.numbers[0])
    absurd = power > ABSURD_FACTOR * limit + ABSURD_MARGIN_MW
    if absurd.any():
        yield _impossible(rows, "mw", rows.numbers[0], absurd, "is more than its unit could ever do")
    doubtful = (power > CAPACITY_FACTOR * limit + CAPACITY_MARGIN_MW) & ~absurd
    if doubtful.any():
        units = [rows.names[0][c] for c in np.unique(rows.codes[0][doubtful])]
        text = f"{rows.month}: {int(doubtful.sum()):,} readings above 1.5 x capacity + 30 MW, of {some(units)}"
        yield Finding("warning", "scada", text)


def _impossible(rows: Rows, name: str, numbers: np.ndarray, wrong: np.ndarray, why: str) -> Finding:
    first = int(np.argmax(wrong))
    key = " ".join(names[codes[first]] for codes, names in zip(rows.codes, rows.names, strict=True))
    count = int(wrong.sum())
    more = f" (and {count - 1:,} more)" if count > 1 else ""
    text = f"{rows.month}: {name} {numbers[first]:g} of {key} at {at(rows.times[first])} {why}{more}"
    return Finding("error", rows.dataset.name, text)


# -- coverage ----------------------------------------------------------------------------------------


@dataclass
class Coverage:
    """What stamps a dataset covers, fed with its months in ascending order.

    A stamp is covered where any key has a row. Stamps before the dataset's first and after its last are not
    expected; every one between them is.
    """

    dataset: Dataset
    first: np.datetime64
    last: np.datetime64
    gaps: list[tuple[np.datetime64, np.datetime64]] = field(default_factory=list)
    missing: int = 0
    readings: dict[str, tuple[np.datetime64, np.datetime64, int]] = field(default_factory=dict)
    covered_until: np.datetime64 | None = None

    def add(self, rows: Rows) -> Finding:
        """Count one month; gives its line of coverage."""
        origin = np.datetime64(rows.month, "us")
        grid = np.zeros((len(rows.names[0]), month_length(rows.month) + 1), bool)
        long = rows.minutes == 30
        for back in range(6):
            grid[rows.codes[0][long], np.maximum(rows.stamp[long].astype("int64") - back, 0)] = True
        grid[rows.codes[0][~long], rows.stamp[~long]] = True
        grid[:, 0] = False
        covered = np.flatnonzero(grid.any(axis=0))
        if self.covered_until is None:  # a half-hour reaches back before its stamp
            self.first = origin + covered[0] * STEP
        self._note_gaps(origin + covered * STEP)
        for key, line in zip(rows.names[0], grid, strict=True):
            self._note_readings(key, origin, np.flatnonzero(line))
        expected = self._expected(origin, month_length(rows.month))
        text = f"{rows.month}: {len(covered):,} of {expected:,} stamps, {len(rows):,} rows, {self._keys(rows)}"
        return Finding("info", self.dataset.name, text)

    def _keys(self, rows: Rows) -> str:
        names, word = rows.names[0], self.dataset.frame_key
        return some(list(names)) if len(names) <= EXAMPLES else f"{len(names)} {word}s"

    def _expected(self, origin: np.datetime64, length: int) -> int:
        begin = max(origin, self.first - STEP)
        return int((min(origin + length * STEP, self.last) - begin) // STEP)

    def _note_gaps(self, stamps: np.ndarray) -> None:
        if self.covered_until is None:
            self.covered_until = self.first - STEP
        edges = np.concatenate([[self.covered_until], stamps]).astype(TIME_DTYPE)
        for i in np.flatnonzero(np.diff(edges) > STEP):
            self.gaps.append((edges[i], edges[i + 1] - STEP))
            self.missing += int((edges[i + 1] - edges[i]) // STEP) - 1
        self.covered_until = edges[-1]

    def _note_readings(self, key: str, origin: np.datetime64, positions: np.ndarray) -> None:
        begin, end = origin + positions[0] * STEP, origin + positions[-1] * STEP
        known = self.readings.get(key)
        self.readings[key] = (known[0], end, known[2] + len(positions)) if known else (begin, end, len(positions))

    def gap_findings(self) -> Iterator[Finding]:
        """One line per gap of the whole dataset, the longest first, then how many more."""
        longest = sorted(self.gaps, key=lambda g: (g[0] - g[1], g[0]))
        for begin, end in longest[:EXAMPLES]:
            count = int((end - begin) // STEP)
            text = f"gap of {count:,} stamps in ({at(begin)}, {at(end)}]"
            yield Finding("warning", self.dataset.name, text)
        if len(longest) > EXAMPLES:
            rest = sum(int((end - begin) // STEP) for begin, end in longest[EXAMPLES:])
            text = f"and {len(longest) - EXAMPLES} shorter gaps, {rest:,} stamps"
            yield Finding("warning", self.dataset.name, text)

    def key_findings(self) -> Iterator[Finding]:
        """Keys that lack stamps which others have, between their own first and last reading.

        Units come and go and stop reporting, so for them it is information; a region or a link never should.
        """
        lacking = []
        for key, (begin, end, count) in sorted(self.readings.items()):
            span = int((end - begin) // STEP) + 1
            inside = sum(int((min(b, end) - max(a, begin)) // STEP) for a, b in self.gaps if a < end and b > begin)
            if span - inside > count:
                lacking.append((span - inside - count, key))
        if not lacking:
            return
        lacking.sort(key=lambda pair: (-pair[0], pair[1]))
        level = "info" if self.dataset.frame_key == "duid" else "warning"
        named = some([f"{key} ({count:,})" for count, key in lacking])
        yield Finding(level, self.dataset.name, f"stamps that others have are missing for {named}")
