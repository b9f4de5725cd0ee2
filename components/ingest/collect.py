"""``collect``: AEMO's current reports, round by round, and what is missing from the archives.

A round lists the current reports, reads what the ledger does not know and publishes it as one version. Gaps of the
last days are looked for now and then and filled from the archive of days, then from that of months; a file that came
late or was revised has another name or date and is read like any other. One collector works at a time; how it fares
stands in ``collector.json`` beside the lake (:mod:`components.ingest.collector_state`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from components.config import CollectSettings, Settings
from components.errors import DashboardError, StoreBusy
from components.ingest.collector_state import CollectorState, Round
from components.ingest.coverage import Gaps, find_gaps
from components.ingest.discover import ARCHIVE, CURRENT, MMSDM, Listing, Source, Wanted
from components.ingest.fetch import Limits
from components.ingest.follow_context import ContextFollower
from components.ingest.ledger import Ledger
from components.ingest.names import UNITS
from components.ingest.nemweb import open_source
from components.ingest.report import IngestReport
from components.ingest.run import read_listed, wanted_datasets
from components.market_time import DISPATCH
from components.store.collector import LOCK
from components.store.files import Lock, clear_errors
from components.store.lake import Lake

log = logging.getLogger(__name__)

MOST_PAUSE = 160.0
"""Longest pause before looking again for an interval that is late [s]."""


def nem_now() -> pd.Timestamp:
    """The wall clock as naive NEM time."""
    return (pd.Timestamp.now("UTC") + pd.Timedelta(hours=10)).tz_localize(None)


class Collector:
    """Keeps one lake current. Use it in a ``with`` block: it holds the right to collect into the lake.

    Parameters
    ----------
    source : address or folder as for ``ingest``.
    tables : as for ``ingest``; None = the usual ones.
    clock : naive NEM time now.

    Raises
    ------
    StoreBusy
        Another collector is at work on this lake.
    """

    def __init__(
        self, lake: Lake, source: str, settings: Settings, *, tables: list[str] | None = None,
        limits: Limits | None = None, clock: Callable[[], pd.Timestamp] = nem_now,
    ):  # fmt: skip
        self.lake, self.clock = lake, clock
        self.settings: CollectSettings = settings.collect
        self._workers = settings.ingest.workers
        self._datasets = frozenset(wanted_datasets(tables))
        limits = replace(limits or Limits.of(settings.ingest), spacing=self.settings.spacing_seconds)
        with clear_errors(f"collecting into {lake.root}"):
            lake.root.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(lake.root / LOCK, "collecting into")
        try:
            self._source: Source = open_source(source, limits, self._workers, self.settings.listing_seconds)
        except BaseException:
            self._lock.release()
            raise
        self.state = CollectorState.begin(lake.root, source)
        self._context = ContextFollower(lake, self._source)
        self._looked_for_gaps: pd.Timestamp | None = None

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, *_: object) -> None:
        self.state.end()
        self._source.close()
        self._lock.release()

    # -- one round -----------------------------------------------------------------------------------

    def round(self) -> Round:
        """Read what is new; fill gaps where that is due. Never raises for what the source or the store does."""
        done = Round(began=self.clock())
        try:
            self._current(done)
            done.aside += self._context.look(self.clock())
            due = self._looked_for_gaps
            if self.settings.backfill_days and (
                due is None or self.clock() - due >= pd.Timedelta(seconds=self.settings.backfill_seconds)
            ):
                self._looked_for_gaps = self.clock()
                self._fill_gaps(done)
        except StoreBusy as busy:  # somebody publishes by hand: the next round comes
            done.error = str(busy)
        except DashboardError as wrong:
            done.error = str(wrong)
        except OSError as wrong:
            done.error = f"{wrong.filename}: {wrong.strerror}" if wrong.filename else str(wrong)
        except Exception as wrong:  # the next round may do better; the service goes on with what it has
            log.exception("a round of the collector failed")
            done.error = f"{type(wrong).__name__}: {wrong}"
        done.newest = self.newest()
        done.ended = self.clock()
        self.state.add(done)
        return done

    def newest(self) -> pd.Timestamp | None:
        """Newest stamp of prices (of SCADA where only that is collected); None while the lake has none."""
        try:
            manifest = self.lake.manifest()
        except DashboardError:
            return None
        stored = {} if manifest is None else manifest.datasets
        ends = (pd.Timestamp(stored[d].last) for d in ("price", "scada") if d in self._datasets and d in stored)
        return next(ends, None)

    def late(self) -> bool:
        """Whether the interval that is under way is missing: its file comes some 20 s after it begins."""
        newest = self.newest()
        return newest is None or newest < self.clock().floor(DISPATCH) + DISPATCH

    def _current(self, done: Round) -> None:
        wanted = Wanted(self._datasets, trees=frozenset({CURRENT}))
        listing = self._source.find(wanted)
        if not listing.files:
            raise DashboardError(f"{self._source.label} lists none of AEMO's current reports")
        self._read(wanted, listing, done)
        if not listing.unread:
            self._forget_gone(listing)

    def _read(self, wanted: Wanted, listing: Listing, done: Round) -> IngestReport:
        report = read_listed(self.lake, self._source, wanted, listing, self._workers, count_gaps=False)
        done.add(report)
        return report

    def _forget_gone(self, listing: Listing) -> None:
        """Files that the source no longer lists leave the ledger: it must not grow with the years."""
        ledger = Ledger(self.lake.root / "ledger.json", None)
        if ledger.keep_only({f.identity for f in listing.files}):
            ledger.save()

    # -- gaps ----------------------------------------------------------------------------------------

    def gaps(self) -> dict[str, Gaps]:
        """What the lake misses by dataset, from ``backfill_days`` ago (or its first stamp) to its newest stamp."""
        manifest = self.lake.manifest()
        since = self.clock().normalize() - pd.Timedelta(days=self.settings.backfill_days)
        spans = {}
        for name, stored in ({} if manifest is None else manifest.datasets).items():
            first, last = max(pd.Timestamp(stored.first) - DISPATCH, since), pd.Timestamp(stored.last)
            if name in self._datasets and first < last:
                spans[name] = [(first, last)]
        return find_gaps(self.lake, spans)

    def _fill_gaps(self, done: Round) -> None:
        """The archive of days first, then that of months; each for what is missing then."""
        gaps: dict[str, Gaps] = {}
        for tree in (ARCHIVE, MMSDM):
            gaps = {d: g for d, g in self.gaps().items() if g.missing}
            if not gaps:
                break
            start = min(g.spans[0][0] for g in gaps.values())
            end = max(g.spans[-1][1] for g in gaps.values())
            wanted = Wanted(frozenset(gaps) | ({UNITS} & self._datasets), start, end, frozenset({tree}))
            listing = self._source.find(wanted)
            if listing.files and self._read(wanted, listing, done).changed:
                gaps = {d: g for d, g in self.gaps().items() if g.missing}
        done.missing = {d: g.missing for d, g in gaps.items()}

    # -- round after round ---------------------------------------------------------------------------

    def run(self, wait: Callable[[float], bool], said: Callable[[Round], Any] = lambda _: None) -> None:
        """Rounds until ``wait`` says that it is over.

        Parameters
        ----------
        wait : waits so many seconds; True = stop now.
        said : told of each round.
        """
        tries = 0
        while True:
            done = self.round()
            said(done)
            tries = 0 if not (done.error or self.late()) else tries + 1
            pause = self.pause(tries)
            self.state.next_at(self.clock() + pd.Timedelta(seconds=pause))
            if wait(pause):
                return

    def pause(self, tries: int) -> float:
        """Seconds to the next round: to the next one due, or sooner while an interval is late.

        The pauses double from ``retry_seconds`` with each of ``tries`` in vain, up to :data:`MOST_PAUSE`.
        """
        every, delay = self.settings.every_seconds, self.settings.delay_seconds
        past = (self.clock() - pd.Timestamp(0)).total_seconds() - delay
        due = every - past % every
        again = min(self.settings.retry_seconds * 2 ** (tries - 1), MOST_PAUSE) if tries else due
        return min(due, again)
