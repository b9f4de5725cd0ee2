"""How the collector fares: ``collector.json`` beside the lake, written after every round, whole or not at all.

It is read by ``store/collector.py`` for health and the status page.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from components.ingest.report import IngestReport
from components.store.collector import FILE, SCHEMA, read_state

MOST_ROUNDS = 50
MOST_ASIDE = 100
MOST_CHARACTERS = 400


@dataclass
class Round:
    """One round: when (naive NEM time), what was read and published, what went wrong.

    Attributes
    ----------
    aside : files that were set aside and why.
    missing : 5-minute intervals still missing by dataset; empty when gaps were not looked for.
    newest : newest stamp in the lake afterwards.
    error : why the round ended early; "" = it did not.
    """

    began: pd.Timestamp
    ended: pd.Timestamp | None = None
    files: int = 0
    rows: int = 0
    version: str = ""
    changed: bool = False
    aside: list[str] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    newest: pd.Timestamp | None = None
    error: str = ""

    def add(self, report: IngestReport) -> None:
        """Count what one reading did."""
        self.files += report.files_read
        self.rows += sum(report.rows_added.values()) + sum(report.rows_replaced.values())
        self.version = report.version or self.version
        self.changed |= report.changed
        self.aside += report.aside
        self.error = self.error or report.stopped

    def line(self) -> str:
        """The round in one line, for a log."""
        newest = f", newest {self.newest:%Y-%m-%d %H:%M}" if self.newest is not None else ""
        parts = [f"{self.files} files, {self.rows:,} rows{newest}"]
        if self.changed:
            parts.append(f"version {self.version}")
        if self.missing:
            parts.append("missing " + ", ".join(f"{n:,} intervals of {d}" for d, n in self.missing.items()))
        if self.aside:
            parts.append(f"{len(self.aside)} set aside ({self.aside[0][:MOST_CHARACTERS]})")
        if self.error:
            parts.append(f"failed: {self.error[:MOST_CHARACTERS]}")
        return f"{self.began:%Y-%m-%d %H:%M:%S} " + "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Plain values; times are ISO 8601 in NEM time without offset."""
        out = {k: v.isoformat(timespec="seconds") if isinstance(v, pd.Timestamp) else v for k, v in vars(self).items()}
        return out | {"aside": len(self.aside), "error": self.error[:MOST_CHARACTERS]}


class CollectorState:
    """What is written. Losing it loses no data: what cannot be written is left out."""

    def __init__(self, path: Path, content: dict[str, Any]):
        self._path, self.content = path, content

    @classmethod
    def begin(cls, root: Path, source: str) -> CollectorState:
        """A new collector's, with the rounds of those before it."""
        old = read_state(root) or {}
        content = {
            "schema": SCHEMA, "pid": os.getpid(), "source": source, "state": "working", "next": None,
            "last_good": old.get("last_good"), "failures": 0,
            "rounds": old.get("rounds", []), "aside": old.get("aside", []),
        }  # fmt: skip
        state = cls(root / FILE, content)
        state._write()
        return state

    def add(self, done: Round) -> None:
        """Enter a round."""
        content, entry = self.content, done.as_json()
        content["rounds"] = [*content["rounds"], entry][-MOST_ROUNDS:]
        new = [{"at": entry["began"], "why": a[:MOST_CHARACTERS]} for a in done.aside]
        content["aside"] = [*content["aside"], *new][-MOST_ASIDE:]
        if done.error:
            content["failures"] += 1
        else:
            content["failures"], content["last_good"] = 0, entry["ended"]
        self._write()

    def next_at(self, moment: pd.Timestamp) -> None:
        """When the next round is due."""
        self.content |= {"state": "waiting", "next": moment.isoformat(timespec="seconds")}
        self._write()

    def end(self) -> None:
        """The collector has stopped."""
        self.content |= {"state": "stopped", "next": None}
        self._write()

    def _write(self) -> None:
        temporary = self._path.with_name(f".{FILE}.{os.getpid()}")
        with suppress(OSError):
            temporary.write_text(json.dumps(self.content), encoding="utf-8")
            os.replace(temporary, self._path)
