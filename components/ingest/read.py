"""One file of a source -> what it contributes: tidy rows, registry parts, and what is wrong with it."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from components.errors import FileRejected, SourceError
from components.ingest import mms, names
from components.ingest.archive import DEFAULT_CAPS, Caps, large_text, unpack
from components.ingest.discover import Source, SourceFile, Wanted
from components.ingest.fetch import AbsentError
from components.ingest.mms_blocks import UnusualText
from components.ingest.price_and_demand import read_price_and_demand
from components.ingest.tables import DEMO_SYSTEM, TABLES, read_datasets, read_datasets_of_blocks

BIG = 4 << 20
"""Files above this (as downloaded) take a place in the room: a month of all units' SCADA needs 0.4 GB meanwhile."""
_READ = {t.key for t in TABLES}
_REGISTRY_OF = {"CO2EII": "CDEII"} | {t: t for t in names.REGISTRY_TABLES}


@dataclass
class Outcome:
    """What one file gave.

    Attributes
    ----------
    rows : dataset -> tidy frames within the wanted window.
    registry : (table, rows, published) of tables about units; ``workbooks`` are raw xlsx bytes.
    cut : rows outside the window were left out, so the file is not done for good.
    aside : sentences about what was set aside; ``notes`` about what is odd but harmless.
    ignored : tables in the file that nothing here reads -> how many times.
    demo : the file is of a synthetic market; None where files of its kind do not say.
    unreachable : the file could not be had (as opposed to being wrong).
    unchanged : the same bytes were read before.
    room : where the file takes a place until :meth:`leave`.
    """

    file: SourceFile
    sha256: str = ""
    size: int = 0
    rows: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    registry: list[tuple[str, pd.DataFrame, pd.Timestamp | None]] = field(default_factory=list)
    workbooks: list[bytes] = field(default_factory=list)
    cut: bool = False
    aside: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    demo: bool | None = None
    unreachable: bool = False
    unchanged: bool = False
    room: Room | None = None

    @property
    def good(self) -> bool:
        """True when the file gave something, or was there before."""
        return bool(self.rows or self.registry or self.workbooks or self.unchanged)

    def leave(self) -> None:
        """Drop the rows, which are stored now, and let the next big file in."""
        self.rows = {}
        if self.room is not None:
            self.room.release()
            self.room = None


class Room:
    """Places for big files: while all are taken, workers wait before they unpack another one."""

    def __init__(self, places: int = 2) -> None:
        self._places = threading.Semaphore(places)

    def enter(self, outcome: Outcome) -> None:
        """Take a place for a big file, until ``outcome.leave()``."""
        if outcome.size > BIG:
            self._places.acquire()
            outcome.room = self

    def release(self) -> None:
        """Give one place back."""
        self._places.release()

    def close(self) -> None:
        """Nobody will be waiting for rows any more: let everyone through."""
        self._places.release(1_000)


def read_file(
    source: Source, file: SourceFile, wanted: Wanted, room: Room, known_sha: str = "", caps: Caps = DEFAULT_CAPS
) -> Outcome:
    """Fetch, unpack and parse one file. Never raises for what is wrong with the file itself.

    Parameters
    ----------
    room : bounds how many big files are in memory; call the outcome's ``leave`` when its rows are stored.
    known_sha : checksum of the edition that was read before; the same bytes are not parsed again.
    """
    outcome = Outcome(file)
    try:
        data = source.read(file)
    except FileRejected as why:
        outcome.aside.append(str(why))
        return outcome
    except SourceError as why:
        outcome.aside.append(str(why))
        outcome.unreachable = not isinstance(why, AbsentError)
        return outcome
    outcome.size = len(data)
    outcome.sha256 = hashlib.sha256(data).hexdigest()
    if outcome.sha256 == known_sha:
        outcome.unchanged = True
        return outcome
    room.enter(outcome)
    try:
        if file.name.kind == names.WORKBOOK:
            if not data.startswith(b"PK"):
                raise FileRejected(f"{file.path}: expected an Excel workbook, found {mms.printable(data)!r}")
            outcome.workbooks.append(data)
            return outcome
        texts = iter(()) if _read_large(data, file, wanted, caps, outcome) else unpack(data, file.path, caps)
        for name, text in texts:
            if isinstance(text, FileRejected):
                outcome.aside.append(str(text))
                continue
            if not _touches(name, wanted):
                outcome.cut = True  # one gap of five minutes is no reason to parse the day's 288 files
                continue
            _read_text(text, name, file, wanted, outcome)
    except FileRejected as why:
        outcome.aside.append(str(why))
    if not outcome.rows:
        outcome.leave()
    return outcome


