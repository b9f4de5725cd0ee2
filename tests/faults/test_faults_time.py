"""Pages that stay open while time passes, and a host whose clock is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from every_page import EVERY, dashboard_of
from nemweb_server import serving
from plain_page import PlainPage
from played_market import PlayedMarket
from two_day_market import START, market, serve

from components.api.health import dataset_ages, reasons
from components.charts import formats
from components.config import CollectSettings, Settings
from components.ingest.collect import Collector
from components.ingest.demo import write_demo_nemweb
from components.ingest.fetch import Limits
from components.queries.prices import RegionalPrices
from components.store.lake import Lake
from components.store.snapshot import Snapshot

STEP = pd.Timedelta(minutes=5)
HOUR = pd.Timedelta(hours=1)
CROSSINGS = {
    "midnight": ("2024-03-02 23:55", 3),
    "a month's end": ("2024-03-31 23:55", 3),
    "clocks go back in the south": ("2024-04-07 02:55", 3),
}


@cache
def market_to(newest: pd.Timestamp) -> Snapshot:
    """The constant market up to a stamp, which is its version's name as well."""
    return market(str(newest), newest)


@pytest.mark.fault("TIM-8")
@pytest.mark.parametrize("crossing", CROSSINGS)
def test_an_open_chart_gains_one_interval_at_a_time(crossing: str, monkeypatch: pytest.MonkeyPatch):
    first, count = pd.Timestamp(CROSSINGS[crossing][0]), CROSSINGS[crossing][1]
    serve(monkeypatch, market_to(first - STEP))
    page = PlainPage("?last=1d")
    for turn in range(count):
        newest = first + turn * STEP
        serve(monkeypatch, market_to(newest))
        page.follow()
        assert page.version == str(newest)
        assert page.masthead.newest_text == formats.stamp(newest)
        assert pd.Timestamp(page.stack.x.end, unit="ms") == newest
        edges = page.stack.source.data["t"]
        assert set(np.diff(edges)) == {300_000.0}  # each interval once, none left out [ms]
        assert len(edges) == 289
        assert {c.head.mode for c in page._cards()} == {"ready"}


@pytest.mark.fault("TIM-8")
@EVERY
def test_every_page_draws_on_across_midnight_and_a_months_end(kind, monkeypatch: pytest.MonkeyPatch):
    stamps = [pd.Timestamp("2024-03-31 23:55") + turn * STEP for turn in range(3)]
    serve(monkeypatch, market_to(stamps[0] - STEP))
    page = dashboard_of(kind.slug)("?last=1d") if "last" in known(kind) else kind("")
    for newest in stamps:
        serve(monkeypatch, market_to(newest))
        page.follow()
        assert page.version == str(newest)
        assert page.masthead.newest_text == formats.stamp(newest)
        assert "error" not in {c.head.mode for c in page._cards()}


def known(kind) -> set[str]:
    return {name for question in kind.kinds() for name in question.parameters()}


@pytest.mark.fault("TIM-7")
@pytest.mark.parametrize("off", [-HOUR, HOUR], ids=["an hour slow", "an hour fast"])
def test_a_wrong_clock_changes_ages_and_nothing_else(off: pd.Timedelta):
    snapshot = market(end=START + pd.Timedelta(days=1), source="current")
    newest = START + pd.Timedelta(days=1)
    ages = dataset_ages(snapshot, newest + off)
    assert ages["price"]["age_seconds"] == max(0, off.total_seconds())
    assert any(r.startswith("stale") for r in reasons(snapshot, newest + off)) == (off > pd.Timedelta(0))
    live = RegionalPrices(last="1d", region=["NSW1"]).run(snapshot)
    assert (live.start, live.end) == (START, newest)


@pytest.mark.fault("TIM-7")
def test_the_collector_reads_what_is_published_whatever_its_clock_says(tmp_path: Path):
    at = pd.Timestamp("2025-03-04 00:30")
    write_demo_nemweb(tmp_path / "tree", days=2, end=pd.Timestamp("2025-03-05"), units=12, progress=False)
    played = PlayedMarket(tmp_path / "tree", tmp_path / "site")
    played.play_to(at)
    settings = Settings(collect=CollectSettings(spacing_seconds=0, backfill_days=0))
    quick = Limits(attempts=1, deadline=5, wait_first=0.0, wait_most=0.0, wait_jitter=0.0)
    found = {}
    with serving(played.site) as site:
        for name, off in {"right": pd.Timedelta(0), "slow": -HOUR, "fast": HOUR}.items():
            lake = Lake(tmp_path / name)
            clock = lambda moment=at + off: moment  # noqa: E731 - one expression, bound to its own moment
            with Collector(lake, site.url + "/", settings, limits=quick, clock=clock) as collector:
                done = collector.round()
            assert done.error == ""
            found[name] = (done.newest, lake.read("price", "2025-03").drop(columns="changed"))
    assert found["right"][0] is not None
    for name in ("slow", "fast"):
        assert found[name][0] == found["right"][0]
        pd.testing.assert_frame_equal(found[name][1], found["right"][1])
