"""The rule for rows that meet: the best one stays, whatever the order and grouping they were read in."""

from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.schema import DATASETS, SOURCE_RANK, conform
from components.store.intake import rows_by_month
from components.store.lake import Lake
from components.store.merge import merge
from components.store.rows import Rows

FLOW = DATASETS["flow"]
STAMPS = ["2024-07-31 23:55", "2024-08-01 00:00", "2024-08-01 00:05", "2024-08-01 00:30"]
VALUES = st.sampled_from([math.nan, -0.0, 0.0, 1.25, -3.5, 1e9])


@st.composite
def flow_row(draw) -> dict:
    time = pd.Timestamp(draw(st.sampled_from(STAMPS)))
    return {
        "time": time,
        "interconnector": draw(st.sampled_from(["V-SA", "VIC1-NSW1", "T-V-MNSP1"])),
        "mw": draw(VALUES),
        "losses": draw(VALUES),
        "minutes": draw(st.sampled_from([5, 30])) if time.minute in (0, 30) else 5,
        "source": draw(st.sampled_from([s for s in SOURCE_RANK if s != "demo"])),
        "changed": pd.Timestamp(draw(st.sampled_from([None, "2024-08-02", "2024-08-03"]))),
    }


def frame_of(rows: list[dict]) -> pd.DataFrame:
    columns = ["time", "interconnector", "mw", "losses", "minutes", "source", "changed"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"time": "datetime64[us]", "changed": "datetime64[us]"})


def worth(row: dict) -> tuple:
    """How good a row is, in plain Python: the rule written a second time."""
    numbers = [-math.inf if math.isnan(row[c]) else row[c] for c in ("mw", "losses")]
    changed = pd.Timestamp.min if pd.isna(row["changed"]) else row["changed"]
    return (row["minutes"] == 5, -SOURCE_RANK[row["source"]], changed, *numbers)


def best_of(rows: list[dict]) -> pd.DataFrame:
    best: dict[tuple, dict] = {}
    for row in rows:
        key = (row["time"], row["interconnector"])
        if key not in best or worth(row) > worth(best[key]):
            best[key] = row
    return conform(FLOW, frame_of([best[k] for k in sorted(best)]))


def merged(pieces: list[list[dict]], base: Rows | None = None) -> list[Rows]:
    by_month: dict[str, list[Rows]] = {}
    for piece in pieces:
        for rows in rows_by_month(FLOW, frame_of(piece)):
            by_month.setdefault(rows.month, []).append(rows)
    return [merge(base, by_month[m]).rows for m in sorted(by_month)]


@settings(max_examples=150, deadline=None)
@given(st.lists(flow_row(), min_size=1, max_size=40), st.lists(st.integers(1, 6), min_size=1, max_size=40))
def test_the_best_row_of_each_key_stays(rows, sizes):
    pieces, rest = [], list(rows)
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    result = pd.concat([r.to_frame() for r in merged([p for p in [*pieces, rest] if p])], ignore_index=True)
    pd.testing.assert_frame_equal(result, best_of(rows))


@settings(max_examples=60, deadline=None)
@given(st.lists(flow_row(), min_size=1, max_size=12), st.lists(flow_row(), min_size=1, max_size=12))
def test_counts_of_what_is_new_and_what_is_better(old, new):
    before = dict(iter(best_of(old).groupby(["time", "interconnector"])))
    after = dict(iter(best_of(old + new).groupby(["time", "interconnector"])))
    added = replaced = 0
    by_month = {rows[0].month: rows for rows in ([r] for r in merged([old]))}
    for rows in rows_by_month(FLOW, frame_of(new)):
        base = by_month.get(rows.month, [None])[0]
        outcome = merge(base, [rows])
        added += outcome.added
        replaced += outcome.replaced
    assert added == len(after) - len(before)
    assert replaced == sum(not before[k].reset_index(drop=True).equals(after[k].reset_index(drop=True)) for k in before)