def _touches(name: str, wanted: Wanted) -> bool:
    inner = names.read_name(name)
    return inner is None or inner.touches(wanted.start, wanted.end)


def _read_large(data: bytes, file: SourceFile, wanted: Wanted, caps: Caps, outcome: Outcome) -> bool:
    """Read a zip of one large text while it is unpacked; False where the whole text is needed."""
    large = large_text(data, file.path, caps) if file.name.kind == names.MMS else None
    if large is None or not _touches(large[0], wanted):
        return False
    name, blocks = large
    try:
        opened, frames = read_datasets_of_blocks(blocks, name, file.name.datasets)
    except (FileRejected, UnusualText):
        return False
    _take(opened, name, frames, [], file, wanted, outcome)
    return True


def _read_text(text: bytes, name: str, file: SourceFile, wanted: Wanted, outcome: Outcome) -> None:
    """One text of the file; inside a zip of zips a damaged one leaves the others alone."""
    try:
        if file.name.kind == names.PRICE_AND_DEMAND:
            frames = read_price_and_demand(text, name)
            _keep(frames, file, wanted, outcome)
            return
        opened = mms.open_mms(text, name)
    except FileRejected as why:
        outcome.aside.append(str(why))
        return
    if file.name.kind == names.REGISTRY_TABLE:
        _note(opened, name, outcome)
        _read_registry(opened, outcome)
        return
    frames, aside = read_datasets(opened, file.name.datasets)
    _take(opened, name, frames, aside, file, wanted, outcome)


def _note(opened: mms.MmsFile, name: str, outcome: Outcome) -> None:
    outcome.demo = opened.system.upper() == DEMO_SYSTEM
    outcome.notes += [f"{name}: {note}" for note in opened.notes]


def _take(
    opened: mms.MmsFile, name: str, frames: dict[str, pd.DataFrame], aside: list[str], file: SourceFile,
    wanted: Wanted, outcome: Outcome,
) -> None:  # fmt: skip
    """What a text's tables gave."""
    _note(opened, name, outcome)
    outcome.aside += aside
    outcome.ignored.update(".".join(k for k in key if k) for key in opened.tables() if key not in _READ)
    if not frames and not aside:
        found = ", ".join(".".join(k) for k in opened.tables()) or "none"
        outcome.aside.append(
            f"{name}: expected rows of {', '.join(sorted(file.name.datasets))}, found tables {found[:200]}"
        )
    _keep(frames, file, wanted, outcome)


def _read_registry(opened: mms.MmsFile, outcome: Outcome) -> None:
    for key in opened.tables():
        table = _REGISTRY_OF.get(key[1]) or _REGISTRY_OF.get(key[0])
        if table is None:
            outcome.ignored[".".join(k for k in key if k)] += 1
            continue
        try:
            frame = mms.read_table(opened, key).astype(object)
        except FileRejected as why:
            outcome.aside.append(str(why))
            continue
        if len(frame):
            outcome.registry.append((table, frame, opened.published))


def _keep(frames: dict[str, pd.DataFrame], file: SourceFile, wanted: Wanted, outcome: Outcome) -> None:
    """Add the rows of the wanted window and datasets."""
    for dataset, frame in frames.items():
        outcome.notes += frame.attrs.get("notes", [])
        if dataset not in file.name.datasets:
            continue
        inside = pd.Series(True, index=frame.index)
        if wanted.start is not None:
            inside &= frame["time"] > wanted.start
        if wanted.end is not None:
            inside &= frame["time"] <= wanted.end
        if not inside.all():
            outcome.cut = True
        outcome.rows.setdefault(dataset, []).append(frame if inside.all() else frame[inside])
