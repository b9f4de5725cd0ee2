"""``/api/feed.json``: alerts of the last week and the records that stand, as a JSON Feed (version 1.1).

Items are plain text and made of the program's own words and numbers alone.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.api.envelope import instant, origin
from components.queries.alerts import Alerts, labels
from components.queries.measures import MEASURES
from components.queries.records import Records
from components.store.snapshot import Snapshot

WEEK = "7d"


def value_words(value: float, unit: str) -> str:
    """A value with its unit; shares in per cent."""
    return f"{value:,.2f} {unit}" if unit else f"{100 * value:.1f}%"


def _alert(row: dict[Any, Any], label: str) -> dict[str, Any]:
    start = instant(row["start"])
    until = "it still stands" if pd.isna(row["end"]) else f"until {instant(row['end'])}"
    return {
        "id": f"alert/{row['rule']}/{row['region']}/{start}",
        "title": f"{row['region']}: {label}",
        "content_text": f"{label} in {row['region']} from {start}, {until}; most extreme {value_words(row['peak'], row['unit'])}.",
        "date_published": start,
        "tags": ["alert", row["metric"], row["region"]],
    }


def _record(row: dict[Any, Any]) -> dict[str, Any]:
    side = "highest" if row["side"] == "high" else "lowest"
    time, label = instant(row["time"]), MEASURES[row["metric"]].label.lower()
    before = (
        ""
        if pd.isna(row["previous"])
        else f" Before: {value_words(row['previous'], row['unit'])} at {instant(row['previous_time'])}."
    )
    return {
        "id": f"record/{row['metric']}/{row['side']}/{row['region']}/{time}",
        "title": f"{row['region']}: {side} {label} on record, {value_words(row['value'], row['unit'])}",
        "content_text": f"{side.capitalize()} {label} of {row['region']} in the data since {instant(row['start'])}: "
        f"{value_words(row['value'], row['unit'])} at {time}.{before}",
        "date_published": time,
        "tags": ["record", row["metric"], row["region"]],
    }  # fmt: skip


def json_feed(snapshot: Snapshot, root: str) -> dict[str, Any]:
    """The document of ``/api/feed.json``, the newest item first."""
    called = labels()
    items = [_alert(r, called[r["rule"]]) for r in Alerts(last=WEEK).run(snapshot).frame.to_dict("records")]
    items += [_record(r) for r in Records(period=["all"]).run(snapshot).frame.to_dict("records")]
    items.sort(key=lambda item: str(item["date_published"]), reverse=True)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Alerts and records of the National Electricity Market" + (" (demo data)" if snapshot.is_demo else ""),
        "home_page_url": f"{root}/overview",
        "feed_url": f"{root}/api/feed.json",
        "description": "Thresholds crossed in the last seven days, and the records of the data that is stored.",
        "_origin": origin(snapshot),
        "items": items,
    }


__all__ = ["json_feed", "value_words"]
