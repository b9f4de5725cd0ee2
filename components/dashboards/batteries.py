"""``/batteries``: what batteries paid, earned and stored, as a fleet and each for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import formats
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_charge import ChargeView
from components.dashboards.batteries_day import DayView
from components.dashboards.batteries_foresight import ForesightView
from components.dashboards.batteries_over_time import OverTimeView
from components.dashboards.batteries_ranking import RankingView
from components.dashboards.batteries_trend import TrendView
from components.dashboards.batteries_view import NAMED, WORDS
from components.dashboards.batteries_words import tiles
from components.dashboards.generation_view import region_title, whole
from components.dashboards.page import Dashboard
from components.dashboards.parts import Tiles
from components.dashboards.shell import Card
from components.dashboards.stations_parts import Chips
from components.queries.base import Query
from components.queries.batteries import Batteries
from components.queries.batteries_over_time import BatteriesOverTime
from components.queries.units import unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import REGION_NAMES


class BatteriesDashboard(Dashboard):
    """Figures of the chosen batteries above; below them a view."""

    slug = "batteries"
    title = "Batteries"
    questions = (BatteriesOverTime, Batteries)
    many_regions = True
    views = (RankingView, OverTimeView, DayView, TrendView, ForesightView, ChargeView)

    def build(self) -> Sequence[Any]:
        self.chips = Chips(on_message=self._picked)
        self.tiles = Tiles()
        self.head_card = self.card("Batteries", self.chips, self.tiles)
        self.remarks: list[str] = []
        return [self.head_card.view]

    def notes(self) -> Sequence[str]:
        return self.remarks

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.head_card, [("Figures", self.figures(snapshot))])]

    def figures(self, snapshot: Snapshot) -> Batteries:
        """The chosen batteries as one, over exactly the page's window."""
        window = self.ask(BatteriesOverTime).window(snapshot)
        return self.ask(Batteries, by=["none"], start=window.start, end=window.end, last="1d")

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        query = self.figures(snapshot)
        result = ANSWERS.ask(snapshot, query)
        self.remarks = list(result.notes)
        names = [(word, n) for word in NAMED for n in self.texts.get(word, [])]
        self.chips.param.update(
            chips=[
                {"key": f"{word}:{name}", "label": name, "on": True, "title": f"{WORDS[word]} {name}: show it no longer", "removable": True}
                for word, name in names
            ],
            facts=self._facts(snapshot), caption="Only" if names else "",
        )  # fmt: skip
        self.tiles.tiles = tiles(result.frame.iloc[0].to_dict()) if len(result.frame) else []
        window = query.window(snapshot)
        only = [f"only {n} {', '.join(self.texts[n])}" for n in ("month", "weekday", "hour") if n in self.texts]
        said = [formats.window(window.start, window.end), *only, self.covered(result)]
        if result.frame.empty:
            said = [f"no readings in {formats.window(window.start, window.end)}"]
        self.head_card.ready(" · ".join(w for w in said if w), heading=self._heading(names))

    def _heading(self, names: Sequence[tuple[str, str]]) -> str:
        if len(names) == 1:
            return names[0][1]
        if names:
            return f"{len(names)} chosen"
        return f"All batteries · {region_title(whole(self.ask_region()))}"

    def _facts(self, snapshot: Snapshot) -> list[dict[str, str]]:
        """Of one battery: its region, its owner, and its page among the stations."""
        named = [(w, n) for w in ("station", "duid") for n in self.texts.get(w, [])]
        if len(named) != 1:
            return []
        (word, name), table = named[0], unit_table(snapshot)
        rows = getattr(table, word) == name
        texts = {k: v for k, v in self.texts.items() if k != "region"}
        out = []
        for region in sorted(set(table.region[rows]) - {""})[:1]:
            out.append({"text": REGION_NAMES.get(region, region), "href": to.region(region, texts, "batteries")})
        for owner in sorted(set(table.owner[rows]) - {""})[:1]:
            out.append({"text": owner, "href": to.batteries({"owner": owner}, texts)})
        open_it = to.station if word == "station" else to.unit
        return [*out, {"text": "Power, duration, history", "href": open_it(name, texts)}]

    # -- what the visitor does -----------------------------------------------------------------------

    def _picked(self, message: dict[str, Any]) -> None:
        """A chip was pressed or taken away: that battery is no longer looked at alone."""
        word, _, name = str(message.get("remove", message.get("chip", "")))[:250].partition(":")
        if word in NAMED and name in self.texts.get(word, []):
            left: dict[str, Any] = {word: [n for n in self.texts[word] if n != name]}
            self.change(**left)
        else:
            self.bar.tell()

    def pick(self, word: str, name: str, *, add: bool) -> None:
        """Look at one battery (owner, region) alone, or at all again; with ``add`` it joins or leaves those chosen."""
        chosen = list(self.ask_region()) if word == "region" else self.texts.get(word, [])
        if add:
            now = [n for n in chosen if n != name] if name in chosen else [*chosen, name]
        else:
            now = [] if chosen == [name] else [name]
        # A station and a unit at once would be what both have in common.
        free = [w for w in ("station", "duid") if w != word and word in ("station", "duid")]
        changes: dict[str, Any] = {word: now} | {w: [] for w in free}
        self.change(**changes)


__all__ = ["BatteriesDashboard"]
