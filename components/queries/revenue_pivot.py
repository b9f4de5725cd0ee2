"""Revenue as a pivot table: groups within groups in any order, opened one by one, sorted within their group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd
import param

from components.queries.base import Choices, Names, Result, register
from components.queries.revenue import GROUPS, Revenue
from components.queries.revenue_groups import RevenueGroups
from components.queries.row_totals import NUMBERS
from components.queries.units import unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

BY_NAME = "name"


def path_text(names: Sequence[str]) -> str:
    """A group as ``open`` names it: its names from the outermost in, joined by a slash.

    >>> path_text(["NSW1", "Windy, Hill"])
    'NSW1/Windy%2C%20Hill'
    """
    return "/".join(quote(name, safe="") for name in names)


def path_names(text: str) -> tuple[str, ...]:
    """The names of a path.

    >>> path_names("NSW1/Windy%2C%20Hill")
    ('NSW1', 'Windy, Hill')
    """
    return tuple(unquote(part) for part in text.split("/"))


@dataclass(frozen=True, eq=False)
class Level:
    """The groups of one depth: their names from the outermost in, the place of each one's parent, their figures."""

    codes: np.ndarray
    names: list[tuple[str, ...]]
    parents: np.ndarray
    figures: dict[str, np.ndarray]
    ranks: np.ndarray


@dataclass(frozen=True)
class Row:
    """One line of the table: depth 0 is everything."""

    level: int
    code: int
    names: tuple[str, ...]


class Tree:
    """Groups within groups; every depth is pooled from the registry's rows, never from the groups below it."""

    def __init__(self, query: RevenuePivot, snapshot: Snapshot):
        self.query = query
        self.totals = query.totals(snapshot)
        self.chosen = query.rows_chosen(self.totals)
        count = self.totals.rows
        whole = self.totals.pooled(np.zeros(count, np.int64), 1, self.chosen)
        nothing = np.zeros(1, np.int64)
        self._levels = [Level(np.zeros(count, np.int64), [()], nothing, whole, nothing)]
        self._children: dict[int, dict[int, list[int]]] = {}
        self.left_out = 0

    def level(self, depth: int) -> Level:
        """The groups of a depth, made when they are asked for."""
        while len(self._levels) <= depth:
            above = self._levels[-1]
            own, words = self.query.names(self.totals, self.query.by[len(self._levels) - 1])
            pairs, codes = np.unique(above.codes * len(words) + own, return_inverse=True)
            parents, ranks = np.divmod(pairs, len(words))
            names = [(*above.names[p], words[r]) for p, r in zip(parents.tolist(), ranks.tolist(), strict=True)]
            figures = self.totals.pooled(codes, len(pairs), self.chosen)
            self._levels.append(Level(codes, names, parents, figures, ranks))
        return self._levels[depth]

    @cached_property
    def total(self) -> dict[str, float]:
        """The figures of everything."""
        return {name: float(values[0]) for name, values in self._levels[0].figures.items()}

    def children(self, depth: int, code: int) -> list[int]:
        """The groups of ``depth`` within a group of the depth above, in the order asked for."""
        if depth not in self._children:
            level, q = self.level(depth), self.query
            if q.sort == BY_NAME:
                order = np.lexsort((level.ranks if q.ascending else -level.ranks,))
            else:
                values = level.figures[q.sort]
                # What is missing (NaN) comes last, whichever way the rest is sorted.
                order = np.lexsort((level.ranks, values if q.ascending else -values))
            least = q.min_share / 100 * self.total["energy_mwh"]
            there = level.figures["readings"] > 0
            shown = there & ((level.figures["energy_mwh"] >= least) | (q.min_share == 0))
            self.left_out += int((there & ~shown).sum())
            found: dict[int, list[int]] = {}
            for at in order[shown[order]].tolist():
                found.setdefault(int(level.parents[at]), []).append(at)
            self._children[depth] = found
        own = self._children[depth].get(code, [])
        return own[: self.query.top] if self.query.top else own

    def rows(self) -> Iterator[Row]:
        """Every line that is shown, from the top down."""
        opened = {path_names(text) for text in self.query.open}
        if self.query.total and self.total["readings"]:
            yield Row(0, 0, ())

        def within(depth: int, code: int) -> Iterator[Row]:
            for child in self.children(depth, code):
                names = self.level(depth).names[child]
                yield Row(depth, child, names)
                if depth < len(self.query.by) and (depth < self.query.depth or names in opened):
                    yield from within(depth + 1, child)

        yield from within(1, 0)

    def figures(self, row: Row) -> dict[str, float]:
        """The figures of a line."""
        return {name: float(values[row.code]) for name, values in self.level(row.level).figures.items()}


