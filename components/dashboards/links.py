"""From a name in a table to the page of what it names, over the same window.

The window, its calendar and the region go along; whatever else is in the address stays behind. Names come from
outside: they are quoted here, and parts set links as attributes, so a name can never be more than a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from components.dashboards import address
from components.vocabulary import FUELTECHS

WINDOW = ("start", "end", "last", "month", "hour", "weekday")
"""What says which intervals are looked at."""
CARRIED = ("region", *WINDOW)
"""What a link takes along."""

Texts = Mapping[str, Sequence[str]]
"""An address: names and texts, as ``Dashboard.texts``."""


def _href(page: str, texts: Texts, **named: str) -> str:
    kept = {name: list(texts[name]) for name in CARRIED if name in texts}
    return f"./{page}" + address.join(kept | {name: [text] for name, text in named.items()})


def station(name: str, texts: Texts) -> str:
    """A station as a whole.

    >>> station("Eraring", {"region": ["NSW1"], "last": ["7d"], "interval": ["1h"]})
    './stations?region=NSW1&last=7d&station=Eraring'
    """
    return _href("stations", texts, station=name)


def unit(duid: str, texts: Texts) -> str:
    """One unit alone."""
    return _href("stations", texts, duid=duid)


def owner(name: str, texts: Texts) -> str:
    """The stations of an owner."""
    return _href("stations", texts, owner=name)


def fuel(name: str, texts: Texts) -> str:
    """Generation with this fuel alone; interchange is a switch there.

    >>> fuel("imports", {})
    './generation?fuel=imports&interchange=1'
    """
    more = {"interchange": "1"} if name in ("imports", "exports") else {}
    return _href("generation", texts, fuel=name, **more)


def fueltech(name: str, texts: Texts) -> str:
    """Generation of the fuel that a technology belongs to."""
    return fuel(FUELTECHS.get(name, name), texts)


def region(name: str, texts: Texts, page: str = "generation") -> str:
    """A region (or NEM) on one of the pages, in place of the region looked at."""
    return _href(page, texts, region=name)


def batteries(named: Mapping[str, str], texts: Texts) -> str:
    """Batteries of a station, unit or owner.

    >>> batteries({"station": "Hornsdale Power Reserve"}, {"last": ["30d"]})
    './batteries?last=30d&station=Hornsdale%20Power%20Reserve'
    """
    return _href("batteries", texts, **named)


def interconnector(name: str, texts: Texts) -> str:
    """An interconnector against its limits.

    >>> interconnector("V-SA", {"last": ["7d"]})
    './transmission?last=7d&interconnector=V-SA&view=limits'
    """
    return _href("transmission", texts, interconnector=name, view="limits")


BY: dict[str, Callable[[str, Texts], str]] = {
    "station": station,
    "duid": unit,
    "owner": owner,
    "fuel": fuel,
    "fueltech": fueltech,
    "region": region,
    "interconnector": interconnector,
}
"""Column of an answer -> the link of its names, for tables whose grouping the visitor chooses."""


def of(column: str, name: str, texts: Texts) -> str | None:
    """The link of a name in a column of an answer; None where there is no page for it (an empty name, another column)."""
    return BY[column](name, texts) if name and column in BY else None
