"""What questions about groups of revenue share: their filters, and the names of what is not known."""

from __future__ import annotations

import numpy as np
import param

from components.errors import Problem
from components.queries.base import Names
from components.queries.revenue import Revenue
from components.queries.row_totals import OF_ROOFTOP, ROOFTOP, UNKNOWN, RowTotals, row_totals
from components.queries.units import matching
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

FILTERS = ("region", "fuel", "fueltech", "station", "duid", "owner")
"""Parameters that leave units out, and the columns they speak of."""
GROSS = "Revenue is gross spot revenue: before {}FCAS and contracts."
ESTIMATED = "Rooftop solar is an estimate, valued at the regional price; it is not paid at spot."
_MEANT = {"region": (UNKNOWN,), "owner": (UNKNOWN, ROOFTOP), "station": (ROOFTOP,), "duid": (ROOFTOP,)}
"""Names of what no registry lists, legal as filters all the same."""
_BATTERY = {"fuel": ("battery_charging",), "fueltech": ("battery_charging", "battery_discharging")}
"""Storage is one group, whatever its units are registered as; the filter of that name lets all of it through."""


class RevenueGroups(Revenue):
    """What questions about groups of revenue share: every filter, and the names of what is not known."""

    fueltech = Names(default=[], vocabulary="fueltech", doc="Fuel technologies.")
    rooftop = param.Boolean(default=True, doc="Count rooftop solar, an estimate that no unit makes.")

    def check(self, snapshot: Snapshot) -> list[Problem]:
        return [p for p in super().check(snapshot) if p.value not in _MEANT.get(p.param, ())]

    def totals(self, snapshot: Snapshot) -> RowTotals:
        """Every row's sums over the window."""
        return row_totals(snapshot, self.window(snapshot), basis=self.basis, loss_adjusted=self.loss_adjusted)

    def rows_chosen(self, totals: RowTotals) -> np.ndarray:
        """(N,) bool, the rows of ``totals`` that the filters let through."""
        asked = {name: getattr(self, name) for name in FILTERS}
        known = dict(asked)
        for name in ("region", "owner"):
            known[name] = ["" if w == UNKNOWN else w for w in asked[name]]
        for name, more in _BATTERY.items():
            known[name] = [*asked[name], *(more if "battery" in asked[name] else ())]
        fits = self.rooftop and all(not asked[name] or word in asked[name] for name, word in OF_ROOFTOP.items())
        regions = [fits and (not self.region or NEM in self.region or r in self.region) for r in REGIONS]
        return totals.chosen(matching(totals.table, **known), rooftop=np.array(regions, bool))

    def names(self, totals: RowTotals, word: str) -> tuple[np.ndarray, list[str]]:
        """As :meth:`RowTotals.names`; the whole market where it is asked for as one."""
        if word == "region" and NEM in self.region:
            return np.zeros(totals.rows, np.int64), [NEM]
        return totals.names(word)

    def remarks(self, totals: RowTotals, chosen: np.ndarray) -> list[str]:
        """What the reader of these figures must know."""
        notes = [GROSS.format("" if self.loss_adjusted else "loss factors, ")]
        unpriced = int((totals.field("readings") - totals.field("priced"))[chosen].sum())
        if unpriced:
            notes.append(f"{unpriced} readings have no price: their energy counts, their revenue is missing.")
        own = set(totals.table.duid[chosen[: totals.table.rows]])
        if plain := len(totals.without_loss_factor & own):
            notes.append(f"{plain} units have no known loss factor; 1 was used.")
        if (chosen[totals.table.rows :] & (totals.field("readings")[totals.table.rows :] > 0)).any():
            notes.append(ESTIMATED)
        return notes
