"""What every question shares: its parameters, its way in and out of a query string, its answer.

A question is one :class:`Query` subclass with ``run(snapshot) -> Result``. Widgets, query strings, the
API's parameters and errors, OpenAPI and exports are all derived from its Param declarations, so adding a
question is adding one class to :data:`REGISTRY` (by the :func:`register` decorator).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, ClassVar, Self, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import param
from param.parameterized import no_instance_params

from components.errors import Problem, QueryError, UsageError, nearest
from components.market_time import (
    DISPATCH_MINUTES,
    INTERVALS,
    Calendar,
    Window,
    auto_interval,
    bucket_start,
    parse_span,
    typical_minutes,
)
from components.queries.grid import FrameOrGrid, Grid
from components.queries.parameters import (
    LONGEST_TEXT,
    MOST_NAMES,
    Choices,
    Instant,
    Names,
    Recurring,
    Span,
    format_value,
    parse_texts,
)
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS, NEM, REGIONS

# -- the answer --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """An answer: a tidy frame, its units and its coverage.

    Attributes
    ----------
    frame : given as a frame or as a :class:`~components.queries.grid.Grid`; columns in the order of the API's contract; ``time`` (if any) is the naive label of its bucket;
        numbers are float64 (counts int64) and unrounded, NaN = missing; names are categoricals (``.astype(str)`` for
        text). A time series is dense and sorted by time, then series in the vocabulary's order.
    units : unit of each numeric column.
    series : the columns that tell one series from another (``("region", "fuel")``), for ``shape=wide``.
    expected, present : 5-minute readings the window should hold / holds, over all series asked for.
    interval, time_label : bucket and which side of it labels it; "" where rows are no time series.
    notes : sentences the reader must know (estimates, gross revenue, half-hourly history ...).
    """

    frame: FrameOrGrid = FrameOrGrid()  # noqa: RUF009 - must be given; only mypy takes it for a default
    units: Mapping[str, str]  # type: ignore[misc]
    start: pd.Timestamp | None  # type: ignore[misc]
    end: pd.Timestamp | None  # type: ignore[misc]
    series: tuple[str, ...] = ()
    interval: str = ""
    time_label: str = ""
    expected: int = 0
    present: int = 0
    version: str = ""
    source: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def grid(self) -> Grid | None:
        """The rows as a grid, None where they are no dense series or the frame has been asked for."""
        rows = vars(self)["_rows"]
        return rows if isinstance(rows, Grid) else None

    @property
    def coverage(self) -> float:
        """Readings present / expected, NaN where none are expected."""
        return self.present / self.expected if self.expected else float("nan")

    def wide(self, column: str) -> pd.DataFrame:
        """One numeric column with a row per ``time`` and a column per series (``"NSW1.coal"``).

        Only the keys that vary are part of a name; a single series is named by its last key.
        """
        frame = self.frame
        keys = [c for c in self.series if frame[c].nunique() > 1] or list(self.series[-1:])
        if frame.empty or not keys:
            return pd.DataFrame({column: frame[column].to_numpy()}, index=pd.Index(frame["time"], name="time"))
        stamps = frame["time"].to_numpy()
        count = int(np.argmax(stamps != stamps[0])) or len(stamps)
        head = frame.iloc[:count]
        words = [head[key].astype(str).tolist() for key in keys]
        labels = [".".join(parts) for parts in zip(*words, strict=True)]
        values = frame[column].to_numpy().reshape(-1, count)
        return pd.DataFrame(values, index=pd.DatetimeIndex(stamps[::count], name="time"), columns=labels)


@dataclass(frozen=True)
class InPieces:
    """An answer whose rows are made piece by piece: for those that are too large to be held whole.

    Attributes
    ----------
    head : the answer without its rows: columns, units, window, coverage, notes.
    rows : how many rows the pieces have together.
    frames : makes the pieces; one after the other they are the frame that the question's ``run`` gives.
    """

    head: Result
    rows: int
    frames: Callable[[], Iterator[pd.DataFrame]]


# -- the question ------------------------------------------------------------------------------------


@cache
def _parameters(query: type[Query]) -> dict[str, param.Parameter]:
    """A class's public parameters; they are what they were declared as."""
    declared = query.param.objects("existing").items()
    return {name: p for name, p in declared if name != "name" and (p.precedence or 0) >= 0}


