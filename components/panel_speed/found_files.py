"""Files that were found are not looked for again.

Panel asks the file system for the style sheets of its theme for every component of every page, and at each change of
one. That takes microseconds, but Python's lock is given up meanwhile: while threads compute, the event loop waits
up to 5 ms for it each time, some thirty times for a page.
"""

from __future__ import annotations

import os
from typing import Any

from param import Filename

_stock = Filename._resolve
_found: dict[str, str] = {}
MOST = 256
"""Files remembered; Panel has some dozens."""


def _resolve(self: Any, path: Any) -> Any:
    text = os.fspath(path)
    known = _found.get(text)
    if known is None:
        known = _stock(self, path)  # raises where there is none: that is not remembered
        if not os.path.isabs(text) or len(_found) >= MOST:
            return known  # where a relative one leads depends on the folder and on the parameter
        _found[text] = known
    return known


def install() -> None:
    """Remember from now on."""
    setattr(Filename, "_resolve", _resolve)  # noqa: B010 - a method is replaced on purpose


def uninstall() -> None:
    """The stock way again."""
    setattr(Filename, "_resolve", _stock)  # noqa: B010
    _found.clear()
