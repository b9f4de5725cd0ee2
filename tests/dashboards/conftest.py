"""Fixtures of the dashboards' tests; the market itself is in ``two_day_market``."""

import pytest
from two_day_market import market, serve

from components.raster.desk import Desk
from components.store.snapshot import Snapshot


@pytest.fixture
def snapshot(monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The two-day market, served to every page of the test.

    The explorer's pictures never come: their helper process would look for this market on the disk, and say at some
    moment that it is not there. Tests of them bring a desk of their own.
    """
    made = market()
    serve(monkeypatch, made)
    monkeypatch.setattr(Desk, "ask", lambda *_: None)
    return made
