"""What every part of the benchmark is given, and gives."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from figures import Figure, Skipped
from serving import PROJECT

SHOWN = ("panel", "bokeh", "tornado", "pandas", "numpy", "pyarrow", "fastapi", "nemosis")


@dataclass(frozen=True)
class Bench:
    """Where and how thoroughly to measure.

    Attributes
    ----------
    lakes : folder of the demo lakes, each written once and used by later runs.
    days, units : size of the main lake.
    long_days, long_units : size of the long one.
    quick : as little as shows that the machinery works.
    """

    lakes: Path
    scratch: Path
    days: int = 1826
    units: int = 600
    long_days: int = 7305
    long_units: int = 150
    quick: bool = False

    def runs(self, many: int) -> int:
        """How often to measure something."""
        return min(many, 2) if self.quick else many

    def lake(self, days: int, units: int) -> Path:
        """A demo lake of that size."""
        folder = self.lakes / f"{days}x{units}"
        if not (folder / "manifest.json").exists():
            print(f"  writing {days} days of {units} units …", flush=True)
            call = [sys.executable, "-m", "components.cli", "--data-dir", str(folder), "demo", "--end", "2026-07-01"]
            done = subprocess.run(
                [*call, "--days", str(days), "--units", str(units)],
                cwd=PROJECT,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise Skipped(f"the demo lake of {days} days could not be written: {done.stderr.strip()[-200:]}")
        _added_up(folder)
        return folder

    @property
    def data(self) -> Path:
        """The main lake."""
        return self.lake(self.days, self.units)

    @property
    def long_data(self) -> Path:
        """The lake of many years."""
        return self.lake(self.long_days, self.long_units)


@cache
def _added_up(folder: Path) -> None:
    """A lake that an older text of the program published is brought to what this one would have published, once."""
    python("added_up.py", folder)


@dataclass
class Found:
    """What a part found: the figures, and whatever else helps to understand them."""

    figures: list[Figure] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)


def python(script: str, *arguments: str | Path, timeout: float = 1_200) -> subprocess.CompletedProcess[str]:
    """Run a script of this folder in a process of its own.

    Raises
    ------
    Skipped
        When it fails; its last line says why.
    """
    call = [sys.executable, str(Path(__file__).parent / script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        call, check=False, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=timeout
    )
    if done.returncode:
        raise Skipped(f"{script}: {(done.stderr.strip() or 'no word').splitlines()[-1][:200]}")
    return done


def machine() -> dict[str, Any]:
    """The machine and the versions, without its name."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    versions = {}
    for name in SHOWN:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "processor": model[1].strip() if model else platform.machine(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(int(memory[1]) / 2**20) if memory else 0,
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
    }
