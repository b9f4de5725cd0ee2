"""The status page: coverage as a heat map, the collector's rounds, the process."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from two_day_market import END, HOSTILE, market, serve

from components.dashboards import status_process
from components.dashboards.status import StatusDashboard, heat_data
from components.queries.status import CoverageByDay
from components.store.shared import CollectorStatus

ROUND = {
    "began": "2024-03-03T00:00:30", "ended": "2024-03-03T00:00:42.500000", "files": 3, "rows": 315, "version": "000007-abc123", "changed": True,
    "aside": 1, "missing": {"scada": 4}, "newest": "2024-03-03T00:00:00", "error": f"/srv/lake/x.zip: {HOSTILE}",
}  # fmt: skip
STATE = {
    "source": "https://www.nemweb.com.au/", "state": "waiting", "next": "2024-03-03T00:05:30", "last_good": "2024-03-03T00:00:42",
    "failures": 2, "rounds": [{"began": "nonsense"}, ROUND], "aside": [{"at": "2024-03-03T00:00:30", "why": f"/srv/lake/y.zip: {HOSTILE}"}],
}  # fmt: skip


@pytest.fixture
def collector(monkeypatch):
    found = [CollectorStatus(False, None)]
    monkeypatch.setattr(status_process.shared, "collector", lambda: found[0])
    return found


def test_the_heat_map_is_what_is_missing_of_what_is_expected(monkeypatch, collector):
    def hole(frames):
        price = frames["price"]
        frames["price"] = price[~((price["region"] == "SA1") & (price["time"] > END - pd.Timedelta(hours=6)))]

    snapshot = market("hole", change=hole)
    serve(monkeypatch, snapshot)
    data = heat_data(CoverageByDay().run(snapshot))
    assert list(data.rows) == ["Prices", "Regions", "Flows", "Units", "Rooftop", "Forecasts of farms"]
    assert data.panels[""][0].tolist() == [0, pytest.approx(100 * 72 / 1440)]
    assert np.nansum(data.panels[""][1:]) == 0
    page = StatusDashboard()
    drawn = page.heat.source.data["value"][0]
    assert drawn[::-1][0].tolist() == [0, pytest.approx(5)]
    assert {r["name"]: r["iso"] for r in page.ages.rows}["price"] == "2024-03-03T00:00:00+10:00"
    assert {r["name"]: r["note"].split(" ")[0] for r in page.ages.rows}["price"] == "97.50%"


def test_the_collector_comes_without_a_new_version(snapshot, collector):
    page = StatusDashboard()
    assert "Collector" not in {c.head.heading for c in page._cards()}
    assert "no collector" in page.process_card.head.detail
    assert page.tiles.tiles == []
    collector[0] = CollectorStatus(True, STATE)
    page.ages.on_message({"tick": True})
    assert (
        page.round_card.head.detail
        == "at work · next round 00:05:30 · 2 rounds in a row failed · last good round 3 Mar 2024 00:00"
    )
    first, second = ([c["t"] for c in row["cells"]] for row in page.rounds.rows)
    assert first == [
        "03 Mar 00:00:30", "12.5", "3", "315", "3 Mar 2024 00:00", "000007-abc123", "scada 4", "1", f"x.zip: {HOSTILE}"
    ]  # fmt: skip
    assert second[:3] == ["–", "–", "–"]
    assert [c["t"] for c in page.aside.rows[0]["cells"]] == [
        "3 Mar 2024 00:00",
        f"y.zip: {HOSTILE}",
    ]  # no folder; text alone


def test_what_a_browser_sends_is_not_trusted(snapshot, collector):
    page = StatusDashboard()
    page.ages.on_message({"tock": 1})
    assert page.round_card is None


def test_memory_is_what_is_in_no_file(tmp_path: Path):
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmRSS:\t  900000 kB\nRssAnon:\t  123400 kB\n")
    assert status_process.own_memory_mb(status) == pytest.approx(123.4)
    assert np.isnan(status_process.own_memory_mb(tmp_path / "nowhere"))
