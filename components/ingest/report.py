"""What a run did, as data and as the lines that the command prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from components.ingest.coverage import Gaps, Span
from components.store.lake import PublishReport

MOST_SHOWN = 12


@dataclass
class IngestReport:
    """The summary of one run.

    Attributes
    ----------
    files_found, files_known, files_read : files of the source that were wanted; of these, those in the lake
        before; those read now. Known ones are not read again.
    rows, covered : by dataset, rows read and their first and last stamp.
    rows_added, rows_replaced : by dataset, what that changed in the lake.
    gaps : by dataset, what is missing where these files should have covered.
    aside : what was set aside and why; ``ignored`` counts tables that nothing here reads.
    units, units_new : units in the registry, and how many were not in it before.
    version : the lake's version afterwards; ``changed`` when it is a new one.
    stopped : why the run ended early; "" = it did not.
    """

    source: str
    files_found: int = 0
    files_known: int = 0
    files_read: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    covered: dict[str, Span] = field(default_factory=dict)
    rows_added: Counter[str] = field(default_factory=Counter)
    rows_replaced: Counter[str] = field(default_factory=Counter)
    gaps: dict[str, Gaps] = field(default_factory=dict)
    aside: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    footers: int = 0
    units: int = 0
    units_new: int = 0
    unmapped: int = 0
    version: str = ""
    changed: bool = False
    stopped: str = ""

    @property
    def failed(self) -> bool:
        """True when the source broke off, or nothing at all of it could be read."""
        return bool(self.stopped) or (bool(self.aside) and not self.files_read and not self.files_known)

    @property
    def failure(self) -> str:
        """Why the run failed, in one line; "" = it did not."""
        if not self.failed:
            return ""
        return (
            f"stopped early: {self.stopped}"
            if self.stopped
            else f"nothing of {self.source} could be read: {self.aside[0]}"
        )

    def add_publish(self, published: PublishReport) -> None:
        """Count what one publication changed."""
        self.rows_added.update(published.rows_added)
        self.rows_replaced.update(published.rows_replaced)
        self.notes += [n for n in published.notes if n not in self.notes]
        self.version = published.version
        self.changed |= published.changed

    def add_rows(self, dataset: str, frame: pd.DataFrame) -> None:
        """Count rows that were read."""
        if len(frame):
            self.rows[dataset] += len(frame)
            first, last = frame["time"].min(), frame["time"].max()
            old = self.covered.get(dataset, (first, last))
            self.covered[dataset] = (min(first, old[0]), max(last, old[1]))

    def lines(self) -> list[str]:
        """The summary, a line per fact."""
        out = [f"source: {self.source}"]
        known = f", {self.files_known} known from before" if self.files_known else ""
        out.append(f"files: {self.files_found} found{known}, {self.files_read} read")
        for dataset in sorted(self.rows):
            first, last = self.covered[dataset]
            change = f"{self.rows_added[dataset]:,} new, {self.rows_replaced[dataset]:,} revised"
            out.append(
                f"{dataset}: {self.rows[dataset]:,} rows read ({change}), {first:%Y-%m-%d %H:%M} .. {last:%Y-%m-%d %H:%M}"
            )
        if self.units:
            out.append(f"units: {self.units:,} in the registry, {self.units_new:,} new, {self.unmapped:,} unmapped")
        out += [_gap_line(dataset, gaps) for dataset, gaps in self.gaps.items() if gaps.missing]
        if self.rows and self.gaps and not any(g.missing for g in self.gaps.values()):
            out.append("gaps: none")
        if self.footers:
            out.append(f"note: {self.footers} files have another number of lines than their footers say")
        out += [f"note: {n}" for n in _shortened(self.notes)]
        if self.ignored:
            shown = ", ".join(t for t, _ in self.ignored.most_common(MOST_SHOWN))
            out.append(f"tables not read: {shown}" + (" ..." if len(self.ignored) > MOST_SHOWN else ""))
        out += [f"set aside: {a}" for a in _shortened(self.aside)]
        if self.failed and not self.files_read:
            out.append("nothing could be read; what was stored stays as it was")
        elif self.changed:
            out.append(f"published version {self.version}")
        else:
            out.append(
                "nothing new: the lake holds all of it already"
                if not self.aside
                else "nothing new in what could be read"
            )
        return out


def _shortened(sentences: list[str]) -> list[str]:
    if len(sentences) <= MOST_SHOWN:
        return sentences
    return [*sentences[:MOST_SHOWN], f"... and {len(sentences) - MOST_SHOWN} more"]


def _gap_line(dataset: str, gaps: Gaps) -> str:
    shown = "; ".join(f"({s:%Y-%m-%d %H:%M}, {e:%Y-%m-%d %H:%M}]" for s, e in gaps.spans[:3])
    more = f" and {len(gaps.spans) - 3} more" if len(gaps.spans) > 3 else ""
    return f"gaps: {dataset} {gaps.missing:,} of {gaps.expected:,} intervals missing: {shown}{more}"
