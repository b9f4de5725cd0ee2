"""Units without any reading in a window count as missing where they reported before and after it, and only there."""

import numpy as np
import pandas as pd
import pytest

from components.queries.generation import GenerationByFuel
from components.queries.revenue import Revenue
from components.queries.stations import StationOutput

DAY, FIRST = 288, pd.Timestamp("2024-06-25")
DAYS = 42  # to 6 August 00:00
UNITS = ("ALWAYS", "PAUSE", "GONE", "NEW", "JULY", "LATE", "ASLEEP")


def stretch(*spans: tuple[str, str]) -> np.ndarray:
    """10 MW within the spans, nothing elsewhere."""
    out = np.full(DAYS * DAY, np.nan)
    for begin, end in spans:
        first, last = ((pd.Timestamp(edge) - FIRST) // pd.Timedelta(minutes=5) for edge in (begin, end))
        out[first:last] = 10.0
    return out


@pytest.fixture(scope="module")
def quiet(market):
    end = "2024-08-06"
    scada = {
        "ALWAYS": stretch((str(FIRST), end)),
        "PAUSE": stretch((str(FIRST), "2024-07-10"), ("2024-07-13", end)),
        "GONE": stretch((str(FIRST), "2024-07-05")),
        "NEW": stretch(("2024-07-20", end)),
        "JULY": stretch((str(FIRST), "2024-07-01"), ("2024-08-01", end)),  # silent for all of a month
        "LATE": stretch((str(FIRST), "2024-08-05 20:00")),  # four hours before the newest reading
        "ASLEEP": stretch((str(FIRST), "2024-08-04 20:00")),  # more than a day before it
    }
    units = [{"duid": duid, "region": "NSW1", "fuel": "coal", "fueltech": "coal_black"} for duid in UNITS]
    return market(units=units, scada=scada, start=str(FIRST))


@pytest.mark.parametrize(
    ("start", "end", "there", "missing"),
    [
        # GONE is gone, NEW is not built yet, and nobody can tell that of them.
        ("2024-07-11", "2024-07-12", ("ALWAYS", "LATE", "ASLEEP"), ("PAUSE", "JULY")),
        ("2024-07-10", "2024-07-13", ("ALWAYS", "LATE", "ASLEEP"), ("PAUSE", "JULY")),
        ("2024-07-01", "2024-08-01", ("ALWAYS", "PAUSE", "GONE", "NEW", "LATE", "ASLEEP"), ("JULY",)),
        ("2024-07-06", "2024-07-07", ("ALWAYS", "PAUSE", "LATE", "ASLEEP"), ("JULY",)),
        ("2024-07-25", "2024-08-01", ("ALWAYS", "PAUSE", "NEW", "LATE", "ASLEEP"), ("JULY",)),
        # At the newest reading a unit that was there within a day is missed, one that was not is not.
        ("2024-08-05 21:00", "2024-08-06", ("ALWAYS", "PAUSE", "NEW", "JULY"), ("LATE",)),
        ("2024-08-01", "2024-08-04", ("ALWAYS", "PAUSE", "NEW", "JULY", "LATE", "ASLEEP"), ()),
    ],
)
def test_who_is_missing(quiet, start, end, there, missing):
    found = GenerationByFuel(start=pd.Timestamp(start), end=pd.Timestamp(end), region=["NSW1"], interval="1h").run(
        quiet
    )
    intervals = (pd.Timestamp(end) - pd.Timestamp(start)) // pd.Timedelta(minutes=5)
    assert found.expected == intervals * len((*there, *missing))
    assert found.present <= intervals * len(there)
    for duid in UNITS:
        window = {"start": pd.Timestamp(start), "end": pd.Timestamp(end)}
        one = Revenue(**window, by=["duid"], duid=[duid]).run(quiet)
        listed = {*one.frame["duid"]} if len(one.frame) else set()
        assert listed == ({duid} if duid in there else set())
        if duid in missing:
            assert (one.expected, one.present) == (intervals, 0)
            output = StationOutput(**window, duid=[duid], by="duid").run(quiet)
            assert (output.expected, output.present) == (intervals, 0)


def test_a_unit_is_not_missed_outside_its_registration(market):
    gap = stretch((str(FIRST), "2024-07-10"), ("2024-07-20", "2024-08-06"))
    dates = {"registered_from": pd.Timestamp("2024-06-01"), "registered_to": pd.Timestamp("2024-07-12")}
    units = [{"duid": "GAP", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", **dates}]
    snapshot = market(units=units, scada={"GAP": gap, "OTHER": stretch((str(FIRST), "2024-08-06"))}, start=str(FIRST))

    def expected(start: str, end: str) -> int:
        window = {"start": pd.Timestamp(start), "end": pd.Timestamp(end)}
        return GenerationByFuel(**window, region=["NSW1"], interval="1h").run(snapshot).expected

    assert expected("2024-07-11", "2024-07-13") == DAY  # of two days one is before the end of the registration
