"""Questions from and to query strings, their windows, and the shape of answers."""

import gc
import weakref

import numpy as np
import pandas as pd
import param
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import components.queries  # noqa: F401 - fills the registry
from components.errors import QueryError
from components.market_time import INTERVALS
from components.queries.base import (
    REGISTRY,
    Choices,
    Instant,
    Names,
    PeriodQuery,
    Query,
    Recurring,
    Span,
    register,
)
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.queries.prices_bands import PriceDuration
from components.queries.revenue import Revenue
from components.queries.stations import StationOutput
from components.queries.units import unit_table
from components.vocabulary import FUELS, REGIONS

ROUTES = {
    "generation/by-fuel", "generation/stations", "prices/regional", "prices/stats", "prices/bands", "prices/duration",
    "analysis/revenue", "transmission/flows", "demand", "batteries", "curtailment", "latest", "stations",
    "stations/{station}",
}  # fmt: skip

instants = st.one_of(
    st.none(),
    st.datetimes(pd.Timestamp("1998-01-01"), pd.Timestamp("2099-01-01")).map(
        lambda d: pd.Timestamp(d).floor("s").as_unit("us")
    ),
    st.dates(pd.Timestamp("1998-01-01").date(), pd.Timestamp("2099-01-01").date()).map(
        lambda d: pd.Timestamp(d).as_unit("us")
    ),
)
words = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
)


def values_of(name: str, parameter: param.Parameter) -> st.SearchStrategy:
    """Every legal value of a parameter, by its kind."""
    if isinstance(parameter, Choices):
        return st.lists(st.sampled_from(parameter.objects), min_size=1, unique=True)
    if isinstance(parameter, Names):
        pools = {"region": st.sampled_from((*REGIONS, "NEM")), "fuel": st.sampled_from(list(FUELS))}
        plain = words if parameter.has_commas else words.map(lambda w: w.replace(",", "")).map(str.strip).filter(bool)
        return st.lists(pools.get(parameter.vocabulary, plain), max_size=5, unique=True)
    if isinstance(parameter, Recurring):
        return st.lists(st.sampled_from(parameter.numbers), unique=True, min_size=bool(parameter.default)).map(sorted)
    if isinstance(parameter, Instant):
        return instants
    if isinstance(parameter, Span):
        return st.sampled_from(["1d", "P7D", "24h", "3M", "1y", "all", "latest", "PT12H"])
    if isinstance(parameter, param.Selector):
        return st.sampled_from(list(parameter.objects))
    if isinstance(parameter, param.Boolean):
        return st.booleans()
    if isinstance(parameter, param.Integer):
        return st.integers(*parameter.bounds)
    if isinstance(parameter, param.Number):
        low, high = parameter.bounds
        return st.integers(round(low * 1000), round(high * 1000)).map(lambda n: n / 1000)
    if isinstance(parameter, param.String):
        return st.just("") | words
    raise AssertionError(f"{name}: no values for a {type(parameter).__name__}; add them here")


@st.composite
def questions(draw) -> Query:
    kind = draw(st.sampled_from(list(REGISTRY.values())))
    # Defaults are left out of a query string, so some parameters must be at theirs.
    return kind(**{n: draw(values_of(n, p)) for n, p in kind.parameters().items() if draw(st.booleans())})


@settings(max_examples=400, deadline=None)
@given(questions())
def test_what_a_question_writes_it_reads_again(question):
    texts = question.texts()
    again, problems = type(question).parse(texts)
    assert problems == []
    assert again.texts() == texts
    for name in question.parameters():
        assert getattr(again, name) == getattr(question, name), name
    assert again.fingerprint() == question.fingerprint()


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(list(StationOutput.parameters())), st.text(max_size=20)),
        st.lists(st.text(max_size=300), max_size=3),
    )
)
def test_no_text_from_outside_breaks_a_question(texts):
    question, problems = StationOutput.parse(texts)
    assert {p.param for p in problems} <= {k[:80] for k in texts}
    assert StationOutput.parse(question.texts())[1] == []


def test_defaults_are_left_out_and_order_is_declared():
    assert GenerationByFuel().texts() == {}
    texts = GenerationByFuel(interchange=True, region=["SA1", "NSW1"], interval="1h").texts()
    assert texts == {"interval": ["1h"], "region": ["SA1,NSW1"], "interchange": ["1"]}


