"""Faults reach through every layer: helpers of the neighbouring folders are at hand here."""

import sys
from pathlib import Path

for folder in ("dashboards", "ingest", "benchmarks"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / folder))