class Query(param.Parameterized):
    """A question about the market.

    Class attributes
    ----------------
    route : path under ``/api`` (``"generation/by-fuel"``).
    page : page that shows it (``"generation"``), for the ``view`` link.
    title, description : for the documentation.
    dataset : dataset whose newest stamp is "now" for ``last``.
    row_columns : columns an answer may have -> (unit, meaning), for OpenAPI and the data dictionary.
    """

    route: ClassVar[str] = ""
    page: ClassVar[str] = ""
    title: ClassVar[str] = ""
    description: ClassVar[str] = ""
    dataset: ClassVar[str] = "scada"
    row_columns: ClassVar[Mapping[str, tuple[str, str]]] = {}
    examples: ClassVar[tuple[str, ...]] = ()

    # -- way in and out ------------------------------------------------------------------------------

    @classmethod
    def parameters(cls) -> dict[str, param.Parameter]:
        """The public parameters in the order they were declared, without Param's own ``name``."""
        return dict(_parameters(cls))

    @classmethod
    def parse(cls, texts: Mapping[str, Sequence[str]]) -> tuple[Query, list[Problem]]:
        """A question from a query string (name -> texts), and everything wrong with that string.

        Good values are kept whatever else is wrong; what to do about problems is the caller's choice (a
        page reports and ignores them, the API refuses). Unknown names are problems with a suggestion.
        """
        known = cls.parameters()
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, given in texts.items():
            parameter = known.get(name)
            shown = (given[0] if len(given) == 1 else ",".join(given))[:LONGEST_TEXT]
            if parameter is None:
                problems.append(
                    Problem(
                        name[:80],
                        shown,
                        "is no parameter of this question",
                        tuple(known),
                        nearest(name[:80], list(known)),
                    )
                )
                continue
            try:
                values[name] = parse_texts(parameter, given)
            except UsageError as wrong:
                fixed = isinstance(parameter, param.Selector | Choices)
                allowed = tuple(str(o) for o in parameter.objects) if fixed else ()
                problems.append(Problem(name, shown, str(wrong), allowed, nearest(shown, allowed) if allowed else None))
        return cls(**values), problems

    def texts(self, **other: Any) -> dict[str, list[str]]:
        """The question as a query string's names and texts; defaults left out, names in declared order.

        Parameters
        ----------
        other : values in place of the question's own; None = none.
        """
        out: dict[str, list[str]] = {}
        for name, parameter in self.parameters().items():
            value = other[name] if name in other else getattr(self, name)
            if value != parameter.default and value is not None and value != []:
                out[name] = format_value(parameter, value)
        return out

    def but(self, **values: Any) -> Self:
        """The same question with some parameters set otherwise."""
        own = {n: value for n, p in self.parameters().items() if (value := getattr(self, n)) != p.default}
        return type(self)(**(own | values))

    def fingerprint(self) -> tuple[tuple[str, str], ...]:
        """What tells this question from another of its class; hashable, canonical, for caches and ETags.

        Filters are sets, so the order of their names makes no difference; the order of choices
        (``by``, ``values``) is the order of columns and does.
        """
        known = self.parameters()
        out = []
        for name, texts in sorted(self.texts().items()):
            parameter = known[name]
            plain = isinstance(parameter, Names) and not isinstance(parameter, Choices)
            words = sorted(set(getattr(self, name))) if plain else texts
            out += [(name, word) for word in words]
        return tuple(out)

    # -- answering -----------------------------------------------------------------------------------

    def check(self, snapshot: Snapshot) -> list[Problem]:
        """Problems that only the data can tell (a DUID that does not exist)."""
        return check_names(self, snapshot)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        """Upper bound of the answer's rows, known before any work, for budgets."""
        return 0

    def run(self, snapshot: Snapshot) -> Result:
        """The answer from one snapshot. Pure, and safe in a thread.

        Raises
        ------
        QueryError
            With every problem of the question.
        """
        raise NotImplementedError

    def in_pieces(self, snapshot: Snapshot, rows: int) -> InPieces | None:
        """The answer in pieces of about so many rows; None = it is only made as a whole.

        Raises
        ------
        QueryError
            As ``run``.
        """
        return None

    def ensure(self, snapshot: Snapshot) -> None:
        """Raise QueryError when anything is wrong with the question."""
        problems = self.check(snapshot)
        if problems:
            raise QueryError(problems)


