"""What is read in the background after the start."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from components import startup
from components.dashboards import follow
from components.vocabulary import PAGES


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_every_pages_module_is_read():
    told = "import sys\nfrom components import startup\nstartup.read_pages()\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert {f"components.dashboards.{page}" for page in PAGES} <= set(run.stdout.split())


@pytest.mark.parametrize(("pages", "settled"), [(0, True), (1, False)])
def test_modules_are_settled_where_no_page_is_open(
    pages: int, settled: bool, thawed: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(follow, "live_dashboards", lambda: pages)
    before = gc.get_freeze_count()
    startup.read_pages()
    assert (gc.get_freeze_count() > before) == settled
