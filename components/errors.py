"""Every error the program raises on purpose.

::

    DashboardError                     one clear line, no traceback for the user
    ├── UsageError          exit 2     the call is wrong (a date that is none, an unknown option)
    │   └── ConfigError     exit 2     panel_config.yaml is wrong
    ├── SourceError         exit 1     the source cannot be read (network, missing folder, not AEMO's)
    │   └── FileRejected    exit 1     one file is damaged or not what its name says
    ├── StoreError          exit 1     the lake cannot be read or written
    │   ├── StoreBusy       exit 1     another program is publishing
    │   ├── StoreCorrupt    exit 1     a stored file is damaged
    │   └── NoData          exit 1     nothing has been stored yet
    └── QueryError          exit 2     a question has wrong parameters; carries every problem at once

A message says what was expected, what was found, where, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any


class DashboardError(Exception):
    """Root of the program's own errors; ``exit_code`` is what the command line returns."""

    exit_code = 1


class UsageError(DashboardError):
    """The command was called wrongly."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration file is wrong."""


class SourceError(DashboardError):
    """AEMO's site, a mirror or a folder could not be read."""


class FileRejected(SourceError):
    """One file is damaged or is not what its name says; it is set aside, the others go on."""


class StoreError(DashboardError):
    """The lake could not be read or written."""


class StoreBusy(StoreError):
    """Another program holds the publishing lock."""


class StoreCorrupt(StoreError):
    """A stored file is damaged, truncated or missing."""


class NoData(StoreError):
    """The lake holds nothing yet."""


@dataclass(frozen=True)
class Problem:
    """One wrong parameter of a question.

    ``allowed`` lists legal values (where that list is short), ``did_you_mean`` the nearest one.
    """

    param: str
    value: Any
    detail: str
    allowed: tuple[str, ...] = field(default=())
    did_you_mean: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain JSON; empty hints are left out."""
        out: dict[str, Any] = {"param": self.param, "value": self.value, "detail": self.detail}
        if self.allowed:
            out["allowed"] = list(self.allowed)
        if self.did_you_mean:
            out["did_you_mean"] = self.did_you_mean
        return out


class QueryError(DashboardError):
    """A question has wrong parameters. ``problems`` holds all of them, never just the first."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.param}: {p.detail}" for p in self.problems))


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word most like ``word``, ignoring case, or None.

    >>> nearest("NSW", ["NSW1", "QLD1"])
    'NSW1'
    """
    by_lower = {a.lower(): a for a in allowed}
    found = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def without_folders(text: str) -> str:
    """Words without the server's folders: only the last part of a path is left; addresses of the web stay.

    >>> without_folders("/srv/data/lake/a.zip: damaged")
    'a.zip: damaged'
    """
    return " ".join(w if "://" in w else re.sub(r"(?:/[^/\s:'\"]+)+/(?=[^/\s])", "", w) for w in text.split(" "))
