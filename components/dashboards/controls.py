"""The control bar of a page: what it shows, and what its messages change.

A page without a parameter ``region`` has no region picker, one that is about no window none of time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from components.charts import formats
from components.dashboards import ranges
from components.market_time import Window, offered_intervals
from components.queries.base import PeriodQuery, WindowQuery
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGION_NAMES, REGIONS

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard

PRESETS = [
    {"value": k, "label": "All" if k == "all" else k.upper(), "title": title} for k, title in ranges.PRESETS.items()
]
_STEP = pd.Timedelta(minutes=5)


def state(page: Dashboard, snapshot: Snapshot) -> dict[str, Any]:
    """Parameters of the bar, but for the address and what is wrong with it."""
    return _regions(page) | _range(page, snapshot) | _choices(page) | {
        "views": [{"value": v.slug, "label": v.label, "title": v.help} for v in page.views],
        "view": page.chosen("view") if page.views else "",
    }  # fmt: skip


def _regions(page: Dashboard) -> dict[str, Any]:
    """The picker's options: the whole market first; where several may be chosen, all five apart first."""
    if not any("region" in kind.parameters() for kind in page.kinds()):
        return {"regions": [], "region": []}
    market = {"value": NEM, "label": "NEM", "title": REGION_NAMES[NEM]}
    each = [{"value": r, "label": r[:-1], "title": REGION_NAMES[r]} for r in REGIONS]
    whole = "" if page.many_regions else NEM
    apart = {"value": "", "label": "All", "title": "The five regions, each for itself"}
    return {
        "regions": [apart, *each, market] if page.many_regions else [market, *each],
        "all_region": whole, "region": list(page.ask_region()) or [whole],
    }  # fmt: skip


def _range(page: Dashboard, snapshot: Snapshot) -> dict[str, Any]:
    main = page.main()
    if main is None:
        return {"presets": [], "intervals": []}
    window = main.window(snapshot)
    first, newest = snapshot.first(main.dataset), snapshot.last(main.dataset)
    from_date, to_date = ranges.days_of(window) if newest is not None else ("", "")
    return {
        "presets": PRESETS, "preset": ranges.preset_of(main, newest) if newest is not None else "",
        "can_later": newest is not None and window.end < newest, "from_date": from_date, "to_date": to_date,
        "first_date": f"{first - _STEP:%Y-%m-%d}" if first is not None else "",
        "last_date": f"{newest - _STEP:%Y-%m-%d}" if newest is not None else "",
        **_intervals(page, main, window),
    }  # fmt: skip


def _intervals(page: Dashboard, main: PeriodQuery, window: Window) -> dict[str, Any]:
    """Those that suit the window, and the chosen one; none where what is shown has no interval."""
    if not isinstance(main, WindowQuery) or (page.view is not None and not page.view.by_interval):
        return {"interval": "auto", "intervals": []}
    offered = offered_intervals(window.start, window.end)
    return {
        "interval": main.interval, "interval_help": f"Interval: {WindowQuery.param['interval'].doc}",
        "intervals": [
            {"value": "auto", "label": f"Auto ({formats.INTERVAL_LABELS[window.interval]})"},
            *({"value": i, "label": label.capitalize()} for i, label in formats.INTERVAL_LABELS.items()
              if i in offered or i == main.interval),
        ],
    }  # fmt: skip


def _choices(page: Dashboard) -> dict[str, Any]:
    """Switches and lists of the page and of the view that is shown."""

    def asked(name: str) -> tuple[str, Any]:
        kind = page.kind_of(name)
        return kind.param[name].doc or "", getattr(page.ask(kind), name)

    toggles: list[dict[str, Any]] = []
    selects: list[dict[str, Any]] = []
    for part in page.parts():
        for name, label in part.toggles.items():
            doc, on = asked(name)
            toggles.append({"name": name, "label": label, "help": doc, "on": on})
        for name, options in part.selects.items():
            doc, value = asked(name)
            selects.append({"name": name, "help": doc, "value": value, "options": _options(options)})
    for part in page.parts():
        for name, choice in part.choices.items():
            value = page.chosen(name)
            selects.append({"name": name, "help": choice.help, "value": value, "options": _options(choice.options)})
    return {"toggles": toggles, "selects": selects}


def _options(labels: Any) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in labels.items()]


def changes(page: Dashboard, snapshot: Snapshot, message: dict[str, Any]) -> dict[str, Any] | None:
    """Parameters that a message sets, None where it is not understood.

    Raises
    ------
    ValueError, TypeError, KeyError
        When a value is of no use: anything may come from a browser.
    """
    main = page.main()
    newest = snapshot.last(main.dataset) if main is not None else None
    if main is not None and newest is not None and (moved := _moved(main, snapshot, newest, message)):
        interval = page.texts.get("interval", ["auto"])[0]
        return ranges.fitting(main, snapshot, interval, moved)
    if "region" in message:
        return {"region": [r for r in message["region"] if r in (*REGIONS, NEM)]}
    if "interval" in message:
        return {"interval": message["interval"]}
    if any(message.get("toggle") in part.toggles for part in page.parts()):
        return {message["toggle"]: bool(message.get("on"))}
    if any(message.get("select") in {**part.selects, **part.choices} for part in page.parts()):
        return {message["select"]: message["value"]}
    if page.views and "view" in message:
        return {"view": message["view"]}
    return {} if "dismiss" in message else None


def _moved(main: PeriodQuery, snapshot: Snapshot, newest: pd.Timestamp, message: dict[str, Any]) -> dict[str, Any]:
    """Another window, where the message is about that."""
    if message.get("preset") in ranges.PRESETS:
        return ranges.preset_changes(message["preset"], newest)
    if "from_date" in message:
        return ranges.day_changes(str(message["from_date"])[:10], str(message["to_date"])[:10])
    if message.get("pan") in (-1, 1):
        return ranges.panned(main, snapshot, message["pan"])
    if message.get("zoom") in (-1, 1):
        return ranges.zoomed(main, snapshot, message["zoom"])
    return {}
