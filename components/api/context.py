"""``/api/predispatch`` and ``/api/notices``: AEMO's own forecasts and messages, beside the data, as last collected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from components.api import data
from components.api.base import ApiHandler
from components.api.envelope import instant
from components.api.formats import json_bytes
from components.api.tags import entity_tag

UNSEEN = "Read by name, tolerantly: not yet compared with a genuine file of AEMO's."
NOTHING = "Nothing has been collected: `aemo-dashboard collect` or `serve --live` does."
_JSON = {"Content-Type": "application/json"}


def _instant(text: Any) -> str | None:
    try:
        return instant(pd.Timestamp(text)) if isinstance(text, str) else None
    except ValueError:
        return None


def _document(context: dict[str, Any], columns: dict[str, list[Any]], units: dict[str, str]) -> dict[str, Any]:
    rows = len(next(iter(columns.values())))
    meta: dict[str, Any] = {"rows": rows, "units": units, "timezone": "+10:00", "read": _instant(context["read"])}
    meta["notes"] = [UNSEEN] if rows else [UNSEEN, NOTHING]
    if context["demo"]:
        meta["notice"] = "Demo data"
    return {"meta": meta, "data": columns}


def predispatch(context: dict[str, Any]) -> dict[str, Any]:
    """Forecast price and demand by region: the 5-minute run first, the half-hourly one from where it ends."""
    names = ("time", "region", "price", "demand")
    out: dict[str, list[Any]] = {name: [] for name in (*names, "minutes", "published")}
    reached = ""
    for run in sorted(context["forecasts"], key=lambda f: f["minutes"]):
        rows = [row for row in zip(*(run[name] for name in names), strict=True) if row[0] > reached]
        for name, values in zip(names, zip(*rows, strict=True), strict=False):
            out[name] += [_instant(v) for v in values] if name == "time" else list(values)
        out["minutes"] += [run["minutes"]] * len(rows)
        out["published"] += [_instant(run["published"])] * len(rows)
        reached = max([row[0] for row in rows], default=reached)
    return _document(context, out, {"price": "$/MWh", "demand": "MW", "minutes": "min"})


def notices(context: dict[str, Any]) -> dict[str, Any]:
    """Market notices, the newest first."""
    names = ("id", "type", "description", "created", "title", "text")
    newest_first = context["notices"][::-1]
    out = {name: [n.get(name) for n in newest_first] for name in names}
    return _document(context, out | {"created": [_instant(t) for t in out["created"]]}, {})


class ContextDocument(ApiHandler):
    """One of the documents above."""

    def initialize(self, make: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self.make = make

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        body = json_bytes(self.make(data.context()))
        if not self.unchanged(entity_tag("context", body), "no-cache"):
            await self.finish_small(body, _JSON)
