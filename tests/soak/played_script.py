"""What goes wrong during a played day, and when: late, missing, revised, repeated and damaged files, a site that fails."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
from nemweb_server import Fault, NemwebServer
from played_market import CURRENT, DISPATCH, SCADA, PlayedMarket

from components.store.collector import read_state
from components.store.lake import Lake

STEP = pd.Timedelta(minutes=5)
AFTER = 4
"""Intervals between what goes wrong, so that each kind is told apart."""
FIRST = 6
ARCHIVED = pd.Timedelta(hours=4)
"""How long after midnight the day's archive appears."""
HTML = b"<!DOCTYPE html><html><title>Maintenance</title><body>We will be back</body></html>"


@dataclass
class Script:
    """Events by interval number; ``done`` counts them by kind.

    Attributes
    ----------
    revised : stamp, region, price.
    odd : stamps whose way from publication to page is no usual one.
    """

    market: PlayedMarket
    site: NemwebServer
    lake: Lake
    prices: dict[tuple[pd.Timestamp, str], float]
    revised: list[tuple[pd.Timestamp, str, float]] = field(default_factory=list)
    odd: set[pd.Timestamp] = field(default_factory=set)
    done: dict[str, int] = field(default_factory=dict)
    missing: set[pd.Timestamp] = field(default_factory=set)
    _then: dict[pd.Timestamp, list[Callable[[], None]]] = field(default_factory=dict)

    def plan(self, begin: pd.Timestamp, count: int) -> None:
        """Decide what happens; the same for the same window."""
        kinds = [
            "late",
            "repeated",
            "revised",
            "damaged",
            "refused",
            "missing",
            "revised",
            "garbage",
            "html",
            "stalled",
            "killed",
        ]
        chance = random.Random(7)
        for turn, number in enumerate(range(FIRST, count - 2 * AFTER, AFTER)):
            stamp = begin + number * STEP + STEP  # the interval that begins then
            kind = kinds[turn % len(kinds)]
            if kind == "killed" and self.done.get("killed"):
                kind = "late"
            self.done[kind] = self.done.get(kind, 0) + 1
            getattr(self, f"_{kind}")(stamp, chance)
        self.market.missing = set(self.missing)

    def before(self, moment: pd.Timestamp) -> None:
        """What happens just before files of a moment appear."""
        for happen in self._then.pop(moment - pd.Timedelta(seconds=1), []):
            happen()

    def after(self, moment: pd.Timestamp) -> None:
        """What happens once they are there."""
        for happen in self._then.pop(moment, []):
            happen()
        if moment == moment.normalize() + ARCHIVED:
            self._archive(moment.normalize() - pd.Timedelta(days=1))

    def _at(self, moment: pd.Timestamp, happen: Callable[[], None]) -> None:
        self._then.setdefault(moment, []).append(happen)

    # -- kinds; a stamp's files appear at stamp - STEP -----------------------------------------------------

    def _late(self, stamp: pd.Timestamp, chance: random.Random) -> None:
        self.market.late[stamp] = stamp - STEP + chance.randint(2, 3) * STEP
        self.odd.add(stamp)

    def _missing(self, stamp: pd.Timestamp, _: random.Random) -> None:
        self.missing.add(stamp)
        self.odd.add(stamp)

    def _repeated(self, stamp: pd.Timestamp, _: random.Random) -> None:
        for folder in (DISPATCH, SCADA):
            self._at(stamp, lambda folder=folder: self.market.repeat(folder, stamp))

    def _revised(self, stamp: pd.Timestamp, chance: random.Random) -> None:
        region = chance.choice(sorted({r for _, r in self.prices}))
        price = round(self.prices[stamp, region] + chance.uniform(5, 50), 5)
        self.revised.append((stamp, region, price))
        self._at(stamp + STEP, lambda: self.market.revise_price(stamp, region, price))

    def _damaged(self, stamp: pd.Timestamp, _: random.Random) -> None:
        """Half a file under its name; the whole one two intervals later."""
        self.odd.add(stamp)
        kept: dict[str, bytes] = {}

        def cut() -> None:
            for folder in (DISPATCH, SCADA):
                path = self.market.file(folder, stamp)
                kept[folder] = path.read_bytes()
                _replace(path, kept[folder][: len(kept[folder]) // 2])

        def mend() -> None:
            for folder, data in kept.items():
                _replace(self.market.file(folder, stamp), data)

        self._at(stamp - STEP, cut)
        self._at(stamp + STEP, mend)

    def _garbage(self, stamp: pd.Timestamp, chance: random.Random) -> None:
        """A report that is none, under a name of its own."""
        data = chance.randbytes(4_000)

        def place() -> None:
            own = self.market.file(DISPATCH, stamp)
            own.with_name(f"{own.stem[:-16]}{9_000_000_000_000_003}.zip").write_bytes(data)

        self._at(stamp - STEP, place)

    def _refused(self, stamp: pd.Timestamp, _: random.Random) -> None:
        """The listing answers 503 twice."""
        self._listing(stamp, Fault(status=503), 2)

    def _html(self, stamp: pd.Timestamp, _: random.Random) -> None:
        """A page of maintenance, with status 200, instead of the listing."""
        self._listing(stamp, Fault(body=HTML, headers={"Content-Type": "text/html"}), 2)

    def _stalled(self, stamp: pd.Timestamp, _: random.Random) -> None:
        """The listing begins and then says nothing more."""
        self._listing(stamp, Fault(body=HTML, cut=10, stall=True), 1)

    def _listing(self, stamp: pd.Timestamp, fault: Fault, times: int) -> None:
        self.odd.add(stamp)
        path = f"/{CURRENT}/{DISPATCH}/"
        self._at(stamp - STEP - pd.Timedelta(seconds=1), lambda: self.site.faults[path].extend([fault] * times))

    def _killed(self, stamp: pd.Timestamp, _: random.Random) -> None:
        """``kill -9`` of the collector at work; the server starts another one."""
        self.odd |= {stamp + n * STEP for n in range(AFTER)}

        def kill() -> None:
            state = read_state(self.lake.root)
            if state is not None:
                os.kill(int(state["pid"]), signal.SIGKILL)

        self._at(stamp - STEP, kill)

    def _archive(self, day: pd.Timestamp) -> None:
        """The archive of a day appears; it holds the files that were missing as well."""
        self.market.archive_day(day)
        self.missing -= {s for s in self.missing if day < s <= day + pd.Timedelta(days=1)}
        self.done["days archived"] = self.done.get("days archived", 0) + 1


def _replace(path, data: bytes) -> None:
    path.unlink()  # it shares its bytes with the finished tree
    path.write_bytes(data)
