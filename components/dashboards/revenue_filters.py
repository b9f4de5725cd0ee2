"""The filters of ``/revenue``: every category there is can be chosen, and what is not shown is named with its worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.dashboards import address
from components.dashboards.answers import ANSWERS
from components.dashboards.revenue_words import WORDS, colour, label, worth
from components.queries.parameters import MOST_NAMES
from components.queries.revenue_groups import FILTERS
from components.queries.revenue_pivot import RevenuePivot
from components.queries.row_totals import ROOFTOP
from components.store import shared
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.revenue import RevenueDashboard

MOST_OPTIONS = 60
"""Categories of an open list; the rest is found by typing."""
NEAR = 1e-9
"""Part of a category's energy below which a difference is rounding."""


def left_out(whole: pd.DataFrame, shown: pd.DataFrame, word: str) -> list[tuple[str, float, float, float]]:
    """What of each category is not shown: its name, energy and load [MWh], revenue [$] (NaN where it has no price).

    Parameters
    ----------
    whole, shown : rows of the same question without and with the filter, one for each category in the column ``word``.
    """
    there = {str(r[word]): (r["energy_mwh"], r["load_mwh"], r["revenue"]) for r in shown.to_dict("records")}
    out = []
    for row in whole.to_dict("records"):
        name = str(row[word])
        energy, load, revenue = there.get(name, (0.0, 0.0, 0.0))
        missing = row["energy_mwh"] - energy, row["load_mwh"] - load
        much = NEAR * (abs(row["energy_mwh"]) + abs(row["load_mwh"]))
        if name not in there:
            out.append((name, float(row["energy_mwh"]), float(row["load_mwh"]), float(row["revenue"])))
        elif abs(missing[0]) > much or abs(missing[1]) > much:
            out.append((name, float(missing[0]), float(missing[1]), float(row["revenue"] - np.nan_to_num(revenue))))
    return sorted(out, key=lambda one: (-abs(np.nan_to_num(one[3])), -abs(one[1]), one[0]))


