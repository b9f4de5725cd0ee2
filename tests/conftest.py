"""What every test may ask for: real AEMO files, a small demo lake, running servers, a browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import ROOT, Server, start_server, stop_server

DEMO_END = "2024-03-01"
DEMO_DAYS = 10
DEMO_UNITS = 60


@pytest.fixture(scope="session")
def real() -> Path:
    """Folder of AEMO's own files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("AEMO_REAL_DATA", ROOT / "../shared/real")).resolve()
    if not folder.is_dir():
        pytest.skip("needs AEMO's own files in ../shared/real")
    return folder


@pytest.fixture(scope="session")
def reference(real: Path) -> dict:
    """Figures computed from AEMO's own files with plain Python."""
    return json.loads((real / "reference/reference.json").read_text())


@pytest.fixture(scope="session")
def demo_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with ten days of demo market up to 2024-03-01, 60 units. Shared: never write to it."""
    from components.ingest.demo import write_demo
    from components.store.lake import Lake

    folder = tmp_path_factory.mktemp("demo") / "data"
    write_demo(Lake(folder), days=DEMO_DAYS, end=DEMO_END, seed=1, units=DEMO_UNITS, progress=False)
    return folder


@pytest.fixture(scope="session")
def server(demo_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server over the demo lake, one for the whole run."""
    running = start_server(demo_lake, tmp_path_factory.mktemp("server") / "log.txt")
    yield running
    stop_server(running)


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server over a data folder that holds nothing."""
    folder = tmp_path_factory.mktemp("empty")
    running = start_server(folder / "data", folder / "log.txt")
    yield running
    stop_server(running)


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium (Playwright, sync): the system's own where it starts, else Playwright's.

    One per test module, not per run: as long as it lives, Playwright's event loop counts as running and no
    other test can run one of its own.
    """
    from find_browser import system_browser
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=system_browser(), args=flags)
        yield chromium
        chromium.close()
