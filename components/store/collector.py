"""What a collector leaves beside the lake: its lock, and ``collector.json``, how it fares. Reading only.

Nothing depends on the file, so a damaged one counts as none.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

FILE = "collector.json"
LOCK = ".collecting.lock"
SCHEMA = 1


def read_state(root: Path) -> dict[str, Any] | None:
    """The state of the collector of a lake, as ``ingest/collector_state.py`` writes it; None where there is none."""
    try:
        content = json.loads((root / FILE).read_text(encoding="utf-8"))
        known = (
            content["schema"] == SCHEMA
            and all(isinstance(content[name], list) for name in ("rounds", "aside"))
            and all(isinstance(content[name], str) for name in ("source", "state"))
            and isinstance(content["failures"], int)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content if known else None


def is_at_work(root: Path) -> bool:
    """Whether some process holds this lake's right to collect."""
    try:
        number = os.open(root / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(number)
    return False