class PeriodQuery(Query):
    """A question about a window of time as a whole."""

    start = Instant(
        default=None,
        allow_None=True,
        doc="Window start, exclusive: a date or ISO 8601 instant; without an offset it is NEM time (UTC+10).",
    )
    end = Instant(
        default=None,
        allow_None=True,
        doc="Window end, inclusive (stamps are interval-ending); a bare date is its 00:00.",
    )
    last = Span(
        default="1d",
        doc="Length up to the newest complete bucket, used where start and end are not given: 24h, 7d, P7D, 3M, 1y, latest, all.",
    )
    month = Recurring(
        default=[],
        cycle="month",
        doc="Only intervals of these months: 1-12 or jan … dec, lists and ranges (1,2 or nov-feb).",
    )
    hour = Recurring(
        default=[],
        cycle="hour",
        doc="Only intervals that begin in these hours of the day: 0-23, lists and ranges; 17-20 = from 17:00 to 21:00.",
    )
    weekday = Recurring(
        default=[],
        cycle="weekday",
        doc="Only intervals of these days: 1-7 or mon … sun, lists and ranges, workday, weekend; public holidays are no exception.",
    )

    @property
    def calendar(self) -> Calendar:
        """Which intervals of the window count: those that begin in the months, hours and weekdays asked for."""
        return Calendar(tuple(self.month), tuple(self.hour), tuple(self.weekday))

    @property
    def shown_interval(self) -> str | None:
        """The interval asked for, None where it follows the window."""
        return None

    def window(self, snapshot: Snapshot) -> Window:
        """The window this question is about, with its interval settled.

        ``start``/``end`` win over ``last``; a missing side comes from the data's edge. Without either,
        ``last`` ends at the newest complete bucket of the interval and begins with a whole one.
        """
        return replace(self._window(snapshot), calendar=self.calendar)

    def _window(self, snapshot: Snapshot) -> Window:
        first, newest = snapshot.first(self.dataset), snapshot.last(self.dataset)
        edge = newest if newest is not None else pd.Timestamp("2000-01-01")
        if self.start is not None or self.end is not None:
            end = self.end if self.end is not None else max(edge, self.start)
            if self.start is not None:
                start = self.start
            elif self.last in ("latest", "all"):
                start = (
                    end - pd.Timedelta(minutes=5)
                    if self.last == "latest" or first is None
                    else min(_floor_day(first), end)
                )
            else:
                start = end - parse_span(self.last)
            return Window(start, end, self.shown_interval or auto_interval(start, end))
        if self.last == "latest":
            return Window(edge - pd.Timedelta(minutes=5), edge, self.shown_interval or "5m")
        if self.last == "all":
            start = _floor_day(first) if first is not None else edge
            return Window(start, edge, self.shown_interval or auto_interval(start, edge))
        span = parse_span(self.last)
        interval = self.shown_interval or auto_interval(edge - span, edge)
        # A stamp that closes its bucket leaves the next one just begun: that start is the newest complete end.
        end = _bucket_floor(edge, interval)
        return Window(_bucket_floor(end - span, interval), end, interval)

    def check(self, snapshot: Snapshot) -> list[Problem]:
        problems = super().check(snapshot)
        if self.start is not None and self.end is not None and self.end < self.start:
            problems.append(Problem("end", self.end.isoformat(), f"lies before start {self.start.isoformat()}"))
        return problems


