"""Rankings of stations, units and owners, each with the course of its revenue over the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from components.charts import formats
from components.dashboards.answers import ANSWERS
from components.dashboards.pivot_part import League
from components.dashboards.revenue_words import WORDS, digits, figure, href
from components.dashboards.shell import Card
from components.dashboards.view import Choice, View
from components.market_time import Window
from components.queries.base import Query
from components.queries.registry import Stations
from components.queries.revenue_over_time import RevenueOverTime
from components.queries.revenue_pivot import RevenuePivot
from components.queries.row_totals import ROOFTOP, UNKNOWN
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, REGION_NAMES

if TYPE_CHECKING:
    from components.dashboards.revenue import RevenueDashboard

PLACES = 10
# Column -> title, unit, factor, decimals.
RANKED = {
    "revenue": ("Revenue", "$M", 1e-6, 3),
    "energy_mwh": ("Energy", "GWh", 1e-3, 3),
    "capture_price": ("Capture price", "$/MWh", 1, 2),
    "capture_rate": ("Capture rate", "%", 100, 1),
}
OF_ONE = {"station": "Stations", "duid": "Units", "owner": "Owners"}


class LeagueView(View):
    """The first ten by revenue, energy, capture price and capture rate."""

    slug = "league"
    label = "Rankings"
    help = "Stations, units or owners by revenue, energy, capture price and rate"
    questions = (RevenuePivot, RevenueOverTime)
    choices = {
        "of": Choice("What is ranked", OF_ONE),
        "least": Choice(
            "Least energy of who is ranked, as a part of all energy shown: a plant that ran for an hour leads no list of prices",
            {"0.05": "From 0.05 %", "0": "Any size", "0.2": "From 0.2 %", "1": "From 1 %"},
        ),
        "rank": Choice("Which end of the list", {"highest": "Highest first", "lowest": "Lowest first"}),
    }  # fmt: skip
    page: RevenueDashboard

    def build(self) -> Sequence[Any]:
        self.league = League()
        self.main = self.card("Rankings", self.league)
        self.remarks: list[str] = []
        return [self.main.view]

    def notes(self) -> Sequence[str]:
        return self.remarks

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        tables = [(f"By {RANKED[c][0].lower()}", self.ranking(c)) for c in RANKED]
        return [(self.main, [*tables, ("Courses of revenue", self.courses(snapshot, self.names(snapshot)))])]

    def asks_first(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.ranking(c) for c in RANKED]

    # -- the questions -------------------------------------------------------------------------------

    def ranking(self, column: str) -> RevenuePivot:
        """The first ones by a column; rooftop solar, which is nobody's, takes no part."""
        return self.page.ask(
            RevenuePivot, by=[self.page.chosen("of")], depth=1, open=[], sort=column, top=PLACES, total=False,
            ascending=self.page.chosen("rank") == "lowest", min_share=float(self.page.chosen("least")), rooftop=False,
        )  # fmt: skip

    def names(self, snapshot: Snapshot) -> list[str]:
        """Everybody who is in one of the rankings."""
        of = self.page.chosen("of")
        found = (ANSWERS.ask(snapshot, self.ranking(c)).frame[of].astype(str) for c in RANKED)
        return sorted({name for names in found for name in names})

    def courses(self, snapshot: Snapshot, names: Sequence[str]) -> RevenueOverTime:
        """Revenue of these over time, over exactly the ranked window."""
        of, window = self.page.chosen("of"), self.page.window(snapshot)
        asked: dict[str, Any] = {of: list(names)} if names else {}
        return self.page.ask(
            RevenueOverTime, by=[of], top=0, interval="auto", start=window.start, end=window.end, last="1d", rooftop=False, **asked
        )  # fmt: skip

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        window: Window = self.page.window(snapshot)
        of = self.page.chosen("of")
        first = ANSWERS.ask(snapshot, self.ranking("revenue"))
        self.remarks = list(first.notes)
        names = self.names(snapshot)
        if not names:
            self.main.empty(**self.page.nothing(snapshot, window))
            return
        courses = ANSWERS.ask(snapshot, self.courses(snapshot, names))
        own = {str(n): part["revenue"].to_numpy() for n, part in courses.frame.groupby(of, observed=True)}
        facts = self._facts(snapshot, of, names)
        self.league.tables = [
            self._table(ANSWERS.ask(snapshot, self.ranking(c)).frame, of, c, own, facts) for c in RANKED
        ]
        least = float(self.page.chosen("least"))
        more = f" · with {least:g} % of all energy at least" if least else ""
        bars = f" · bars: revenue by {formats.INTERVAL_LABELS[courses.interval]}"
        self.main.ready(
            self.page.window_words(window, first.coverage) + more + bars, heading=f"{OF_ONE[of]}: {self._end()}"
        )

    def _end(self) -> str:
        return "the last ten" if self.page.chosen("rank") == "lowest" else "the first ten"

    def _facts(self, snapshot: Snapshot, of: str, names: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Region and fuel of stations and units in words, and the fuel for its colour."""
        if of == "owner":
            return {}
        query = Stations(by="station" if of == "station" else "duid", **{of: [n for n in names if n != ROOFTOP]})
        rows = ANSWERS.ask(snapshot, query).frame.to_dict("records")
        return {
            str(r[of]): (
                " · ".join(
                    w for w in (REGION_NAMES.get(r["region"], ""), FUELS[r["fuel"]].label if r["fuel"] in FUELS else "") if w
                ),
                str(r["fuel"]),
            )
            for r in rows
        }  # fmt: skip

    def _table(
        self, frame: Any, of: str, column: str, courses: dict[str, np.ndarray], facts: dict[str, tuple[str, str]]
    ) -> dict[str, Any]:
        title, unit, factor, most = RANKED[column]
        values = frame[column].to_numpy(float) * factor
        places = most if unit in ("$/MWh", "%") else digits(float(np.nanmax(np.abs(values), initial=0)), most)
        rows = []
        for row in frame.to_dict("records"):
            name = str(row[of])
            sub, fuel = facts.get(name, ("", ""))
            rows.append({
                "label": f"{WORDS[of]} unknown" if name == UNKNOWN and of == "owner" else name, "sub": sub,
                "href": href([of], [name], self.page.texts), "colour": self.page.theme.fuels.get(fuel, ""),
                "text": figure(float(row[column]) * factor, places), "bars": course(courses.get(name)),
            })  # fmt: skip
        return {"title": title, "unit": unit, "rows": rows}


def course(values: np.ndarray | None) -> list[int | None]:
    """A course as heights −100 … 100 of its own largest amount, None where it is not known."""
    if values is None or not np.isfinite(values).any():
        return []
    most = float(np.nanmax(np.abs(values))) or 1.0
    return [round(100 * v / most) if np.isfinite(v) else None for v in values.tolist()]
