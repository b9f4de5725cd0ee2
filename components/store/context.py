"""What is known beside the data: AEMO's forecasts and notices, in ``context.json`` beside the lake.

It is replaced whole at each round of the collector, has no versions, and nothing depends on it: a damaged file counts
as none.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE = "context.json"
SCHEMA = 1
LISTS = ("forecasts", "notices")
MOST_BYTES = 20_000_000


def empty_context() -> dict[str, Any]:
    """Nothing known: ``forecasts`` and ``notices`` are empty lists."""
    return {"schema": SCHEMA, "demo": False, "read": None, **{name: [] for name in LISTS}}


def read_context(root: Path) -> dict[str, Any]:
    """The context of a lake; the empty one where there is none, or what is there cannot be read."""
    path = root / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            return empty_context()
        content = json.loads(path.read_text(encoding="utf-8"))
        known = content["schema"] == SCHEMA and all(
            isinstance(content[name], list) and all(isinstance(row, dict) for row in content[name]) for name in LISTS
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return empty_context()
    return content if known else empty_context()


def write_context(root: Path, content: dict[str, Any]) -> None:
    """Replace the context of a lake, whole or not at all.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    temporary = root / f".{FILE}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(content | {"schema": SCHEMA}, allow_nan=False), encoding="utf-8")
        os.replace(temporary, root / FILE)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
