"""``opening.py DATA``: seconds to open the newest version, in a process that has imported what it needs."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from components.store.frames import open_snapshot
from components.store.lake import Lake

lake = Lake(Path(sys.argv[1]))
began = time.perf_counter()
open_snapshot(lake)
print(time.perf_counter() - began)
