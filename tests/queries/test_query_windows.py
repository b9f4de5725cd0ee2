"""Windows at the edges of days, months and years, whatever clock the host keeps."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import PriceStats, RegionalPrices

ROOT = Path(__file__).resolve().parents[2]
UNIT = {"duid": "U", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt"}


def power(snapshot, start, end, interval, **more):
    question = GenerationByFuel(
        start=pd.Timestamp(start), end=pd.Timestamp(end), interval=interval, region=["SA1"], fuel=["gas"], **more
    )
    frame = question.run(snapshot).frame
    return dict(zip(frame["time"].dt.strftime("%Y-%m-%dT%H:%M"), frame.iloc[:, -1], strict=True))


@pytest.mark.fault("TIM-1")
def test_the_stamp_of_midnight_closes_the_day(market):
    """One reading of 288 MW at 00:00: its day is the one before."""
    snapshot = market(units=[UNIT], scada={"U": [0.0] * 287 + [288.0] + [0.0] * 288}, start="2024-06-30")
    assert power(snapshot, "2024-06-30", "2024-07-02", "1d") == {"2024-06-30T00:00": 1.0, "2024-07-01T00:00": 0.0}
    assert power(snapshot, "2024-06-30", "2024-07-02", "1M", agg="sum") == {
        "2024-06-01T00:00": 24,
        "2024-07-01T00:00": 0,
    }
    assert power(snapshot, "2024-06-30", "2024-07-02", "fy", agg="max") == {
        "2023-07-01T00:00": 288,
        "2024-07-01T00:00": 0,
    }
    assert power(snapshot, "2024-07-01", "2024-07-02", "1d") == {"2024-07-01T00:00": 0.0}
    assert power(snapshot, "2024-06-30T23:55", "2024-07-01", "5m") == {"2024-07-01T00:00": 288.0}


@pytest.mark.fault("TIM-5")
def test_the_leap_day_is_a_day_and_february_has_29(market):
    snapshot = market(units=[UNIT], scada={"U": [12.0] * (288 * 4)}, start="2024-02-27")
    days = power(snapshot, "2024-02-27", "2024-03-02", "1d", agg="sum")
    assert list(days) == [f"2024-0{d}T00:00" for d in ("2-27", "2-28", "2-29", "3-01")]
    assert list(days.values()) == pytest.approx([288] * 4)
    assert power(snapshot, "2024-02-27", "2024-03-02", "1M", agg="sum")["2024-02-01T00:00"] == pytest.approx(3 * 288)
    assert list(power(snapshot, "2024-02-29", "2024-03-01", "1h"))[-1] == "2024-03-01T00:00"


@pytest.mark.fault("TIM-3")
def test_half_hours_become_five_minutes_on_1_october_2021(market):
    """Half-hourly until 00:00, five-minute from 00:05: energy and time-weighted means know no seam."""
    times = pd.date_range("2021-10-01T00:05", periods=12, freq="5min")
    new = pd.DataFrame({"time": times, "region": "SA1", "rrp": 60.0, "minutes": 5, "source": "mmsdm"})
    snapshot = market(price={"SA1": [30.0, 90.0]}, minutes=30, start="2021-09-30T23:00", more={"price": new})
    window = {"start": pd.Timestamp("2021-09-30T23:00"), "end": pd.Timestamp("2021-10-01T01:00"), "region": ["SA1"]}
    hours = RegionalPrices(**window, interval="1h").run(snapshot)
    assert hours.frame["price"].tolist() == [60, 60]
    assert hours.frame["time"].tolist() == [pd.Timestamp("2021-10-01"), pd.Timestamp("2021-10-01T01:00")]
    assert (hours.expected, hours.present) == (24, 24)
    fine = RegionalPrices(**window, interval="5m").run(snapshot).frame
    assert fine["price"].tolist() == [30.0] * 6 + [90.0] * 6 + [60.0] * 12
    assert RegionalPrices(**window, interval="1M").run(snapshot).frame["price"].tolist() == [60, 60]
    stats = PriceStats(**window).run(snapshot).frame.iloc[0]
    assert (stats["mean"], stats["intervals"]) == (60, 14)


@pytest.mark.fault("TIM-4")
@pytest.mark.parametrize("sunday", ["2024-10-06", "2024-04-07", "2024-03-10", "2024-11-03", "2024-03-31"])
def test_every_day_has_288_intervals_whatever_clocks_do_elsewhere(market, sunday):
    """Sundays on which clocks change in Sydney, New York and Berlin."""
    snapshot = market(
        demand={"SA1": np.arange(3 * 288.0)}, start=str(pd.Timestamp(sunday).date() - pd.Timedelta(days=1))
    )
    day = pd.Timestamp(sunday)
    result = Demand(start=day, end=day + pd.Timedelta(days=1), interval="1h", region=["SA1"]).run(snapshot)
    assert (result.expected, result.present) == (288, 288)
    assert len(result.frame) == 24
    assert np.diff(result.frame["demand"]).tolist() == [12.0] * 23
    night = Demand(start=day, end=day + pd.Timedelta(days=1), interval="1h", region=["SA1"], hour=[2]).run(snapshot)
    assert night.expected == 12
    assert night.frame["time"].tolist() == [day + pd.Timedelta(hours=3)]


HOST = """
import sys
import time

time.tzset()
assert time.tzname[0] != "UTC", time.tzname
sys.path.insert(0, "tests/queries")
import numpy as np
from conftest import make_market

from components.queries.demand import Demand
from components.queries.prices import PriceStats

snapshot = make_market(demand={"SA1": np.arange(3 * 288.0)}, price={"SA1": np.arange(3 * 288.0)}, start="2024-03-09")
for text in ("2024-03-10", "2024-03-10T00:00Z", "2024-03-10T00:00-05:00"):
    question, problems = Demand.parse({"start": [text], "end": ["2024-03-11T12:00"], "interval": ["1h"], "region": ["SA1"], "hour": ["1-3"]})
    frame = question.run(snapshot).frame
    print(text, problems, *frame["time"].astype(str), *frame["demand"])
print(Demand(last="1d", interval="1d", region=["SA1"]).run(snapshot).frame.to_csv())
print(PriceStats(last="all", region=["SA1"], weekday=[7]).run(snapshot).frame.to_csv())
"""


@pytest.mark.fault("TIM-6")
def test_the_hosts_clock_makes_no_difference():
    told = {}
    for zone in ("America/New_York", "Australia/Sydney"):
        done = subprocess.run(
            [sys.executable, "-c", HOST], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "TZ": zone},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told[zone] = done.stdout
    assert told["America/New_York"] == told["Australia/Sydney"]
    first = told["America/New_York"].splitlines()[0]
    # Hours 1 to 3 of 10 March (its second day) and of 11 March, by their ends.
    assert first.startswith(
        "2024-03-10 [] 2024-03-10 02:00:00 2024-03-10 03:00:00 2024-03-10 04:00:00 2024-03-11 02:00:00"
    )
    assert first.split()[-6] == str(288 + 12 + 5.5)
