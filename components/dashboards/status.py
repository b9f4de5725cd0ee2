"""``/status``: how old and how complete the data is, how the collector fares, and what this process holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np
import pandas as pd
import param

from components.charts import formats
from components.charts.heatmap import HeatData, HeatMap, thin_labels
from components.dashboards import words
from components.dashboards.answers import ANSWERS
from components.dashboards.page import Dashboard
from components.dashboards.parts import Ledger, Part, Tiles, Told
from components.dashboards.shell import Card, figure, stack
from components.dashboards.status_process import aside_rows, collector_words, process_tiles, round_rows
from components.queries.base import Query, Result
from components.queries.status import CoverageByDay
from components.schema import DATASETS
from components.store import shared
from components.store.snapshot import Snapshot

LABELS = {
    "price": "Prices",
    "region": "Regions",
    "flow": "Flows",
    "scada": "Units",
    "rooftop": "Rooftop",
    "semi_scheduled": "Forecasts of farms",
}
LATE_SECONDS = {"rooftop": 7200, "semi_scheduled": 180_000}
"""Age from which a dataset is late [s], where it is not 20 minutes."""
TICKS = 10
Coverage: TypeAlias = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


class Ages(Part):
    """Newest stamp and age of each dataset; sends ``{tick}`` every so often while the page is looked at."""

    _part: ClassVar[str] = "ages"
    rows = Told(default=[], doc="{name, label, iso, newest, note, late} of each dataset; late [s], 0 = never.")
    every_seconds = param.Integer(default=20, doc="Pause between two messages [s].")


class StatusDashboard(Dashboard):
    """Ages, coverage, collector, process."""

    slug = "status"
    title = "Status"
    questions = (CoverageByDay,)

    def build(self) -> Sequence[Any]:
        self.ages, self.tiles = Ages(on_message=self._ticked), Tiles()
        self.heat = HeatMap(
            self.theme, height=270, title="Missing readings by day", unit="% missing", digits=1, x_label="Day"
        )
        self.age_card = self.card("Newest stamps", self.ages)
        self.coverage_card = self.card("Coverage by day", figure(self.heat.figure))
        self.process_card = self.card("This process", self.tiles)
        self.place = stack()
        self.round_card: Card | None = None
        self.watched = False
        return [self.age_card.view, self.coverage_card.view, self.place, self.process_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.heat]

    def notes(self) -> Sequence[str]:
        return [
            "Expected: regions and interconnectors from the dataset's first stamp, units from their registration (or first reading) to its "
            "end, all up to the newest stamp of any dataset; half-hourly readings count as six. Rooftop solar comes late, so that its last "
            "hours are not there yet."
        ]  # fmt: skip

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.coverage_card, [("Coverage by day", self.ask(CoverageByDay))])]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.ask(CoverageByDay)
        result = ANSWERS.ask(snapshot, query)
        coverage = by_dataset(result)
        self.ages.rows = [self._age(snapshot, name, coverage) for name in datasets_shown(snapshot)]
        self.age_card.ready("NEM time; coverage over the days below")
        if result.frame.empty:
            self.coverage_card.empty(
                f"No data in {formats.window(*_edges(result))}.",
                actions=self.nearest_window(snapshot, "price", query.window(snapshot)),
            )
        else:
            self.heat.feed(ANSWERS.get(snapshot, ("coverage heat", query.fingerprint()), lambda: heat_data(result)))
            told = f"{formats.percent(result.coverage, 2)} of {formats.number(result.expected)} expected readings are there"
            self.coverage_card.ready(f"{formats.window(*_edges(result))} · {told} · hatched: none expected")
        self._changing(snapshot)

    def _age(self, snapshot: Snapshot, name: str, coverage: Coverage) -> dict[str, Any]:
        newest = snapshot.last(name)
        _, there_should, there_is = coverage.get(name, (None, np.zeros(0), np.zeros(0)))
        expected = there_should.sum()
        share = formats.percent(there_is.sum() / expected, 2) if expected else formats.MISSING
        rows = sum(c.rows for c in snapshot.chunks(name))
        return {
            "name": name, "label": LABELS.get(name, name), "iso": words.iso(newest) if newest is not None else "",
            "newest": f"newest {formats.stamp(newest)}", "note": f"{share} there · {formats.number(rows)} rows in all",
            "late": 0 if snapshot.is_demo else LATE_SECONDS.get(name, 1200),
        }  # fmt: skip

    # -- what changes without a new version ----------------------------------------------------------

    def _ticked(self, message: dict[str, Any]) -> None:
        if message.get("tick"):
            self.watched = True
            self._changing(shared.current())

    def _changing(self, snapshot: Snapshot) -> None:
        if self.watched:  # figures of this very moment come when the browser asks for them, and from then on
            self.tiles.tiles = process_tiles(snapshot)
        self.process_card.ready()
        collector = shared.collector()
        if collector.state is None:
            self.process_card.ready(
                "no collector has worked on this data: `aemo-dashboard collect` or `serve --live` follows AEMO's reports"
            )
            return
        if self.round_card is None:
            self._make()
        assert self.round_card is not None
        self.rounds.rows = round_rows(collector.state)
        self.round_card.ready(collector_words(collector))
        rows = aside_rows(collector.state)
        self.aside.rows = rows
        if rows:
            self.aside_card.ready("the newest of those that the collector could not read; nothing of them was stored")
        else:
            self.aside_card.empty("No file has been set aside.")

    def _make(self) -> None:
        """The collector's cards, once there has been one."""
        number = {"number": True}
        self.rounds = Ledger(
            columns=[
                {"label": "Began"}, {"label": "Took", "unit": "s"} | number, {"label": "Files"} | number, {"label": "Rows"} | number,
                {"label": "Newest stamp"}, {"label": "Version"}, {"label": "Missing intervals"}, {"label": "Set aside"} | number,
                {"label": "Trouble"},
            ],
            stacked=True,
        )  # fmt: skip
        self.aside = Ledger(columns=[{"label": "When"}, {"label": "File and why"}])
        self.round_card = self.card("Collector", self.rounds)
        self.aside_card = self.card("Files set aside", self.aside)
        self.place.extend([self.round_card.view, self.aside_card.view])


