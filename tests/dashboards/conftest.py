"""Fixtures of the dashboards' tests; the market itself is in ``two_day_market``."""

import pytest
from two_day_market import market, serve

from components.store.snapshot import Snapshot


@pytest.fixture
def snapshot(monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The two-day market, served to every page of the test."""
    made = market()
    serve(monkeypatch, made)
    return made
