"""A page's query string: names and texts in, names and texts out. Nothing here can fail on what a browser sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote

MOST_PAIRS = 400
MOST_CHARACTERS = 65_536
FOREIGN = ("theme", "bokeh-", "utm_", "fbclid", "gclid")
"""Names that belong to Panel, Bokeh or trackers: neither ours nor worth a message."""


def split(search: str) -> dict[str, list[str]]:
    """``?region=NSW1&last=7d`` -> names and texts. Damaged or endless strings give what can be read of them.

    >>> split("?region=NSW1&region=QLD1&last=7d")
    {'region': ['NSW1', 'QLD1'], 'last': ['7d']}
    """
    out: dict[str, list[str]] = {}
    kept = search.lstrip("?")[:MOST_CHARACTERS].split("&")[:MOST_PAIRS]
    for name, text in parse_qsl("&".join(kept), keep_blank_values=True, errors="replace"):
        if not name.startswith(FOREIGN):
            out.setdefault(name, []).append(text)
    return out


def join(texts: Mapping[str, Sequence[str]]) -> str:
    """Names and texts -> ``?region=NSW1&last=7d``; nothing -> an empty string.

    >>> join({"region": ["NSW1,QLD1"], "start": ["2024-07-01T18:30"]})
    '?region=NSW1,QLD1&start=2024-07-01T18:30'
    """
    pairs = [f"{quote(name)}={quote(text, safe=',:')}" for name, given in texts.items() for text in given]
    return "?" + "&".join(pairs) if pairs else ""
