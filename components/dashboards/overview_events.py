"""Events of the last 24 hours, and the records of the region looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.dashboards import address
from components.dashboards.answers import ANSWERS
from components.dashboards.overview_block import NAMES, Block
from components.dashboards.overview_records import ask_records
from components.dashboards.parts import Ledger
from components.dashboards.shell import Card, row
from components.market_time import Window
from components.queries.alerts import Alerts, labels
from components.queries.base import PeriodQuery, Query
from components.queries.measures import MEASURES
from components.queries.prices_events import MarketInterventions
from components.queries.records import PERIODS, Records
from components.store.snapshot import Snapshot

MOST_EVENTS = 12
FLAGS = {"administered": "Price administered", "suspended": "Market suspended"}
WORDS = {"day": "Today", "month": "This month", "all": "All data"}


def value_words(metric: str, value: float) -> str:
    """A value of a measure with its unit."""
    if metric == "price":
        return f"{formats.price(value)}/MWh"
    return formats.percent(value) if metric == "renewable_share" else formats.power(value)


class EventBlock(Block):
    """Two tables: what happened, and what stands."""

    def build(self) -> Sequence[Any]:
        self.events = Ledger(
            columns=[
                {"label": "From"},
                {"label": "Where"},
                {"label": "What"},
                {"label": "Until"},
                {"label": "Extreme", "number": True},
            ],
            stacked=True,
        )
        periods = [{"label": WORDS[p], "number": True, "minor": p == "month"} for p in PERIODS]
        before = {"label": "Before", "number": True, "minor": True, "help": "The record of all data that stood before"}
        self.records = Ledger(columns=[{"label": "Record"}, *periods, before])
        self.event_card = self.card("Events of 24 hours", self.events)
        self.record_card = self.card("Records", self.records)
        return [row(self.event_card.view, self.record_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)")]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (self.event_card, [("Alerts, 24 hours", Alerts(last="1d")), ("Administered prices, 24 hours", MarketInterventions(last="1d"))]),
            (self.record_card, [("Records", Records(region=[self.region]))]),
        ]  # fmt: skip

    def draw(self, snapshot: Snapshot) -> None:
        records = ask_records(snapshot, self.page)
        self._events(snapshot, records)
        self._records(snapshot, records)

    # -- events --------------------------------------------------------------------------------------

    def _events(self, snapshot: Snapshot, records: pd.DataFrame | None) -> None:
        key = ("events", self.page.dark, records is not None)
        rows, told = ANSWERS.get(snapshot, key, lambda: self._event_rows(snapshot, records))
        if not rows:
            self.event_card.empty(told)
            return
        self.events.rows = rows
        self.event_card.ready(told)

    def _event_rows(self, snapshot: Snapshot, records: pd.DataFrame | None) -> tuple[list[dict[str, Any]], str]:
        """The rows, newest first, and the card's words: the same for everyone, whatever is chosen."""
        alerts = Alerts(last="1d")
        window = alerts.window(snapshot)
        found = [self._alert(r, window) for r in ANSWERS.ask(snapshot, alerts).frame.to_dict("records")]
        found += [self._flag(r) for r in ANSWERS.ask(snapshot, MarketInterventions(last="1d")).frame.to_dict("records")]
        if records is not None:
            new = records[(records["period"] == "all") & (records["time"] > window.start)]
            found += [self._record(r) for r in new.to_dict("records")]
        found.sort(key=lambda r: r[0], reverse=True)
        if not found:
            return [], f"No threshold was crossed and no record set in {formats.window(window.start, window.end)}."
        rows = [{"key": str(i), "cells": cells} for i, (_, cells) in enumerate(found[:MOST_EVENTS])]
        more = f"{MOST_EVENTS} newest of {len(found)}" if len(found) > MOST_EVENTS else ""
        return rows, " · ".join(w for w in (formats.window(window.start, window.end), more) if w)

    def _line(
        self, start: pd.Timestamp, region: str, what: str, until: str, extreme: str, value: float, href: str
    ) -> tuple[pd.Timestamp, list[dict[str, Any]]]:  # fmt: skip
        colour = self.page.theme.regions[region]
        return start, [
            {"t": f"{start:%a %H:%M}", "v": start.timestamp(), "href": href, "title": formats.stamp(start)},
            {"t": NAMES[region], "colour": colour}, {"t": what}, {"t": until}, {"t": extreme, "v": value},
        ]  # fmt: skip

    def _href(self, region: str, start: pd.Timestamp, end: pd.Timestamp, page: str = "prices") -> str:
        hour = pd.Timedelta(hours=1)
        texts = PeriodQuery(start=(start - hour).floor("h"), end=(end + hour).ceil("h")).texts()
        return f"./{page}" + address.join({"region": [region]} | texts)

    def _alert(self, alert: dict[Any, Any], window: Window) -> tuple[pd.Timestamp, list[dict[str, Any]]]:
        start, end = alert["start"], alert["end"]
        until = "now" if pd.isna(end) else f"{end:%H:%M}"
        price = alert["metric"] == "price"
        href = self._href(
            alert["region"], start, window.end if pd.isna(end) else end, "prices" if price else "generation"
        )
        return self._line(
            start,
            alert["region"],
            labels()[alert["rule"]],
            until,
            value_words(alert["metric"], alert["peak"]),
            alert["peak"],
            href,
        )

    def _flag(self, flag: dict[Any, Any]) -> tuple[pd.Timestamp, list[dict[str, Any]]]:
        href = self._href(flag["region"], flag["start"], flag["end"])
        return self._line(
            flag["start"], flag["region"], FLAGS[flag["kind"]], f"{flag['end']:%H:%M}", value_words("price", flag["peak"]), flag["peak"], href
        )  # fmt: skip

    def _record(self, found: dict[Any, Any]) -> tuple[pd.Timestamp, list[dict[str, Any]]]:
        metric, side = found["metric"], "highest" if found["side"] == "high" else "lowest"
        what = f"Record: {side} {MEASURES[metric].label.lower()}"
        page = "prices" if metric == "price" else "generation"
        href = self._href(found["region"], found["time"], found["time"], page)
        return self._line(
            found["time"], found["region"], what, "", value_words(metric, found["value"]), found["value"], href
        )

    # -- records -------------------------------------------------------------------------------------

    def _records(self, snapshot: Snapshot, records: pd.DataFrame | None) -> None:
        if records is None:
            self.record_card.empty("The records of this version are being worked out.")
            return
        rows, told = ANSWERS.get(snapshot, ("record rows", self.region), lambda: self._record_rows(records))
        self.records.rows = rows
        if not rows:
            self.record_card.empty("Nothing has been stored that a record could be of.")
            return
        self.record_card.ready(told, heading=f"Records · {NAMES[self.region]}")

    def _record_rows(self, records: pd.DataFrame) -> tuple[list[dict[str, Any]], str]:
        """The region's rows and the card's words."""
        mine = records[records["region"] == self.region]
        cells: dict[tuple[str, str], dict[str, dict[Any, Any]]] = {}
        for found in mine.to_dict("records"):
            cells.setdefault((found["metric"], found["side"]), {})[found["period"]] = found
        rows = [self._row(metric, side, of) for (metric, side), of in cells.items() if "all" in of]
        if not rows:
            return [], ""
        start = mine.loc[mine["period"] == "all", "start"].min()
        return rows, f"5-minute values · all data = since {start.day} {start:%b %Y}"

    def _row(self, metric: str, side: str, of: dict[str, dict[Any, Any]]) -> dict[str, Any]:
        label = MEASURES[metric].label + (
            "" if len(MEASURES[metric].sides) == 1 else ", highest" if side == "high" else ", lowest"
        )
        cells: list[dict[str, Any]] = [{"t": label}]
        for period in PERIODS:
            found = of.get(period)
            same = found is not None and period != "all" and found["time"] == of["all"]["time"]
            cells.append(self._cell(metric, found and found["value"], found and found["time"], period, new=same))
        before = of["all"]
        cells.append(self._cell(metric, before["previous"], before["previous_time"], "all"))
        return {"key": f"{metric} {side}", "cells": cells}

    def _cell(self, metric: str, value: Any, time: Any, period: str, *, new: bool = False) -> dict[str, Any]:
        if value is None or not np.isfinite(value):
            return {"t": formats.MISSING, "v": None}
        stamp = pd.Timestamp(time)
        when = {"day": f"{stamp:%H:%M}", "month": f"{stamp.day} {stamp:%b}"}.get(period, f"{stamp.day} {stamp:%b %Y}")
        return {
            "t": value_words(metric, float(value)), "v": float(value), "sub": when + (" · record" if new else ""), "title": formats.stamp(stamp)
        }  # fmt: skip


__all__ = ["EventBlock"]
