"""What charts draw: stacks, lines, steps; and that feeding makes no new model."""

import numpy as np
import pytest

from components.charts.lean import complete_index, milliseconds, step_edges, tooltip
from components.charts.lines import LineChart, line_data
from components.charts.mix import mix_rows
from components.charts.palette import DARK, LIGHT
from components.charts.stack import StackChart, stack_data

NAN = np.nan


def edges(count: int) -> np.ndarray:
    return np.datetime64("2024-07-01T00:00", "us") + np.arange(count + 1) * np.timedelta64(5, "m")


def test_positive_and_negative_parts_are_piled_up_separately():
    data = stack_data(
        edges(2),
        {"coal": np.array([100.0, 90]), "wind": np.array([30.0, NAN]), "battery_charging": np.array([-20.0, -5]),
         "pumps": np.array([-1.0, -2])},
    )  # fmt: skip
    assert data.present == ("coal", "wind", "battery_charging", "pumps")
    assert data.columns["e_coal"].tolist() == [100, 90, 90]
    assert data.columns["e_wind"].tolist() == [130, 90, 90]  # a missing layer is nothing, those above stay
    assert data.columns["e_battery_charging"].tolist() == [-20, -5, -5]
    assert data.columns["e_pumps"].tolist() == [-21, -7, -7]
    assert np.isnan(data.columns["v_wind"][1])  # the hover says that it is missing
    assert (data.low, data.high) == (-21, 130)


def test_a_generators_small_negative_is_cut_in_the_drawing_only():
    data = stack_data(edges(1), {"solar": np.array([-0.5]), "coal": np.array([10.0])})
    assert data.columns["e_solar"][0] == 10
    assert data.columns["v_solar"][0] == pytest.approx(-0.5)


def test_a_step_without_metered_readings_is_a_gap_even_with_a_rooftop_estimate():
    data = stack_data(edges(3), {"coal": np.array([1, NAN, 1.0]), "rooftop": np.array([1.0, 1, 1])})
    assert data.missing.tolist() == [False, True, False]


@pytest.mark.fault("NUM-2")
def test_what_is_shared_between_visitors_cannot_be_changed():
    data = stack_data(edges(1), {"coal": np.array([10.0])})
    with pytest.raises(ValueError, match="read-only"):
        data.columns["e_coal"][0] = 1
    lines = line_data(edges(1), {"NSW1": np.array([10.0])}, as_price=True)
    with pytest.raises(ValueError, match="read-only"):
        lines.columns["v_NSW1"][0] = 1


def test_nothing_at_all_can_be_drawn():
    data = stack_data(edges(0)[:0], {})
    assert data.empty
    StackChart(LIGHT).feed(data)
    LineChart(LIGHT, {"NSW1": "NSW"}, height=100, title="", y_label="", as_price=True).feed(
        line_data(edges(0)[:0], {}, as_price=True)
    )


def test_feeding_makes_no_new_model_and_moves_the_ranges():
    chart = StackChart(LIGHT)
    chart.feed(stack_data(edges(2), {"coal": np.array([100.0, 90]), "pumps": np.array([-5.0, -5])}))
    # Formatters of the hover follow the fuels; everything else stays.
    kinds = ("CustomJSHover",)
    before = {m for m in chart.figure.references() if type(m).__name__ not in kinds}
    chart.feed(stack_data(edges(3), {"coal": np.array([200.0, 190, 1]), "pumps": np.array([-5.0, -5, -1])}))
    assert {m for m in chart.figure.references() if type(m).__name__ not in kinds} == before
    assert chart.x.end == milliseconds(edges(3)[-1:])[0]
    assert chart.y.start < -5
    assert chart.y.end > 200
    assert [f for f, layer in chart.layers.items() if layer.visible] == ["coal", "pumps"]


def test_charts_follow_the_theme():
    chart = StackChart(LIGHT)
    chart.recolour(DARK)
    assert chart.layers["coal"].glyph.fill_color == DARK.fuels["coal"]
    assert chart.x_axis.major_label_text_color == DARK.muted
    assert DARK.card in chart.hover.tooltips
    assert LIGHT.card not in chart.hover.tooltips


def test_axes_carry_units_and_the_time_zone():
    chart = StackChart(LIGHT)
    assert chart.y_axis.axis_label == "Power (MW)"
    assert chart.x_axis.axis_label == "NEM time (UTC+10)"


def test_steps_of_buckets_labelled_by_their_end_and_by_their_start():
    ends = np.array(["2024-07-01T00:30", "2024-07-01T01:00"], "datetime64[us]")
    assert step_edges(ends, "30m", "end").astype(str).tolist() == [
        "2024-07-01T00:00:00.000000", "2024-07-01T00:30:00.000000", "2024-07-01T01:00:00.000000"
    ]  # fmt: skip
    months = np.array(["2024-01-01", "2024-02-01"], "datetime64[us]")
    assert step_edges(months, "1M", "start")[-1] == np.datetime64("2024-03-01")


def test_a_missing_bucket_stays_in_the_index():
    days = np.array(["2024-01-01", "2024-01-03"], "datetime64[us]")
    assert len(complete_index(days, "1d")) == 3
    months = np.array(["2024-01-01", "2024-04-01"], "datetime64[us]")
    assert complete_index(months, "1M").astype("datetime64[M]").astype(str).tolist() == [
        "2024-01", "2024-02", "2024-03", "2024-04"
    ]  # fmt: skip


def test_mix_bars_fill_from_0_to_100_without_loads():
    rows = mix_rows({"NSW": {"coal": 75.0, "wind": 25.0, "pumps": -10.0, "gas": NAN}}, LIGHT.fuels)
    assert rows["fuel"] == ["Coal", "Wind"]
    assert rows["left"] == [0, 75]
    assert rows["right"] == [75, 100]


def test_the_last_step_before_a_hole_reaches_to_the_hole():
    """Real months with weeks between them: an isolated bucket had no line at all."""
    data = line_data(edges(4), {"NSW1": np.array([5.0, NAN, 7, NAN]), "SA1": np.array([1.0, 2, 3, 4])}, as_price=True)
    at = milliseconds(edges(4))
    assert data.columns["t"].tolist() == [at[0], at[1], at[1], at[2], at[3], at[3], at[4]]
    np.testing.assert_array_equal(data.columns["v_NSW1"], np.array([5, 5, NAN, 7, 7, NAN, NAN], "float32"))
    assert data.columns["v_SA1"].tolist() == [1, 1, 2, 3, 3, 4, 4]


def test_a_unit_with_a_dollar_is_no_variable_of_bokehs():
    assert "@v{custom} &#36;M<" in tooltip({"v": ("Revenue", "#000000", "$M", 3)}, LIGHT)
