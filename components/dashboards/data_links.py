"""The Data menu of a card: the questions behind it, as links for scripts and as files.

A file comes over HTTP from the API, never through the page's socket. Where the server has no API the menu says so.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from components.dashboards import address
from components.queries.base import Query

FILES = {"csv": "CSV", "arrow": "Arrow", "parquet": "Parquet"}
NOT_SERVED = "This server has no API: start it with “aemo-dashboard serve” to download what is on the screen."


def api_is_served() -> bool:
    """True where the server was started with the API plugged in (``aemo-dashboard serve`` does)."""
    return "components.api" in sys.modules


def link(label: str, query: Query) -> dict[str, Any]:
    """One question as the menu shows it: its address in the API and its files, relative to the page.

    ``times`` are the columns that hold times, for readers of CSV.
    """
    route, search = f"./api/{query.route}", address.join(query.texts())
    return {
        "label": label,
        "api": route + search,
        "files": [{"label": name, "href": f"{route}.{ending}{search}"} for ending, name in FILES.items()],
        "times": [c for c in query.row_columns if c == "time" or c.endswith("_time")],
    }


def menu(questions: Sequence[tuple[str, Query]]) -> dict[str, Any]:
    """What a card's menu needs: its links, and the sentence where there are none."""
    if not api_is_served():
        return {"links": [], "links_note": NOT_SERVED}
    return {"links": [link(label, query) for label, query in questions], "links_note": ""}