def test_every_problem_is_told_and_good_values_are_kept():
    question, problems = GenerationByFuel.parse(
        {
            "start": ["yesterday"],
            "interval": ["15m"],
            "regoin": ["NSW1"],
            "interchange": ["maybe"],
            "fuel": ["coal"],
            "by": [],
        }
    )
    assert question.fuel == ["coal"]
    found = {p.param: p for p in problems}
    assert set(found) == {"start", "interval", "regoin", "interchange", "by"}
    assert found["regoin"].did_you_mean == "region"
    assert found["interval"].allowed == ("auto", *INTERVALS)


@pytest.mark.parametrize(
    "text", ["9" * 5000, "1e999", "nan", "inf", "1_0", "１２", "null", "{}", "", "9", "1001", "50.5"]
)
def test_numbers_are_checked(text):
    _, problems = PriceDuration.parse({"steps": [text]})
    assert [p.param for p in problems] == ["steps"]
    assert len(str(problems[0].value)) <= 200


@pytest.mark.parametrize("text", ["99999y", "1300M", "40000d", "0d", "-1d", "soon", "P1X"])
def test_spans_are_checked(text):
    assert [p.param for p in GenerationByFuel.parse({"last": [text]})[1]] == ["last"]


def test_a_long_list_of_short_names_is_fine_and_too_many_are_not():
    many = ",".join(f"UNIT{i:04}" for i in range(200))
    question, problems = StationOutput.parse({"duid": [many]})
    assert not problems
    assert len(question.duid) == 200
    assert StationOutput.parse(question.texts())[1] == []
    assert StationOutput.parse({"duid": [many + ",ONE_MORE"]})[1][0].param == "duid"
    assert StationOutput.parse({"duid": ["X" * 201]})[1][0].param == "duid"
    assert StationOutput.parse({"duid": ["X,"] * 30000})[1][0].param == "duid"


def test_station_names_may_hold_commas():
    question, _ = StationOutput.parse({"station": ["Smith, Jones & Co", "Other"]})
    assert question.station == ["Smith, Jones & Co", "Other"]
    assert question.texts() == {"station": ["Smith, Jones & Co", "Other"]}


def test_choices_refuse_other_words_and_keep_their_order():
    question, problems = Revenue.parse({"by": ["region,fuel", "owner"]})
    assert question.by == ["region", "fuel", "owner"]
    assert not problems
    for text in ("colour", "", ","):
        _, problems = Revenue.parse({"by": [text]})
        assert [p.param for p in problems] == ["by"]
        assert "duid" in problems[0].allowed
    assert Revenue.parse({"by": ["ownr"]})[1][0].did_you_mean == "owner"


def test_fingerprint_is_one_for_one_question():
    assert (
        GenerationByFuel(region=["SA1", "NSW1"]).fingerprint() == GenerationByFuel(region=["NSW1", "SA1"]).fingerprint()
    )
    assert GenerationByFuel(region=["SA1"]).fingerprint() != GenerationByFuel(region=["NSW1"]).fingerprint()
    assert Revenue(by=["region", "fuel"]).fingerprint() != Revenue(by=["fuel", "region"]).fingerprint()
    a, b = StationOutput(station=["A,B"]), StationOutput(station=["A", "B"])
    assert a.fingerprint() != b.fingerprint()


def test_order_of_regions_makes_no_other_answer(mixed):
    one = RegionalPrices(last="all", region=["SA1", "NEM", "NSW1"]).run(mixed).frame
    two = RegionalPrices(last="all", region=["NSW1", "SA1", "NEM"]).run(mixed).frame
    pd.testing.assert_frame_equal(one, two)


def test_registry_has_every_route_once_with_its_words():
    assert set(REGISTRY) >= ROUTES
    for route, kind in REGISTRY.items():
        assert kind.route == route
        assert kind.title
        assert kind.description
        assert kind.page
        for name, parameter in kind.parameters().items():
            assert parameter.doc, (route, name)
        for example in kind.examples:
            pairs = [p.split("=", 1) for p in example.split("&")]
            texts: dict[str, list[str]] = {}
            for name, text in pairs:
                texts.setdefault(name, []).append(text)
            assert kind.parse(texts)[1] == [], (route, example)
    with pytest.raises(ValueError, match="two questions"):
        register(GenerationByFuel)


