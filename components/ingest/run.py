"""``ingest``: AEMO's files from a site, a mirror or a folder into the lake.

Find, leave out what the ledger knows, fetch and parse in parallel, publish in batches (so that a killed run
loses little), enter the ledger, sum up. Rows go from a file straight to the lake's spool: memory does not grow
with the number of months.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any

import pandas as pd
from tqdm import tqdm

from components.config import active
from components.errors import FileRejected, SourceError, UsageError, nearest
from components.ingest.coverage import Due, find_gaps
from components.ingest.discover import CURRENT, Listing, Source, SourceFile, Wanted
from components.ingest.fetch import Limits
from components.ingest.ledger import Ledger, split
from components.ingest.names import DATASET_NAMES, MMS, UNITS, USUAL_NAMES
from components.ingest.nemweb import is_whole_nemweb, open_source
from components.ingest.read import Outcome, Room, read_file
from components.ingest.registry import RegistryParts, build_units, merge_units
from components.ingest.report import IngestReport
from components.market_time import parse_instant
from components.store.lake import Lake, Transaction
from components.vocabulary import UNMAPPED

BATCH_BYTES = 256 << 20
BATCH_SECONDS = 600.0
MOST_FAILURES = 8
"""So many files in a row that cannot be had end the run: the source is down."""
CURRENT_DAYS = 2
_NEAR = 16

Date = pd.Timestamp | str | None


def ingest(
    lake: Lake,
    source: str,
    *,
    start: Date = None,
    end: Date = None,
    tables: Sequence[str] | str | None = None,
    workers: int = 4,
    progress: bool = True,
    limits: Limits | None = None,
) -> IngestReport:
    """Read AEMO's files into the lake.

    Parameters
    ----------
    source : address of NEMWEB or a mirror, a folder with such files anywhere below it, or one file.
    start, end : window ``(start, end]``; None = whatever the source has. All of NEMWEB itself is never meant:
        without ``start`` its current reports are read (two days).
    tables : some of price, region, flow, scada, rooftop, units, semi_scheduled; None = all but the last.
    workers : files fetched and parsed at the same time.
    progress : show a bar on stderr (only on a terminal).
    limits : of the downloads; None = from the configuration.

    Returns
    -------
    IngestReport
        What was read, what is missing, what was set aside. ``failed`` when nothing could be read.

    Raises
    ------
    SourceError
        When the source cannot be reached or holds none of AEMO's files.
    UsageError
        When a date or a table's name is wrong.
    StoreError
        When the lake cannot be read or written.
    """
    wanted, notes = _wanted(source, start, end, tables)
    opened = open_source(source, limits or Limits.of(active().ingest), workers)
    try:
        listing = opened.find(wanted)
        if not listing.files:
            _explain_nothing(source, listing, wanted)
        report = read_listed(lake, opened, wanted, listing, workers, progress=progress and sys.stderr.isatty())
        report.notes[:0] = notes
        return report
    finally:
        opened.close()


def read_listed(
    lake: Lake, source: Source, wanted: Wanted, listing: Listing, workers: int, *,
    progress: bool = False, count_gaps: bool = True,
) -> IngestReport:  # fmt: skip
    """Read what was found and the ledger does not know, and publish it.

    ``count_gaps`` looks for what is missing afterwards, which reads whole months.
    """
    report = IngestReport(source.label, files_found=len(listing.files), notes=list(listing.unread))
    return _Run(lake, source, wanted, workers, report).go(listing.files, progress=progress, count_gaps=count_gaps)


def _wanted(source: str, start: Date, end: Date, tables: Sequence[str] | str | None) -> tuple[Wanted, list[str]]:
    """The window and the datasets a call asks for."""
    chosen = wanted_datasets(tables)
    low, high = (parse_instant(d) if isinstance(d, str) else d for d in (start, end))
    if low is not None and high is not None and high <= low:
        raise UsageError(f"--end {high} does not lie after --start {low}")
    if low is None and is_whole_nemweb(source):
        note = f"NEMWEB's current reports only (about {CURRENT_DAYS} days); give --start for more"
        return Wanted(frozenset(chosen), None, high, frozenset({CURRENT})), [note]
    return Wanted(frozenset(chosen), low, high), []


def wanted_datasets(tables: Sequence[str] | str | None) -> list[str]:
    """Datasets by their names on the command line; None = the usual ones.

    Raises
    ------
    UsageError
        When there is none of that name.
    """
    chosen = tables.split(",") if isinstance(tables, str) else list(tables or USUAL_NAMES)
    for name in chosen:
        if name not in DATASET_NAMES:
            hint = nearest(name, DATASET_NAMES)
            raise UsageError(
                f"--tables: {name!r} is none of {', '.join(DATASET_NAMES)}"
                + (f"; did you mean {hint}?" if hint else "")
            )
    return chosen


def largest_first(files: list[SourceFile]) -> list[SourceFile]:
    """Lists of units, then the others in turn, of any few months' files the largest first: no processor waits for one."""
    units = [f for f in files if UNITS in f.name.datasets]
    others = [f for f in files if UNITS not in f.name.datasets]
    for at in range(0, len(others), _NEAR):
        others[at : at + _NEAR] = sorted(others[at : at + _NEAR], key=lambda f: -(f.size or 0))
    return units + others


