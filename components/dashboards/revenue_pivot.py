"""The pivot table of ``/revenue``: groups within groups in any order, opened, sorted and turned over on the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import param

from components.charts import formats
from components.dashboards.pivot_part import Pivot
from components.dashboards.revenue_over_time import GroupBars
from components.dashboards.revenue_words import WORDS, colour, digits, figure, href, label
from components.dashboards.shell import Card
from components.dashboards.view import View
from components.queries.base import Query
from components.queries.parameters import MOST_NAMES
from components.queries.revenue import GROUPS
from components.queries.revenue_over_time import RevenueOverTime
from components.queries.revenue_pivot import BY_NAME, RevenuePivot, Row, Tree, path_text
from components.queries.row_totals import NUMBERS
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.revenue import RevenueDashboard

PAGE = 100
"""Rows sent at once."""
# Column -> its label, unit, factor, most decimals; minor ones are left out on a phone.
SHOWN: dict[str, tuple[str, str, float, int, bool]] = {
    "energy_mwh": ("Energy", "GWh", 1e-3, 3, False),
    "revenue": ("Revenue", "$M", 1e-6, 3, False),
    "capture_price": ("Capture", "$/MWh", 1, 2, False),
    "capture_rate": ("Rate", "%", 100, 1, True),
    "capacity_factor": ("CF", "%", 100, 1, True),
    "capacity_mw": ("Capacity", "MW", 1, 0, True),
    "load_mwh": ("Load", "GWh", 1e-3, 3, True),
    "load_cost": ("Load paid", "$M", 1e-6, 3, True),
    "coverage": ("Coverage", "%", 100, 1, True),
}
ADDED = ("energy_mwh", "revenue", "load_mwh", "load_cost", "capacity_mw")
"""Columns whose rows add up: their cells are underlaid with a bar."""
OF_LOAD = ("load_mwh", "load_cost")
"""Columns of what consumes, there where anything does."""


class Shown(Query):
    """Which part of the table is before the visitor."""

    skip = param.Integer(default=0, bounds=(0, 1_000_000), doc="Rows of the table before the first one shown.")


class PivotView(View):
    """Revenue by groups within groups."""

    slug = "pivot"
    label = "Pivot"
    help = "Groups within groups, in any order"
    questions = (RevenuePivot, RevenueOverTime, Shown)
    page: RevenueDashboard

    def build(self) -> Sequence[Any]:
        self.table = Pivot(on_message=self._told)
        self.main = self.card("Revenue", self.table)
        self.bars = GroupBars(self.page, height=230)
        self.chart_card = self.card("Over time", *self.bars.parts)
        self.remarks: list[str] = []
        self.tree: Tree | None = None
        self.rows: list[Row] = []
        return [self.chart_card.view, self.main.view]

    def charts(self) -> Sequence[Any]:
        return [self.bars.chart]

    def notes(self) -> Sequence[str]:
        return self.remarks

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        finest = self.page.ask(RevenuePivot, depth=len(self.query().by), open=[], total=True)
        return [
            (self.chart_card, [("Bars", self.over_time(snapshot))]),
            (self.main, [("The rows shown", self.query()), ("All levels open", finest)]),
        ]

    def query(self) -> RevenuePivot:
        """The table as it is opened and sorted, and everything as a row before it."""
        return self.page.ask(RevenuePivot, total=True)

    def over_time(self, snapshot: Snapshot) -> RevenueOverTime:
        """Revenue of the outermost groups over the same window; below them the table says the rest."""
        query, window = self.query(), self.page.window(snapshot)
        return self.page.ask(
            RevenueOverTime, by=query.by[:1], top=8, interval="auto", start=window.start, end=window.end, last="1d"
        )  # fmt: skip

    def draw(self, snapshot: Snapshot) -> None:
        query = self.query()
        window = query.window(snapshot)
        self.tree = tree = query.tree(snapshot)
        self.remarks = query.remarks(tree.totals, tree.chosen)
        if not tree.total["readings"]:
            self.chart_card.hide()
            self.main.empty(**self.page.nothing(snapshot, window))
            return
        outer = WORDS[query.by[0]].lower()
        result = self.bars.draw(snapshot, self.over_time(snapshot))
        self.chart_card.ready(f"by {formats.INTERVAL_LABELS[result.interval]}", heading=f"Revenue by {outer} over time")
        self.rows = [row for row in tree.rows() if row.level]
        count = len(self.rows)
        pages = max(1, -(-count // PAGE))
        at = min(self.page.ask(Shown).skip // PAGE, pages - 1)
        places = {name: digits(tree.total[name] * SHOWN[name][2], SHOWN[name][3]) for name in ADDED}
        names = [n for n in SHOWN if n not in OF_LOAD or tree.total["load_mwh"]]
        shown = self.rows[at * PAGE : (at + 1) * PAGE]
        held = self._above(shown[0]) if shown else []
        opened = self._opened(query)
        self.table.param.update(
            columns=columns(names), levels=[{"name": w, "label": WORDS[w]} for w in query.by],
            spare=[{"name": w, "label": WORDS[w]} for w in GROUPS if w not in query.by],
            rows=[self._row(query, r, names, places, opened, held=r in held) for r in [*held, *shown]],
            total=cells(tree.total, names, places),
            sort=query.sort, ascending=query.ascending, first=at * PAGE + 1 if count else 0, count=count,
            page=at + 1, pages=pages, deepest=query.depth >= len(query.by),
        )  # fmt: skip
        self.main.ready(
            self.page.window_words(window, tree.total["readings"] / max(tree.total["expected"], 1)),
            heading="Revenue by " + ", ".join(WORDS[w].lower() for w in query.by),
        )

    def _above(self, row: Row) -> list[Row]:
        """The groups that a row lies in, the outermost first."""
        assert self.tree is not None
        out: list[Row] = []
        code = row.code
        for level in range(row.level, 1, -1):
            code = int(self.tree.level(level).parents[code])
            out.insert(0, Row(level - 1, code, row.names[: level - 1]))
        return out

    def _opened(self, query: RevenuePivot) -> set[str]:
        """Keys of the groups that are open."""
        lower = {path_text(r.names) for r in self.rows if r.level < query.depth}
        return lower | {k for k in query.open if k.count("/") + 1 < len(query.by)}

    def _row(
        self, query: RevenuePivot, row: Row, names: list[str], places: dict[str, int], opened: set[str], *, held: bool
    ) -> dict[str, Any]:
        tree = cast(Tree, self.tree)
        word, name, key = query.by[row.level - 1], row.names[-1], path_text(row.names)
        figures = tree.figures(row)
        out: dict[str, Any] = {
            "key": key, "depth": row.level, "label": label(word, name),
            "open": None if row.level == len(query.by) else key in opened, "cells": cells(figures, names, places),
        }  # fmt: skip
        if link := href(query.by, row.names, self.page.texts):
            out["href"] = link
        if tint := colour(word, name, self.page.theme):
            out["colour"] = tint
        if held:
            out["held"] = True
        if query.sort in ADDED:
            siblings = tree.level(row.level).figures[query.sort][tree.level(row.level).parents == self._parent(row)]
            most = float(np.nanmax(np.abs(siblings), initial=0))
            out["part"] = (
                round(100 * abs(figures[query.sort]) / most) if most and np.isfinite(figures[query.sort]) else 0
            )
        return out

    def _parent(self, row: Row) -> int:
        return int(cast(Tree, self.tree).level(row.level).parents[row.code])

    # -- what the visitor does -----------------------------------------------------------------------

    def _told(self, message: dict[str, Any]) -> None:
        """A message of the table. Anything may come from a browser: what is not understood is ignored."""
        query = self.query()
        try:
            if "levels" in message:
                by = [w for w in dict.fromkeys(message["levels"]) if w in GROUPS]
                if by:
                    self.page.change(by=by, open=[], skip=0, depth=min(query.depth, len(by)))
            elif "open" in message:
                self.page.change(open=[*query.open, str(message["open"])[:1000]][-MOST_NAMES:])
            elif "shut" in message:
                self._shut(query, str(message["shut"]))
            elif "everything" in message:
                self.page.change(depth=len(query.by) if message["everything"] else 1, open=[], skip=0)
            elif message.get("sort") in (BY_NAME, *NUMBERS):
                again = message["sort"] == query.sort
                ascending = not query.ascending if again else message["sort"] == BY_NAME
                self.page.change(sort=message["sort"], ascending=ascending, skip=0)
            elif "turn" in message:
                self.page.change(skip=max(0, min(int(message["turn"]) - 1, self.table.pages - 1)) * PAGE)
            else:
                self.page.refresh()
        except (ValueError, TypeError, KeyError):
            self.page.refresh()

    def _shut(self, query: RevenuePivot, key: str) -> None:
        """Close one group; where whole levels were open, the other groups of them stay so."""
        level = key.count("/") + 1
        if level >= query.depth:
            self.page.change(open=[k for k in query.open if k != key])
            return
        kept = [k for k in self._opened(query) if k != key]
        if len(kept) > MOST_NAMES:  # more than an address can name
            self.page.change(depth=level, open=[])
        else:
            self.page.change(depth=1, open=sorted(kept))


def columns(names: Sequence[str]) -> list[dict[str, Any]]:
    """The table's columns."""
    shown = [(name, *SHOWN[name]) for name in names]
    return [
        {"name": name, "label": words, "unit": unit, "help": RevenuePivot.row_columns[name][1], "minor": minor}
        for name, words, unit, _, _, minor in shown
    ]


def cells(figures: dict[str, float], names: Sequence[str], places: dict[str, int]) -> list[str]:
    """The figures of a row in words, in the order of the columns; what neither loads nor pays leaves these cells empty."""
    out = []
    for name in names:
        _, _, factor, most, _ = SHOWN[name]
        value = figures[name] * factor
        idle = name in OF_LOAD and not figures["load_mwh"]
        out.append("" if idle else figure(value, places.get(name, most)))
    return out