@pytest.mark.parametrize("kind", [k for r, k in REGISTRY.items() if "{" not in r])
def test_columns_of_every_answer_are_documented(kind, mixed):
    result = kind(last="all").run(mixed) if issubclass(kind, PeriodQuery) else kind().run(mixed)
    assert set(result.frame.columns) <= set(kind.row_columns)
    for column, unit in result.units.items():
        assert kind.row_columns[column][0] == unit
    for column in result.frame:
        # Times inside the program are naive NEM time; a zone would shift what is drawn by ten hours.
        assert not isinstance(result.frame[column].dtype, pd.DatetimeTZDtype)
    assert result.version == "memory"
    assert result.source == ("nemweb",)


# -- windows -----------------------------------------------------------------------------------------


@pytest.fixture
def three_days(market):
    """SCADA from 2024-07-01 00:00 to 2024-07-03 13:20."""
    return market(
        units=[{"duid": "A", "region": "SA1", "fuel": "wind", "fueltech": "wind"}], scada={"A": [1.0] * (288 * 2 + 160)}
    )


@pytest.mark.parametrize(
    ("last", "interval", "start", "end", "shown"),
    [
        ("1d", "auto", "2024-07-02T13:20", "2024-07-03T13:20", "5m"),
        ("1d", "1h", "2024-07-02T13:00", "2024-07-03T13:00", "1h"),
        ("2d", "1d", "2024-07-01", "2024-07-03", "1d"),
        ("1h", "1d", "2024-07-02", "2024-07-03", "1d"),  # whole buckets, even where one is longer than asked for
        ("1d", "1M", "2024-06-01", "2024-07-01", "1M"),
        ("latest", "auto", "2024-07-03T13:15", "2024-07-03T13:20", "5m"),
        ("all", "auto", "2024-07-01", "2024-07-03T13:20", "5m"),
    ],
)
def test_last_ends_at_the_newest_complete_bucket(three_days, last, interval, start, end, shown):
    window = GenerationByFuel(last=last, interval=interval).window(three_days)
    assert (window.start, window.end, window.interval) == (pd.Timestamp(start), pd.Timestamp(end), shown)


def test_one_side_of_a_window_comes_from_the_data(three_days):
    assert GenerationByFuel(start=pd.Timestamp("2024-07-02")).window(three_days).end == pd.Timestamp("2024-07-03T13:20")
    window = GenerationByFuel(end=pd.Timestamp("2024-07-03"), last="1d").window(three_days)
    assert window.start == pd.Timestamp("2024-07-02")


def test_end_before_start_is_a_problem(three_days):
    with pytest.raises(QueryError, match="lies before start"):
        GenerationByFuel(start=pd.Timestamp("2024-07-02"), end=pd.Timestamp("2024-07-01")).run(three_days)


def test_complete_bucket_is_whole(three_days):
    """A day that has only begun is not shown by `last`."""
    frame = GenerationByFuel(last="2d", interval="1d").run(three_days).frame
    assert frame["time"].dt.strftime("%m-%d").tolist() == ["07-01", "07-02"]


# -- answers -----------------------------------------------------------------------------------------


def test_wide_names_only_the_keys_that_vary(mixed):
    hour = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00"), "interval": "30m"}
    assert "NSW1.coal" in GenerationByFuel(**hour).run(mixed).wide("mw").columns
    assert "wind" in GenerationByFuel(**hour, region=["SA1"]).run(mixed).wide("mw").columns
    prices = RegionalPrices(**hour, region=["SA1"]).run(mixed)
    assert list(prices.wide("price").columns) == ["SA1"]
    whole = GenerationByFuel(**hour).run(mixed)
    assert whole.wide("mw").to_numpy().sum() == pytest.approx(whole.frame["mw"].sum())
    one = GenerationByFuel(**{**hour, "interval": "1h"}).run(mixed)
    assert one.wide("mw").shape == (1, len(one.frame))


def test_coverage_is_nan_where_nothing_is_expected(mixed):
    nothing = RegionalPrices(start=pd.Timestamp("2024-07-01"), end=pd.Timestamp("2024-07-01")).run(mixed)
    assert np.isnan(nothing.coverage)
    assert RegionalPrices(last="all").run(mixed).coverage == 1


def test_an_old_snapshot_is_not_kept_alive(market):
    snapshot = market(units=[{"duid": "A", "region": "SA1", "fuel": "wind", "fueltech": "wind"}], scada={"A": [1.0]})
    GenerationByFuel(last="all").run(snapshot)
    table = weakref.ref(unit_table(snapshot))
    gone = weakref.ref(snapshot)
    assert unit_table(snapshot) is table()
    del snapshot
    gc.collect()
    assert gone() is None
    assert table() is None
