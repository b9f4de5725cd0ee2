"""The questions by name, and their way through a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from components.raster.calendar import CalendarAsk
from components.raster.density import DensityAsk
from components.raster.overview import OverviewAsk
from components.raster.prices import PricesAsk
from components.raster.units import UnitsAsk

Ask = UnitsAsk | PricesAsk | DensityAsk | CalendarAsk | OverviewAsk
KINDS: dict[str, type[Ask]] = {a.kind: a for a in (UnitsAsk, PricesAsk, DensityAsk, CalendarAsk, OverviewAsk)}


def to_json(ask: Ask) -> dict[str, Any]:
    """A question as JSON can hold it."""
    return {"kind": ask.kind, **asdict(ask)}


def from_json(words: Mapping[str, Any]) -> Ask:
    """The question back."""
    return KINDS[words["kind"]](**{k: v for k, v in words.items() if k != "kind"})
