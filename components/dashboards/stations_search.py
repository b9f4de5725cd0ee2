"""What the search of the stations page finds: here, and in the regions that the picker leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.charts import formats
from components.charts.palette import Palette
from components.dashboards.answers import ANSWERS, Answers
from components.dashboards.stations_subject import REGION_SHORT
from components.market_time import Window
from components.queries.registry import LEAST_SCORE, Stations, likeness
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM

MOST_HITS = 60
MOST_UNITS = 6
"""Units listed beside the stations that are found by their DUID."""
EXACT, SOUND = 1.0, 0.8
"""A name as it is; one that holds what was typed. Below, names are only spelt alike."""

LISTS = Answers(most=16)
"""The newest lists, shared by every visitor; some 0.3 MB each for a whole registry."""


@dataclass(frozen=True)
class Hit:
    """A station or unit that was found, and how well (0 to 1)."""

    by: str
    name: str
    score: float
    row: dict[Any, Any]

    @property
    def key(self) -> str:
        """As :attr:`Subject.key`."""
        return f"{self.by}:{self.name}"


@dataclass(frozen=True)
class Found:
    """The hits in order, and whether what lies elsewhere is the better find."""

    here: tuple[Hit, ...]
    elsewhere: tuple[Hit, ...] = ()
    elsewhere_first: bool = False

    @property
    def first(self) -> Hit | None:
        """The hit that Enter opens."""
        both = (self.elsewhere, self.here) if self.elsewhere_first else (self.here, self.elsewhere)
        return next((hit for hits in both for hit in hits), None)


def kind_of(score: float) -> int:
    """2 = as typed, 1 = holds what was typed, 0 = spelt alike."""
    return int(score >= EXACT) + int(score >= SOUND)


def score_station(asked: str, row: dict[Any, Any]) -> float:
    """How well a station answers a search, by its name, its best DUID, or (a little less) its owner."""
    names = [row["station"], *str(row["duid"]).split(" ")]
    best = max(likeness(asked, n) for n in names)
    # One found by a word of each, or by a smaller unit's owner, is no worse than the least that is found.
    return max(best, 0.95 * likeness(asked, row["owner"]) if row["owner"] else 0.0, LEAST_SCORE)


def search(snapshot: Snapshot, listed: Stations) -> Found:
    """What a search finds, best first: exact names and DUIDs, then parts, then spellings.

    Parameters
    ----------
    listed : the question of the list, by station. Its region splits what is found into here and elsewhere.
    """
    asked = listed.q.strip()
    wide = Stations(**{n: v for n, v in listed.param.values().items() if n in Stations.parameters()} | {"region": []})
    rows = ANSWERS.ask(snapshot, wide).frame.to_dict("records")
    hits = [Hit("station", r["station"], score_station(asked, r), r) for r in rows]
    hits += units(snapshot, wide, {r["station"]: len(str(r["duid"]).split(" ")) for r in rows})
    # A DUID as it is typed before the station of that unit; else stations before their units.
    hits.sort(key=lambda h: (-h.score, (h.by == "station") == (h.score >= EXACT), h.name))
    regions = set(listed.region) - {NEM} if NEM not in listed.region else set()
    here = tuple(h for h in hits if not regions or h.row["region"] in regions)
    away = tuple(h for h in hits if regions and h.row["region"] not in regions)
    better = bool(away) and (not here or kind_of(away[0].score) > kind_of(here[0].score))
    return Found(here, away, better)


def units(snapshot: Snapshot, wide: Stations, sizes: dict[str, int]) -> list[Hit]:
    """Units whose DUID is what was typed or begins with it, of stations of several units."""
    asked = wide.q.strip()
    if len(asked) < 3:
        return []
    by_unit = Stations(**{n: v for n, v in wide.param.values().items() if n in Stations.parameters()} | {"by": "duid"})
    rows = ANSWERS.ask(snapshot, by_unit).frame.to_dict("records")
    found = [Hit("duid", r["duid"], likeness(asked, r["duid"]), r) for r in rows if sizes.get(r["station"], 1) > 1]
    return sorted((h for h in found if h.score >= 0.9), key=lambda h: (-h.score, h.name))[:MOST_UNITS]


def ordered(snapshot: Snapshot, listed: Stations, window: Window) -> Found:
    """The list: what was searched for, or the stations with readings in the window's months first, the largest first."""
    key = (listed.fingerprint(), window.start, window.end)
    found: Found = LISTS.get(snapshot, key, lambda: _ordered(snapshot, listed, window))
    return found


def _ordered(snapshot: Snapshot, listed: Stations, window: Window) -> Found:
    if listed.q.strip():
        return search(snapshot, listed)
    frame = ANSWERS.ask(snapshot, listed).frame
    low, high = window.start.to_datetime64(), window.end.to_datetime64()
    known = {d for c in snapshot.chunks("scada") if c.first <= high and c.last > low for d in c.keys}
    here = [any(d in known for d in duids.split(" ")) for duids in frame["duid"]]
    by = ["_here", "has_data", "retired", "capacity_mw"]
    order = frame.assign(_here=here).sort_values(by, ascending=[False, False, True, False], kind="stable")
    return Found(tuple(Hit("station", r["station"], EXACT, r) for r in order.drop(columns="_here").to_dict("records")))


def words(hit: Hit, theme: Palette, href: str = "") -> dict[str, Any]:
    """A hit as the browser shows it."""
    row = hit.row
    fuel = FUELS[row["fuel"]].label if row["fuel"] in FUELS else row["fuel"]
    parts = [
        REGION_SHORT.get(row["region"], ""),
        fuel,
        row["owner"] if hit.by == "station" else f"unit of {row['station']}",
    ]
    if not row["has_data"]:
        parts.insert(0, "no readings")
    if row["retired"]:
        parts.insert(0, "retired")
    return {
        "key": hit.key, "label": hit.name, "sub": " · ".join(p for p in parts if p),
        "figure": formats.power(row["capacity_mw"]) if pd.notna(row["capacity_mw"]) else "",
        "colour": theme.fuels.get(row["fuel"], ""), "href": href,
    }  # fmt: skip


def counted(found: Found, asked: str, where: Sequence[str]) -> str:
    """The sentence below the hits."""
    stations = sum(h.by == "station" for h in found.here)
    if not found.here:
        place = f" in {' or '.join(REGION_SHORT.get(r, r) for r in where)}" if found.elsewhere else ""
        return f"Nothing is called “{asked[:60]}”{place}." if asked else "The registry is empty here."
    shown = sum(h.by == "station" for h in found.here[:MOST_HITS])
    if shown < stations:
        return f"{shown} of {stations} stations; search to narrow down"
    return f"{stations} station{'' if stations == 1 else 's'}"
