"""Rows of an answer as arrays on the steps of a chart."""

import numpy as np
import pandas as pd

from components.dashboards.series import column
from components.queries.base import Result

STEPS = np.array(["2024-03-01T01", "2024-03-01T02", "2024-03-01T03"], "datetime64[us]")


def answer(rows: list[tuple[int, str, str, float]]) -> Result:
    frame = pd.DataFrame(rows, columns=["time", "region", "fuel", "mw"])
    frame["time"] = np.array([np.datetime64(f"2024-03-01T{hour:02}", "us") for hour in frame["time"]], "datetime64[us]")
    for name, words in (("region", ["NSW1", "SA1", "VIC1"]), ("fuel", ["coal", "wind"])):
        frame[name] = pd.Categorical(frame[name], categories=words)
    return Result(frame, {"mw": "MW"}, None, None)


ROWS = [(1, "SA1", "wind", 5.0), (1, "NSW1", "coal", 7.0), (2, "SA1", "wind", np.nan), (3, "NSW1", "wind", 2.0)]


def plain(found: dict[str, np.ndarray]) -> dict[str, list[float | None]]:
    return {k: [None if np.isnan(v) else float(v) for v in values] for k, values in found.items()}


def test_a_line_for_each_name_in_the_order_of_their_first_rows():
    assert plain(column(answer(ROWS), STEPS, "mw", ["region", "fuel"])) == {
        "SA1.wind": [5.0, None, None],
        "NSW1.coal": [7.0, None, None],
        "NSW1.wind": [None, None, 2.0],
    }
    assert list(column(answer(ROWS), STEPS, "mw", ["fuel"])) == ["wind", "coal"]


def test_rows_of_one_name_and_step_are_added_and_missing_where_all_are():
    rows = [*ROWS, (1, "VIC1", "wind", 1.0), (2, "VIC1", "coal", np.nan)]
    assert plain(column(answer(rows), STEPS, "mw", ["fuel"], add=True)) == {
        "wind": [6.0, None, 2.0],
        "coal": [7.0, None, None],
    }


def test_rows_beyond_the_steps_are_left_out():
    assert plain(column(answer([*ROWS, (9, "SA1", "wind", 1.0)]), STEPS, "mw", ["region"])) == {
        "SA1": [5.0, None, None],
        "NSW1": [7.0, None, 2.0],
    }


def test_without_names_there_is_one_line_and_without_rows_none():
    one = answer([(1, "SA1", "wind", 5.0), (3, "SA1", "wind", 6.0)])
    assert plain(column(one, STEPS, "mw")) == {"": [5.0, None, 6.0]}
    assert column(answer([]), STEPS, "mw", ["region"]) == {}


def test_a_missing_name_and_plain_texts_are_names_too():
    made = answer(ROWS)
    made.frame["region"] = ["SA1", None, "SA1", "x.y"]
    assert plain(column(made, STEPS, "mw", ["region", "fuel"])) == {
        "SA1.wind": [5.0, None, None],
        "nan.coal": [7.0, None, None],
        "x.y.wind": [None, None, 2.0],
    }
