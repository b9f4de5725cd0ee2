"""A station or unit by month, and its whole history by financial year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.periods import PeriodChart
from components.dashboards import data_links
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.shell import figure
from components.dashboards.stations_parts import Files
from components.dashboards.stations_subject import Subject
from components.dashboards.stations_view import Links, StationView
from components.dashboards.stations_words import OF_PERIODS, without_load
from components.market_time import Window, bucket_end, bucket_start
from components.queries.base import Result
from components.queries.station_history import StationHistory
from components.store.snapshot import Snapshot

LEAST_MONTHS = 12


def scaled(series: dict[str, np.ndarray], units: dict[float, str]) -> tuple[dict[str, np.ndarray], str]:
    """Series in the largest unit that the largest value reaches, else in the smallest; and that unit.

    Parameters
    ----------
    units : size -> unit, the largest first.
    """
    top = max((float(np.nanmax(np.abs(v))) for v in series.values() if np.isfinite(v).any()), default=0.0)
    size = next((s for s in units if top >= s), min(units))
    return {k: v / size for k, v in series.items()}, units[size]


class PeriodView(StationView):
    """Energy, revenue and prices of each period as bars and marks; the figures as a table."""

    interval: ClassVar[str] = "1M"
    heading: ClassVar[str] = "By month"
    by_interval = False
    questions = (StationHistory,)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.energy = PeriodChart(
            theme, {"energy": "Energy", "load": "Load"}, height=190, title="Energy", y_label="Energy (GWh)", unit="GWh",
            digits=2, colours={"energy": "accent", "load": "battery_charging"}, named=False,
        )  # fmt: skip
        self.money = PeriodChart(
            theme, {"revenue": "Revenue"}, height=150, title="Revenue", y_label="Revenue ($M)", unit="$M", digits=3,
            colours={"revenue": "accent"}, named=False,
        )  # fmt: skip
        self.price = PeriodChart(
            theme, {"capture": "Capture price", "flat": "Mean price of the region"}, height=190, title="Capture price",
            y_label="Price ($/MWh)", unit="$/MWh", digits=2, colours={"capture": "accent", "flat": "muted"},
            marks=("capture", "flat"),
        )  # fmt: skip
        self.legend = Legend()
        drawn = [figure(c.figure) for c in (self.energy, self.money, self.price)]
        self.chart_card = self.card(self.heading, *self.above(), *drawn[:2], self.legend, drawn[2])
        self.ledger = Ledger(stacked=True)
        self.table_card = self.card("Figures", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def above(self) -> Sequence[Any]:
        """Parts above the charts."""
        return ()

    def charts(self) -> Sequence[Any]:
        return [self.energy, self.money, self.price]

    def span(self, snapshot: Snapshot, window: Window) -> dict[str, Any]:
        """The window of the question."""
        raise NotImplementedError

    def asked(self, snapshot: Snapshot, subject: Subject, by: str = "") -> StationHistory:
        """The history of the subject, or of its units."""
        span = self.span(snapshot, self.home.window(snapshot))
        return self.page.ask(StationHistory, **subject.filters, by=[by or subject.by], interval=self.interval, **span)

    def offers(self, snapshot: Snapshot, subject: Subject) -> Links:
        mine, units = self.asked(snapshot, subject), self.asked(snapshot, subject, "duid")
        questions = [(self.heading, mine)] + (
            [(f"{self.heading}, each unit", units)] if subject.by == "station" else []
        )
        return [(card, questions) for card in (self.chart_card, self.table_card)]

    def draws(self, label: str) -> bool:
        return not label.endswith("each unit")

    def show(self, snapshot: Snapshot, subject: Subject) -> None:
        asked = self.asked(snapshot, subject)
        result = ANSWERS.ask(snapshot, asked)
        if not result.frame["energy_mwh"].notna().any():
            self.home.nothing(snapshot, self.chart_card, subject, asked.window(snapshot))
            self.table_card.hide()
            return
        self._draw(result.frame, subject)
        self._table(result.frame, subject)
        self.chart_card.ready(self.home.said(result, asked.window(snapshot)))
        self.table_card.ready(self.told(result))

    def told(self, result: Result) -> str:
        """What stands beside the table's heading."""
        count = len(result.frame)
        return f"{count} period{'' if count == 1 else 's'}; the newest first"

    def _draw(self, frame: pd.DataFrame, subject: Subject) -> None:
        names = [self.called(r) for r in frame[["time", "period"]].to_dict("records")]
        fuel = subject.own["fuel"]
        energy, load = (frame[c].to_numpy("float64") for c in ("energy_mwh", "load_mwh"))
        consumed = bool(np.nansum(load) > 0)
        drawn = {"energy": energy} if np.nansum(np.abs(energy)) > 0 or not consumed else {}
        if consumed:
            drawn["load"] = -load
        drawn, unit = scaled(drawn, {1000.0: "GWh", 1.0: "MWh"})
        self.energy.feed(
            names, drawn, {"energy": fuel, "load": "battery_charging" if fuel == "battery" else "pumps"}, unit
        )
        money, unit = scaled({"revenue": frame["revenue"].to_numpy("float64")}, {1e6: "$M", 1e3: "$k"})
        self.money.feed(names, money, {"revenue": fuel}, unit)
        prices = {"capture": frame["capture_price"].to_numpy(), "flat": frame["time_weighted_price"].to_numpy()}
        self.price.feed(names, prices)
        theme = self.page.theme
        self.legend.entries = [
            {"label": "Capture price", "colour": theme.accent},
            {"label": "Mean price of the region", "colour": theme.muted},
        ]

    def called(self, row: dict[Any, Any]) -> str:
        """A period's name on the page."""
        return f"{row['time']:%b %Y}" if self.interval == "1M" else str(row["period"])

    def _table(self, frame: pd.DataFrame, subject: Subject) -> None:
        rows = frame.iloc[::-1].to_dict("records")
        figures = without_load(OF_PERIODS, rows)
        self.ledger.columns = [{"label": "Period"}, *(f.head for f in figures)]
        self.ledger.rows = [
            {"key": r["period"], "cells": [self._name(r, subject), *(f.cell(r) for f in figures)]} for r in rows
        ]

    def _name(self, row: dict[Any, Any], subject: Subject) -> dict[str, Any]:
        """The period, a link to the power in it; what the data does not cover is said."""
        begin = np.array([row["time"]], "datetime64[us]")
        end = bucket_end(begin, self.interval)[0]
        window = {"start": [str(begin[0])[:10]], "end": [str(end)[:10]]}
        texts = {k: v for k, v in self.page.texts.items() if k not in ("start", "end", "last")} | window
        href = (to.station if subject.by == "station" else to.unit)(subject.name, texts)
        part = "" if row["period_share"] >= 0.9995 else f"{formats.percent(row['period_share'], 0)} of it"
        return {"t": self.called(row), "v": str(begin[0]), "href": href, "sub": part}