@pytest.mark.fault("SRC-6")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.lists(flow_row(), min_size=2, max_size=25))
def test_any_order_and_grouping_gives_the_same_lake(data, rows):
    shuffled = data.draw(st.permutations(rows + rows[:3]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    ends = data.draw(st.lists(st.booleans(), min_size=len(cuts), max_size=len(cuts)))
    scratch = Path(tempfile.mkdtemp())
    try:
        one, other = Lake(scratch / "one"), Lake(scratch / "other")
        with one.begin() as transaction:
            transaction.add("flow", frame_of(rows))
            transaction.publish()
        transaction = other.begin()
        for start, end, publishes in zip([0, *cuts], [*cuts, len(shuffled)], [*ends, True], strict=True):
            transaction.add("flow", frame_of(shuffled[start:end]))
            if publishes:
                transaction.publish()
                transaction = other.begin()
        transaction.close()
        months = one.manifest().datasets["flow"].months
        # Equal rows, and even the same bytes: the content of a version does not depend on its history.
        assert {m: s.sha256 for m, s in months.items()} == {
            m: s.sha256 for m, s in other.manifest().datasets["flow"].months.items()
        }
        stored = pd.concat([one.read("flow", m) for m in months], ignore_index=True)
        pd.testing.assert_frame_equal(stored, best_of(rows))
    finally:
        shutil.rmtree(scratch)


def row(**more) -> dict:
    return {
        "time": pd.Timestamp("2024-08-01 00:30"), "interconnector": "V-SA", "mw": 1.0, "losses": 0.0, "minutes": 5,
        "source": "import", "changed": pd.NaT, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (row(minutes=5, source="import"), row(minutes=30, source="mmsdm")),
        (row(source="mmsdm"), row(source="current", changed=pd.Timestamp("2024-08-09"))),
        (row(source="current"), row(source="price_and_demand")),
        (row(source="price_and_demand"), row(source="import")),
        (row(changed=pd.Timestamp("2024-08-02")), row(mw=99.0)),
        (row(changed=pd.Timestamp("2024-08-03")), row(changed=pd.Timestamp("2024-08-02"), mw=99.0)),
        (row(mw=2.0), row(mw=1.0, losses=5.0)),
        (row(mw=-5.0), row(mw=math.nan)),
    ],
)
def test_each_step_of_the_precedence(better, worse):
    for pieces in ([[better], [worse]], [[worse], [better]], [[worse, better, worse]]):
        (rows,) = merged(pieces)
        assert len(rows) == 1
        pd.testing.assert_frame_equal(rows.to_frame(), conform(FLOW, frame_of([better])))


def test_sorted_rows_without_repeats_are_passed_through_and_names_nobody_uses_dropped():
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime(["2024-07-01 00:05", "2024-07-01 00:05", "2024-07-01 00:10"]),
            "duid": pd.Categorical(["A", "C", "A"], categories=["C", "UNUSED", "A", ""]),
            "mw": [1.0, 2.0, 3.0],
            "source": "mmsdm",
        }
    )
    (rows,) = rows_by_month(DATASETS["scada"], frame)
    assert rows.names == (("A", "C"),)
    outcome = merge(None, [rows])
    assert (outcome.added, outcome.replaced) == (3, 0)
    np.testing.assert_array_equal(outcome.rows.numbers[0], [1.0, 2.0, 3.0])


def test_many_names_do_not_run_over_the_sort_key():
    names = [f"U{i:06d}" for i in range(70_000)]
    frame = pd.DataFrame(
        {"time": pd.Timestamp("2024-08-01"), "duid": names[::-1], "mw": np.arange(70_000.0), "source": "mmsdm"}
    )
    (rows,) = rows_by_month(DATASETS["scada"], frame)
    assert merge(None, [rows, rows]).rows.to_frame()["duid"].tolist() == names


def test_minus_zero_is_zero_and_what_the_caller_does_later_changes_nothing():
    frame = frame_of([row(mw=-0.0), row(mw=5.0, interconnector="T-V-MNSP1")])
    (rows,) = rows_by_month(FLOW, frame)
    frame["mw"] = 7.0
    assert rows.numbers[0].tolist() == [0.0, 5.0]
    assert not np.signbit(rows.numbers[0]).any()
