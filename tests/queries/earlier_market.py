"""The earlier dashboard's files of AEMO's own figures, as snapshots; windows they hold."""

from pathlib import Path

import pandas as pd

from components.ingest.legacy import import_folder
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot

WEEK = {"start": pd.Timestamp("2022-01-09T23:55"), "end": pd.Timestamp("2022-01-17")}
JUNE = {"start": pd.Timestamp("2017-06-01"), "end": pd.Timestamp("2017-07-01")}
LOADS = ("pumps", "battery_charging")


def imported(folder: Path, lake_folder: Path) -> Snapshot:
    """A folder of the earlier dashboard as a snapshot."""
    lake = Lake(lake_folder)
    import_folder(lake, folder, progress=False)
    return open_snapshot(lake)
