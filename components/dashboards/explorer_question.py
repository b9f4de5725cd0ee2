"""The explorer's address: which window of the archive, and which part of a picture's other axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from components.errors import UsageError
from components.queries.base import Names, PeriodQuery, Span
from components.queries.parameters import Instant

Pair = tuple[float, float]


class Extent(Instant):
    """A part of an axis: its lower and upper end, or None = all of it."""

    def parse(self, texts: Sequence[str]) -> Any:
        """From ``low,high``; raises UsageError."""
        words = ",".join(texts)[:80].split(",")
        try:
            low, high = (float(w) for w in words)
        except ValueError:
            raise UsageError("is not two numbers, lower and upper end") from None
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise UsageError("must be a lower and a higher number")
        return low, high

    def format(self, value: Any) -> list[str]:
        """``low,high`` with six digits."""
        return [",".join(f"{v:.6g}" for v in value)]


class Archive(PeriodQuery):
    """What is looked at; no question of the API, whose questions are in the Data menus."""

    dataset = "scada"
    last = Span(default="all", doc="Length up to the newest data, used where start and end are not given: 7d, 1y, all.")
    region = Names(default=[], vocabulary="region", doc="One region; none or NEM = the whole market.")
    duid = Names(default=[], vocabulary="duid", doc="Unit that is marked.")
    x = Extent(default=None, allow_None=True, doc="Part of the x axis where it is not time: low,high.")
    y = Extent(
        default=None,
        allow_None=True,
        doc="Part of the y axis: rows from the bottom, hours, or places on the price axis.",
    )
