"""What a client's headers ask for: format, compression, and whether it has the answer already. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MOST_RANGES = 50
"""Parts of a header that are looked at; the rest is ignored."""


def weighted(header: str) -> list[tuple[str, float]]:
    """``"text/csv;q=0.5, */*"`` -> ``[("text/csv", 0.5), ("*/*", 1.0)]``; parts that make no sense are left out.

    >>> weighted("gzip;q=0, br")
    [('gzip', 0.0), ('br', 1.0)]
    """
    found = []
    for part in header.split(",", MOST_RANGES)[:MOST_RANGES]:
        name, *settings = (p.strip().lower() for p in part.split(";"))
        quality = 1.0
        for setting in settings:
            if match := re.fullmatch(r"q\s*=\s*(\d(?:\.\d{0,3})?)", setting):
                quality = min(1.0, float(match[1]))
            elif re.match(r"q\s*=", setting):
                name = ""
        if name:
            found.append((name, quality))
    return found


def best_media_type(accept: str | None, offered: Mapping[str, Sequence[str]]) -> str | None:
    """The offered name that suits an ``Accept`` header best, None where none is acceptable.

    Parameters
    ----------
    offered : name -> its media types, the server's favourite first.
    """
    ranges = weighted(accept) if accept and accept.strip() else [("*/*", 1.0)]
    best, best_quality = None, 0.0
    for name, types in offered.items():
        quality = max(_quality(t, ranges) for t in types)
        if quality > best_quality:
            best, best_quality = name, quality
    return best


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Quality of one media type: the most specific range that covers it decides."""
    family = media_type.split("/", maxsplit=1)[0] + "/*"
    for wanted in (media_type, family, "*/*"):
        matching = [q for name, q in ranges if name == wanted]
        if matching:
            return max(matching)
    return 0.0


def best_encoding(header: str | None, offered: Sequence[str]) -> str:
    """The offered content coding the client likes best, "" for none; ties go to the first offered."""
    if not header:
        return ""
    wanted = dict(weighted(header))
    best, best_quality = "", 0.0
    for name in offered:
        quality = wanted.get(name, wanted.get("*", 0.0))
        if quality > best_quality:
            best, best_quality = name, quality
    return best


def has_already(if_none_match: str | None, etag: str) -> bool:
    """Whether an ``If-None-Match`` list names this entity tag (weak comparison)."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    bare = etag.removeprefix("W/")
    return bare in re.findall(r'"[^"]*"', if_none_match)