class MonthsView(PeriodView):
    """The months of the window, twelve at least."""

    slug = "months"
    label = "Months"
    help = "Energy, revenue and capture price of each month: those of the window, twelve at least"
    interval = "1M"
    heading = "By month"

    def notes(self) -> Sequence[str]:
        return [f"The months are those of the chosen range, and the ones before it up to {LEAST_MONTHS}."]

    def span(self, snapshot: Snapshot, window: Window) -> dict[str, Any]:
        last = bucket_start(pd.DatetimeIndex([window.end]), "1M")[0]
        least = pd.Timestamp(last) - pd.DateOffset(months=LEAST_MONTHS - 1)
        first = pd.Timestamp(bucket_start(pd.DatetimeIndex([window.start + pd.Timedelta(minutes=5)]), "1M")[0])
        return {"start": min(first, least), "end": window.end, "last": "1d"}


class HistoryView(PeriodView):
    """Everything there is, by financial year, with the files to take away."""

    slug = "history"
    label = "History"
    help = "Energy, revenue and capture price of every financial year, as a file too"
    interval = "fy"
    heading = "By financial year"

    def above(self) -> Sequence[Any]:
        self.files = Files()
        return [self.files]

    def notes(self) -> Sequence[str]:
        return ["FY25 is July 2024 to June 2025. The history is everything that is stored, whatever range is chosen."]

    def span(self, snapshot: Snapshot, window: Window) -> dict[str, Any]:
        return {"start": None, "end": None, "last": "all"}

    def show(self, snapshot: Snapshot, subject: Subject) -> None:
        super().show(snapshot, subject)
        asked = [("History by financial year (CSV)", self.asked(snapshot, subject))]
        if subject.by == "station" and len(subject.units) > 1:
            asked.append(("Each unit (CSV)", self.asked(snapshot, subject, "duid")))
        self.files.files = [
            {"label": label, "href": data_links.link(label, question)["files"][0]["href"]} for label, question in asked
        ] if data_links.api_is_served() else []  # fmt: skip