def datasets_shown(snapshot: Snapshot) -> list[str]:
    """The datasets that there are, and those that there should be."""
    return [n for n, dataset in DATASETS.items() if not dataset.optional or snapshot.last(n) is not None]


def _edges(result: Result) -> tuple[pd.Timestamp, pd.Timestamp]:
    assert result.start is not None
    assert result.end is not None
    return result.start, result.end


def by_dataset(result: Result) -> Coverage:
    """Rows of the answer about each dataset that it has, and the readings expected and present in them."""
    column = result.frame["dataset"]
    names, codes = list(column.cat.categories), column.cat.codes.to_numpy()
    expected, present = (result.frame[c].to_numpy("float64") for c in ("expected", "present"))
    found = {n: np.flatnonzero(codes == names.index(n)) for n in DATASETS if n in names}
    return {n: (rows, expected[rows], present[rows]) for n, rows in found.items() if len(rows)}


def heat_data(result: Result) -> HeatData:
    """Share of the expected readings that are missing [%]: datasets (rows) x days (columns)."""
    frame, coverage = result.frame, by_dataset(result)
    days = pd.DatetimeIndex(frame["date"].unique())
    cells = np.full((len(coverage), len(days)), np.nan)
    for i, (rows, expected, present) in enumerate(coverage.values()):
        share = np.divide(expected - present, expected, out=np.full(len(rows), np.nan), where=expected > 0)
        cells[i, days.searchsorted(frame["date"].to_numpy()[rows])] = 100 * share
    ticks = {i + 0.5: text for i, text in thin_labels(formats.short_days(days), TICKS).items()}
    labels = [LABELS.get(n, n) for n in coverage]
    return HeatData(
        {"": cells},
        labels,
        formats.days(days),
        {i + 0.5: n for i, n in enumerate(labels)},
        ticks,
    )


__all__ = ["Ages", "StatusDashboard", "heat_data"]
