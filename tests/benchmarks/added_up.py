"""``added_up.py DATA``: the months of a lake added up by this text of the program, as publishing with it would have."""

import sys
from pathlib import Path

from components.queries.advance import add_up
from components.store.frames import open_snapshot
from components.store.lake import Lake

add_up(open_snapshot(Lake(Path(sys.argv[1]))))
