"""Words about the data: its source, its newest stamp, what was wrong with an address."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.errors import Problem
from components.market_time import UTC_OFFSET

SOURCES = {"demo": "Demo data", "nemweb": "AEMO NEMWEB", "import": "Imported"}
"""Sources as the head of a page names them."""


def iso(stamp: pd.Timestamp) -> str:
    """A stamp for the browser: ISO 8601 with its offset."""
    return f"{stamp:%Y-%m-%dT%H:%M:%S}{UTC_OFFSET}"


def attribution(sources: Sequence[str]) -> list[dict[str, str]]:
    """The footer's words on where the figures come from; none where there is no data."""
    if "demo" in sources:
        return [{"text": "Demo data: invented figures, not AEMO's."}]
    if not sources:
        return []
    imported = (
        "" if "import" not in sources else " and imported files" if "nemweb" in sources else ", by imported files"
    )
    return [
        {"text": "Source: Australian Energy Market Operator (AEMO), "},
        {"text": "NEMWEB", "href": "https://www.nemweb.com.au/"},
        {"text": f"{imported}. Figures are derived from AEMO's published data; AEMO does not endorse this site."},
    ]


def sentence(problem: Problem) -> str:
    """What was wrong with an address, for the visitor."""
    hint = f" Did you mean {problem.did_you_mean}?" if problem.did_you_mean else ""
    value = f" “{str(problem.value)[:60]}”" if problem.value else ""
    return f"{problem.param}{value} was ignored: {problem.detail}.{hint}"