class FilterBar:
    """The filters of one visitor: what is chosen is in the page's address, which list is open is here."""

    def __init__(self, page: RevenueDashboard):
        self.page = page
        self.open = ""
        self.typed = ""

    # -- what is asked -------------------------------------------------------------------------------

    def categories(self, word: str, *, without: Sequence[str] = ()) -> RevenuePivot:
        """Every category of a column, the largest first; ``without`` some of the filters."""
        free: dict[str, Any] = {name: [] for name in without if name in FILTERS}
        if ROOFTOP in without:
            free["rooftop"] = True
        return self.page.ask(
            RevenuePivot, by=[word], depth=1, open=[], sort="revenue", ascending=False, top=0, min_share=0.0, total=False, **free
        )  # fmt: skip

    def everything(self, *, filtered: bool) -> RevenuePivot:
        """One row for all that is shown, or for all there is."""
        return self.categories("fuel", without=() if filtered else (*FILTERS, ROOFTOP)).but(total=True)

    def asks(self) -> list[RevenuePivot]:
        """Everything that the words are made of."""
        out = [
            q
            for group, word in self._groups()
            for q in (self.categories(word, without=(group,)), self.categories(word))
        ]
        if self.narrowed():
            out += [self.everything(filtered=f) for f in (False, True)]
        return [*out, self.categories(self.open, without=(self.open, ROOFTOP))] if self.open else out

    def _groups(self) -> list[tuple[str, str]]:
        """Filters that leave something out, and the column each is about."""
        groups = [(word, word) for word in FILTERS if self.chosen(word) not in ([], ["NEM"])]
        return groups if self.page.ask(RevenuePivot).rooftop else [*groups, (ROOFTOP, "fuel")]

    def chosen(self, word: str) -> list[str]:
        """What is let through; empty = everything."""
        return list(getattr(self.page.ask(RevenuePivot), word))

    def narrowed(self) -> bool:
        """True where anything is left out on purpose."""
        query = self.page.ask(RevenuePivot)
        return not query.rooftop or any(getattr(query, name) not in ([], ["NEM"]) for name in FILTERS)

    def without(self) -> dict[str, str]:
        """A link to the same view without any filter."""
        texts = {k: v for k, v in self.page.texts.items() if k not in (*FILTERS, "rooftop")}
        return {"label": "Show everything", "href": f"./{self.page.slug}{address.join(texts)}"}

    # -- in words ------------------------------------------------------------------------------------

    def words(self, snapshot: Snapshot) -> dict[str, Any]:
        """What the filters' part shows."""
        chips = []
        for word, title in WORDS.items():
            names = self.chosen(word)
            named = [label(word, n) for n in names]
            more = f" + {len(named) - 2}" if len(named) > 3 else ""
            shown = ", ".join(named[:2] if more else named) + more
            chips.append({"name": word, "label": title, "chosen": shown})
        narrowed = self.narrowed()
        return {
            "chips": chips,
            "left": self._left(snapshot) if narrowed else [],
            "summary": self._summary(snapshot) if narrowed else "",
            "picker": self._picker(snapshot) if self.open else {},
        }

    def _left(self, snapshot: Snapshot) -> list[dict[str, str]]:
        out = []
        for group, word in self._groups():
            whole = ANSWERS.ask(snapshot, self.categories(word, without=(group,))).frame
            shown = ANSWERS.ask(snapshot, self.categories(word)).frame
            out += [
                {"label": label(word, name), "worth": worth(*figures), "group": WORDS[word]}
                for name, *figures in left_out(whole, shown, word)
            ]
        return out

    def _summary(self, snapshot: Snapshot) -> str:
        whole, shown = (
            ANSWERS.ask(snapshot, self.everything(filtered=f)).frame.query("level == 0") for f in (False, True)
        )
        if not len(whole):
            return ""
        energy, revenue = (float(shown[c].sum()) / float(whole[c].sum()) for c in ("energy_mwh", "revenue"))
        return f"Shown: {formats.percent(energy)} of all energy, {formats.percent(revenue)} of all revenue."

    def _picker(self, snapshot: Snapshot) -> dict[str, Any]:
        word = self.open
        frame = ANSWERS.ask(snapshot, self.categories(word, without=(word, ROOFTOP))).frame
        names = frame[word].astype(str).tolist()
        chosen = self.chosen(word)
        asked = self.typed.casefold().strip()
        rows = [
            (name, figures)
            for name, *figures in zip(names, frame["energy_mwh"], frame["load_mwh"], frame["revenue"], strict=True)
            if asked in label(word, name).casefold() or asked in name.casefold()
        ]
        # What is chosen stands first, so that it can be taken back in a long list.
        rows.sort(key=lambda row: row[0] not in chosen)
        few = len(names) <= MOST_OPTIONS
        known = set(names)
        options = [
            {"key": n, "label": label(word, n), "worth": "no readings here", "on": True, "colour": colour(word, n, self.page.theme)}
            for n in chosen if n not in known and n != "NEM"
        ] + [
            {"key": n, "label": label(word, n), "worth": worth(*figures), "on": n in chosen or (few and not chosen),
             "colour": colour(word, n, self.page.theme)}
            for n, figures in rows[:MOST_OPTIONS]
        ]  # fmt: skip
        hidden = len(rows) - MOST_OPTIONS
        note = f"{hidden} more; type to find them." if hidden > 0 else "" if rows else "Nothing is called that."
        return {
            "name": word, "label": WORDS[word], "typed": self.typed, "options": options, "note": note,
            "search": not few, "chosen": bool(chosen),
        }  # fmt: skip

    # -- what the visitor does -----------------------------------------------------------------------

    def told(self, message: dict[str, Any]) -> None:
        """A message of the filters. Anything may come from a browser: what is not understood is ignored."""
        word = str(message.get("filter", ""))
        changes: dict[str, Any] = {}
        if "close" in message:
            self.open = ""
        elif "typed" in message:
            self.typed = str(message["typed"])[:100]
        elif "reset" in message:
            changes = {name: [] for name in FILTERS} | {"rooftop": True}
        elif word in FILTERS and "pick" in message:
            changes = {word: self._picked(word, str(message["pick"])[:200])}
        elif word in FILTERS and "only" in message:
            changes = {word: [str(message["only"])[:200]]}
        elif word in FILTERS and "clear" in message:
            changes = {word: []}
        elif word in FILTERS:
            self.open, self.typed = word, ""
        if changes:
            self.page.change(**changes, skip=0, open=[])
        else:
            self.page.draw(shared.current())

    def _picked(self, word: str, name: str) -> list[str]:
        """The filter after one category was ticked or unticked; all of them ticked is no filter."""
        frame = ANSWERS.ask(shared.current(), self.categories(word, without=(word, ROOFTOP))).frame
        every = frame[word].astype(str).tolist()
        chosen = [n for n in self.chosen(word) if n != "NEM"]
        if not chosen and len(every) <= MOST_OPTIONS:
            return [n for n in every if n != name]
        now = [n for n in chosen if n != name] if name in chosen else [*chosen, name]
        return [] if set(every) <= set(now) else now[-MOST_NAMES:]