@register
class RevenuePivot(RevenueGroups):
    """Energy and spot revenue as a pivot table."""

    route = "analysis/revenue-pivot"
    title = "Revenue pivot"
    description = (
        "The figures of analysis/revenue as a table of groups within groups, in the order of by, sorted within each group. "
        "level tells how deep a row lies; a row above level n holds those below it, so only rows of one level add up. "
        "Rooftop solar is a row of its own at every level, and what has no region or owner is called unknown, so that the "
        "groups of a level always add up to everything."
    )
    row_columns = {
        "level": ("", "Depth of the row: 1 = groups of the first word of by, 0 = everything (with total)"),
        "region": (
            "",
            "Region (with by=region), unknown where a unit's is; NEM with region=NEM; null above its level",
        ),
        "fuel": ("", "Fuel (with by=fuel)"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "station": ("", "Station (with by=station)"),
        "duid": ("", "Unit (with by=duid)"),
        "owner": ("", "Owner (with by=owner), unknown where it is"),
        **{name: Revenue.row_columns[name] for name in NUMBERS[:5]},
        "capture_rate": (
            "",
            "Capture price / time-weighted price; pooled: earned / what the same energy is worth at its region's mean price",
        ),
        **{name: Revenue.row_columns[name] for name in NUMBERS[6:]},
    }
    examples = (
        "last=7d&by=region,fuel&depth=2",
        "last=30d&by=owner,station&sort=capture_price",
        "last=30d&open=NSW1&open=NSW1/coal&total=1",
    )

    by = Choices(
        default=["region", "fuel"], objects=GROUPS, doc="Grouping from the outermost in; one or more of " + ", ".join(GROUPS) + "."
    )  # fmt: skip
    depth = param.Integer(default=1, bounds=(1, len(GROUPS)), doc="Levels that are open throughout.")
    open = Names(
        default=[], doc="Further groups to open, each as its names from the outermost in: NSW1, NSW1/wind; a slash or comma in a name is %2F, %2C."
    )  # fmt: skip
    sort: Any = param.Selector(
        default="revenue", objects=[BY_NAME, *NUMBERS], doc="Column the groups are sorted by; what is missing comes last."
    )  # fmt: skip
    ascending = param.Boolean(default=False, doc="Lowest first.")
    top = param.Integer(
        default=0, bounds=(0, 10_000), doc="Only that many rows of each group, the first ones; 0 = all."
    )
    min_share = param.Number(
        default=0.0, bounds=(0, 100), doc="Leave out groups with less than that many per cent of all energy."
    )
    total = param.Boolean(default=False, doc="Begin with a row for everything, level 0.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return 1 + len(self.by) * (2 * len(unit_table(snapshot).duid) + len(REGIONS))

    def tree(self, snapshot: Snapshot) -> Tree:
        """The table as groups within groups, for those who show a part of it."""
        self.ensure(snapshot)
        return Tree(self, snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        tree = self.tree(snapshot)
        rows = list(tree.rows())
        columns: dict[str, object] = {"level": np.array([r.level for r in rows], np.int64)}
        for at, word in enumerate(self.by):
            words = [r.names[at] if len(r.names) > at else None for r in rows]
            columns[word] = pd.Categorical(words, categories=list(dict.fromkeys(w for w in words if w is not None)))
        for name in NUMBERS:
            columns[name] = np.array([tree.level(r.level).figures[name][r.code] for r in rows], float)
        notes = tree.query.remarks(tree.totals, tree.chosen)
        if tree.left_out:
            notes.append(f"{tree.left_out} groups with less than {self.min_share:g} % of all energy are left out.")
        window = self.window(snapshot)
        units = {"level": ""} | {name: self.row_columns[name][0] for name in NUMBERS}
        return Result(
            pd.DataFrame(columns), units, window.start, window.end, tuple(self.by), "", "",
            int(tree.total["expected"]) or window.expected, int(tree.total["readings"]),
            snapshot.version, snapshot.sources, tuple(notes),
        )  # fmt: skip


__all__ = ["Level", "RevenuePivot", "Row", "Tree", "path_names", "path_text"]