class WindowQuery(PeriodQuery):
    """A question about a window of time, answered bucket by bucket."""

    interval: Any = param.Selector(
        default="auto", objects=["auto", *INTERVALS], doc="Bucket length; auto follows the window's length."
    )

    @property
    def shown_interval(self) -> str | None:
        """The interval asked for, None where it follows the window."""
        return None if self.interval == "auto" else self.interval

    def buckets_at_most(self, snapshot: Snapshot) -> int:
        """Upper bound of the number of buckets: those the window shares with the data, and one."""
        window = self.window(snapshot)
        first, last = snapshot.first(self.dataset), snapshot.last(self.dataset)
        if first is None or last is None:
            return 0
        start, end = max(window.start, first - pd.Timedelta(minutes=30)), min(window.end, last)
        minutes = typical_minutes(window.interval)
        slack = 1.1 if minutes > typical_minutes("7d") else 1.0  # February is shorter than the typical month
        most = max(0, math.ceil((end - start) / pd.Timedelta(minutes=minutes) * slack) + 1)
        if not window.calendar or minutes > typical_minutes("1d"):
            return most
        # Hours count as a whole or not at all, so only the buckets at both edges are not full of what counts.
        full = window.calendar.intervals_a_day if window.interval == "1d" else minutes // DISPATCH_MINUTES
        return min(most, replace(window, start=start, end=end).expected // full + 2)


def _bucket_floor(moment: pd.Timestamp, interval: str) -> pd.Timestamp:
    """The moment itself where a bucket begins there, else the start of the bucket that it lies in."""
    return pd.Timestamp(bucket_start(pd.DatetimeIndex([moment + pd.Timedelta(minutes=5)]), interval)[0])


def _floor_day(stamp: pd.Timestamp) -> pd.Timestamp:
    return (stamp - pd.Timedelta(microseconds=1)).normalize()


_known: WeakKeyDictionary[Snapshot, dict[str, tuple[str, ...]]] = WeakKeyDictionary()


def known_names(vocabulary: str, snapshot: Snapshot) -> tuple[str, ...]:
    """Every legal name of a vocabulary: fixed words, or what registry and data hold; put together once a version."""
    of_version = _known.setdefault(snapshot, {})
    if vocabulary not in of_version:
        of_version[vocabulary] = _names_of(vocabulary, snapshot)
    return of_version[vocabulary]


def _names_of(vocabulary: str, snapshot: Snapshot) -> tuple[str, ...]:
    if vocabulary == "region":
        return (*REGIONS, NEM)
    if vocabulary == "fuel":
        return tuple(FUELS)
    if vocabulary == "fueltech":
        return tuple(FUELTECHS)
    if vocabulary == "interconnector":
        return snapshot.keys("flow")
    if vocabulary == "place":
        return (*known_names("station", snapshot), *known_names("duid", snapshot))
    units = snapshot.units
    if vocabulary == "duid":
        return tuple(sorted({*units["duid"], *snapshot.keys("scada")}))
    strange = set(snapshot.keys("scada")) - set(units["duid"]) if vocabulary == "station" else set()
    return tuple(sorted({*units[vocabulary], *strange} - {""}))


def check_names(query: Query, snapshot: Snapshot) -> list[Problem]:
    """Names that neither the vocabulary nor the data knows, each with the nearest that they do."""
    problems = []
    for name, parameter in query.parameters().items():
        if not isinstance(parameter, Names) or not parameter.vocabulary:
            continue
        asked = getattr(query, name)
        if not asked:
            continue
        legal = known_names(parameter.vocabulary, snapshot)
        lookup = set(legal) if len(asked) > 3 else legal
        for word in asked:
            if word not in lookup:
                problems.append(
                    Problem(
                        name, word, f"no {parameter.vocabulary} of that name",
                        legal if len(legal) <= 30 else (), nearest(word, legal),
                    )
                )  # fmt: skip
    return problems


REGISTRY: dict[str, type[Query]] = {}
"""Route -> question. The API, the documentation and the tests walk this."""

Q = TypeVar("Q", bound=type[Query])


def register(query: Q) -> Q:
    """Class decorator: make a question known under its route."""
    if query.route in REGISTRY:
        raise ValueError(f"two questions want the route {query.route!r}")
    REGISTRY[query.route] = query
    # Nobody changes a parameter (its bounds, its words) for one question alone, so none needs a copy of it.
    no_instance_params(query)
    return query


__all__ = [
    "LONGEST_TEXT", "MOST_NAMES", "REGISTRY", "Choices", "InPieces", "Instant", "Names", "PeriodQuery", "Query", "Recurring", "Result",
    "Span",
    "WindowQuery", "check_names", "known_names", "register",
]  # fmt: skip
