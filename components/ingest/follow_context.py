"""Keeps ``context.json`` beside the lake current: the newest forecasts, the notices of the last days."""

from __future__ import annotations

import logging
import re
from typing import Any

import pandas as pd

from components.errors import FileRejected, SourceError, StoreError
from components.ingest.archive import unpack
from components.ingest.discover import Source, SourceFile
from components.ingest.mms import open_mms
from components.ingest.outlook import read_forecast, read_notice
from components.ingest.tables import DEMO_SYSTEM
from components.store.context import empty_context, read_context, write_context
from components.store.lake import Lake

log = logging.getLogger(__name__)

FORECASTS = ("P5_Reports", "PredispatchIS_Reports")
NOTICES = "Market_Notice"
CURRENT = "Reports/Current/"
MOST_NEW_NOTICES = 50
MOST_NOTICES = 200


class ContextFollower:
    """Reads what is new of one source into the context of one lake. Files that cannot be read are told once."""

    def __init__(self, lake: Lake, source: Source):
        self._lake, self._source = lake, source
        self._refused: set[str] = set()

    def look(self, now: pd.Timestamp) -> list[str]:
        """Read what is new; returns what was set aside and why. The source's silence is no fault: it may have neither."""
        aside: list[str] = []
        before = read_context(self._lake.root)
        content = empty_context() if before["demo"] and not self._holds_demo() else {**before}
        content["forecasts"] = self._forecasts(content, aside)
        content["notices"] = self._notices(content["notices"], aside)
        if content != before:
            write_context(self._lake.root, content | {"read": now.isoformat(timespec="seconds")})
        return aside

    def _holds_demo(self) -> bool:
        """Whether the lake is a demo's: with the first real data its invented forecasts and notices go as well."""
        try:
            manifest = self._lake.manifest()
        except StoreError:  # what cannot be told is left as it is
            return True
        return manifest is not None and manifest.is_demo

    def _files(self, folder: str) -> list[SourceFile]:
        try:
            return self._source.files_in(CURRENT + folder)
        except SourceError as why:
            log.info("%s is not listed: %s", folder, why)
            return []

    def _text(self, file: SourceFile) -> tuple[str, bytes]:
        """Name and bytes of the one text in a file."""
        for name, text in unpack(self._source.read(file), file.path):
            if isinstance(text, FileRejected):
                raise text
            return name, text
        raise FileRejected(f"{file.path}: is empty")

    def _forecasts(self, content: dict[str, Any], aside: list[str]) -> list[dict[str, Any]]:
        out = []
        for folder in FORECASTS:
            old = next((f for f in content["forecasts"] if f.get("folder") == folder), None)
            files = [f for f in self._files(folder) if f.path.lower().endswith((".zip", ".csv"))]
            newest = max(files, key=_digits, default=None)
            if newest is None or newest.identity in self._refused or (old and old.get("file") == newest.path):
                out += [old] if old else []
                continue
            try:
                name, text = self._text(newest)
                out.append(read_forecast(text, name).plain() | {"folder": folder, "file": newest.path})
                content["demo"] = open_mms(text, name).system.upper() == DEMO_SYSTEM
            except SourceError as why:
                self._refused.add(newest.identity)
                aside.append(str(why))
                out += [old] if old else []
        return out

    def _notices(self, known: list[dict[str, Any]], aside: list[str]) -> list[dict[str, Any]]:
        have = {n.get("file") for n in known}
        files = [f for f in self._files(NOTICES) if f.path not in have and f.identity not in self._refused]
        new = []
        for file in sorted(files, key=_digits)[-MOST_NEW_NOTICES:]:
            try:
                name, text = self._text(file)
                new.append(read_notice(text, name) | {"file": file.path})
            except SourceError as why:
                self._refused.add(file.identity)
                aside.append(str(why))
        every = {n["id"]: n for n in [*known, *new] if isinstance(n.get("id"), int)}
        return sorted(every.values(), key=lambda n: n["id"])[-MOST_NOTICES:]


def _digits(file: SourceFile) -> tuple[list[int], str]:
    """Order of files whose names hold stamps or running numbers."""
    return [int(d) for d in re.findall(r"\d+", file.path.rpartition("/")[2])], file.path