def _explain_nothing(source: str, listing: Listing, wanted: Wanted) -> None:
    """Raise the error of a source without any wanted file."""
    window = f" of ({wanted.start or '...'}, {wanted.end or '...'}]" if wanted.start or wanted.end else ""
    seen = f"{len(listing.others)} other files ({', '.join(listing.others[:3])})" if listing.others else "no files"
    why = f"; {listing.unread[0]}" if listing.unread else ""
    raise SourceError(
        f"{source} holds no AEMO files of {', '.join(sorted(wanted.datasets))}{window}: expected names like "
        f"PUBLIC_DVD_DISPATCHPRICE_202407010000.zip, PUBLIC_DISPATCHIS_*.zip or PRICE_AND_DEMAND_*.csv, found {seen}{why}"
    )


class _Run:
    """One run's state."""

    def __init__(self, lake: Lake, source: Source, wanted: Wanted, workers: int, report: IngestReport):
        self.lake, self.source, self.wanted, self.workers, self.report = lake, source, wanted, workers, report
        self.manifest = lake.manifest()
        self.ledger = Ledger(lake.root / "ledger.json", self.manifest)
        self.due = Due(wanted)
        self.parts = RegistryParts()
        self.duids: set[str] = set()
        self.room = Room()
        self.failures = 0
        self.demo = False

    def go(self, files: list[SourceFile], *, progress: bool, count_gaps: bool) -> IngestReport:
        """Read, publish, sum up."""
        todo, self.report.files_known = split(self._with_sizes(files), self.ledger, self.wanted)
        # Lists of units first: then the first version that has readings has their names as well.
        todo.sort(key=lambda f: UNITS not in f.name.datasets)
        self.report.version = self.manifest.version if self.manifest else ""
        if not todo:
            return self.report
        first, todo = self._first_of_market(todo)
        total = self.report.files_found - self.report.files_known
        with (
            tqdm(total=total, unit="file", disable=not progress) as bar,
            closing(self._outcomes(first, largest_first(todo))) as stream,
        ):
            while self._batch(stream, bar):
                pass
        self.report.aside.sort()
        if count_gaps:
            self.report.gaps = find_gaps(self.lake, self.due.spans())
        return self.report

    def _with_sizes(self, files: list[SourceFile]) -> list[SourceFile]:
        """Sizes and dates of files whose listing tells none, so that the next run knows them again."""
        unsized = [f for f in files if f.size is None or not f.stamp]
        if not unsized:
            return files
        with ThreadPoolExecutor(self.workers) as pool:
            told = {f.path: f for f in pool.map(self.source.stat, unsized)}
        return [told.get(f.path, f) for f in files]

    def _first_of_market(self, todo: list[SourceFile]) -> tuple[list[Outcome], list[SourceFile]]:
        """Read until a file says whether this is the real market or a synthetic one."""
        early: list[Outcome] = []
        for file in [f for f in todo if f.name.kind == MMS] + [f for f in todo if f.name.kind != MMS]:
            outcome = self._read(file)
            early.append(outcome)
            if outcome.demo is not None:
                self.demo = outcome.demo
                break
            if file.name.kind != MMS or len(early) >= MOST_FAILURES:
                break
        read = {o.file.path for o in early}
        return early, [f for f in todo if f.path not in read]

    def _read(self, file: SourceFile) -> Outcome:
        return read_file(self.source, file, self.wanted, self.room, self.ledger.sha256(file, self.wanted))

    def _outcomes(self, early: list[Outcome], todo: list[SourceFile]) -> Generator[Outcome, None, None]:
        """Every file's outcome, a few files ahead of who asks."""
        yield from early
        waiting: set[Future[Outcome]] = set()
        files = iter(todo)
        with ThreadPoolExecutor(self.workers, thread_name_prefix="ingest") as pool:
            try:
                while True:
                    while len(waiting) < 2 * self.workers and (file := next(files, None)) is not None:
                        waiting.add(pool.submit(self._read, file))
                    if not waiting:
                        return
                    # Whichever is done: one that waits for room must not hold up those that would make it.
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (f.result() for f in done)
            finally:
                self.room.close()
                pool.shutdown(wait=True, cancel_futures=True)

    def _batch(self, stream: Iterator[Outcome], bar: tqdm) -> bool:
        """Add files until a batch is full, publish it; False when the stream is at its end."""
        began, size, more = time.monotonic(), 0, False
        entered: list[tuple[str, dict[str, Any]]] = []
        good = False
        with self.lake.begin(demo=self.demo) as transaction:
            for outcome in stream:
                bar.update()
                size += outcome.size
                if self._take(outcome, transaction):
                    good = True
                    if not outcome.aside:
                        entered.append((outcome.file.identity, self.ledger.entry(outcome, self.wanted, demo=self.demo)))
                outcome.leave()
                if self.failures >= MOST_FAILURES:
                    self.report.stopped = f"{MOST_FAILURES} files in a row could not be had: {self.report.aside[-1]}"
                    break
                if size > BATCH_BYTES or time.monotonic() - began > BATCH_SECONDS:
                    more = True
                    break
            if good:
                transaction.merge_ahead()
                self._set_units(transaction)
                self.report.add_publish(transaction.publish())
        if good:
            if self.manifest is None or self.manifest.is_demo != self.demo:
                self.ledger.forget()  # what an earlier lake held is not in this one
            self.manifest = self.lake.manifest()
            for identity, entry in entered:
                self.ledger.add(identity, entry)
            self.ledger.save()
        return more

    def _take(self, outcome: Outcome, transaction: Transaction) -> bool:
        """Put one file's rows into the transaction; False when it gave nothing."""
        report = self.report
        self.failures = self.failures + 1 if outcome.unreachable else 0
        report.aside += outcome.aside
        if outcome.demo is not None and outcome.demo != self.demo and outcome.good:
            kind = "a synthetic market" if outcome.demo else "the real market"
            report.aside.append(f"{outcome.file.path}: is of {kind}, the files before were not; read them apart")
            outcome.aside.append(report.aside[-1])
            return False
        report.ignored.update(outcome.ignored)
        footers = [n for n in outcome.notes if ": footer counts " in n]
        report.footers += bool(footers)
        report.notes += [n for n in outcome.notes if n not in footers]
        report.files_read += outcome.good
        for dataset, frames in outcome.rows.items():
            for frame in frames:
                report.add_rows(dataset, frame)
                transaction.add(dataset, frame)
                if dataset in ("scada", "semi_scheduled"):
                    self.duids.update(frame["duid"].unique())
        self.due.add(outcome)
        self._take_registry(outcome)
        return outcome.good

    def _take_registry(self, outcome: Outcome) -> None:
        for table, frame, published in outcome.registry:
            try:
                self.parts.add_table(table, frame, published)
            except FileRejected as why:
                self._aside(outcome, f"{outcome.file.path}: {why}")
        for book in outcome.workbooks:
            try:
                self.parts.add_workbook(book)
            except FileRejected as why:
                self._aside(outcome, f"{outcome.file.path}: {why}")

    def _aside(self, outcome: Outcome, sentence: str) -> None:
        self.report.aside.append(sentence)
        outcome.aside.append(sentence)

    def _set_units(self, transaction: Transaction) -> None:
        """The registry from what this run found and what the lake knew; a unit that only SCADA knows is kept."""
        same_market = self.manifest is not None and self.manifest.is_demo == self.demo
        old = self.lake.read_units() if same_market else None
        known = set(old["duid"]) if old is not None else set()
        if self.parts.empty and not self.duids - known:
            self.report.units, self.report.unmapped = len(known), _unmapped(old)
            return
        units = build_units(self.parts, self.duids)
        if old is not None and len(old):
            units = merge_units(old, units)
        if len(units):
            transaction.set_units(units)
        self.report.units, self.report.unmapped = units["duid"].nunique(), _unmapped(units)
        self.report.units_new += len(set(units["duid"]) - known)


def _unmapped(units: pd.DataFrame | None) -> int:
    return 0 if units is None or not len(units) else int(units.loc[units["fuel"] == UNMAPPED, "duid"].nunique())
