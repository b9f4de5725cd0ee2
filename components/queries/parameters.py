"""Kinds of parameters, and the way of each from texts to a legal value and back."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import param

from components.errors import UsageError
from components.market_time import parse_instant, parse_span

LONGEST_TEXT = 200
"""Characters of a value that are looked at; a longer one is refused without being worked on."""
MOST_NAMES = 200
"""Names one list parameter takes."""
LONGEST_SPAN = pd.Timedelta(days=100 * 366)
"""Longest ``last``: older than any AEMO file, and short enough never to leave the calendar."""


class Instant(param.Parameter):
    """A moment in NEM time (naive Timestamp) or None."""

    def parse(self, texts: Sequence[str]) -> pd.Timestamp:
        """From a date or ISO 8601 instant; raises UsageError."""
        return parse_instant(_single(texts))

    def format(self, value: pd.Timestamp) -> list[str]:
        """A date where it is midnight, else to the minute, or as exactly as it was given."""
        text = value.isoformat()
        return [
            text.removesuffix("T00:00:00")
            if text.endswith("T00:00:00")
            else text.removesuffix(":00")
            if len(text) == 19
            else text
        ]


class Span(param.String):
    """A length of time up to the newest data: ``7d``, ``P7D``, ``24h``; ``latest`` = the newest interval."""

    def parse(self, texts: Sequence[str]) -> str:
        """Checked, kept as written; raises UsageError."""
        text = _single(texts)
        if text not in ("latest", "all"):
            origin = pd.Timestamp("2000-01-01")
            span = parse_span(text)
            years = getattr(span, "kwds", {}).get("years", 0) + getattr(span, "kwds", {}).get("months", 0) / 12
            if years > 100 or (years == 0 and origin + span - origin > LONGEST_SPAN):
                raise UsageError("is longer than 100 years")
        return text

    def format(self, value: str) -> list[str]:
        """As written."""
        return [value]


class Names(param.List):
    """A list of names (repeated, or separated by commas where no name has one); empty = no filter.

    ``vocabulary`` says what is named: ``region fuel fueltech station duid owner interconnector``, or
    ``place``: a station or one of its DUIDs.
    """

    __slots__ = ["vocabulary"]
    _slot_defaults = dict(param.List._slot_defaults, vocabulary="")

    def __init__(self, default=param.Undefined, *, vocabulary=param.Undefined, **params):
        super().__init__(default=default, item_type=str, **params)
        self.vocabulary = vocabulary

    @property
    def has_commas(self) -> bool:
        """True where the names themselves may hold a comma, so only repetition separates them."""
        return self.vocabulary in ("station", "owner", "place")

    def parse(self, texts: Sequence[str]) -> list[str]:
        """Split, trimmed, without repetitions, in the order given; raises UsageError when too many."""
        words = [w.strip() for t in texts for w in ([t] if self.has_commas else t.split(","))]
        unique = list(dict.fromkeys(w for w in words if w))
        if len(unique) > MOST_NAMES:
            raise UsageError(f"at most {MOST_NAMES} names, found {len(unique)}")
        return unique

    def format(self, value: Sequence[str]) -> list[str]:
        """One text per name, or one joined by commas."""
        return list(value) if self.has_commas else [",".join(value)]


class Choices(Names):
    """One or more of a few fixed words (``objects``), repeated or comma-separated; never none."""

    __slots__ = ["objects"]
    _slot_defaults = dict(Names._slot_defaults, objects=())

    def __init__(self, default=param.Undefined, *, objects=param.Undefined, **params):
        super().__init__(default=default, **params)
        self.objects = tuple(objects)

    def parse(self, texts: Sequence[str]) -> list[str]:
        """As :class:`Names`; a word that is not offered, or none at all, raises UsageError."""
        words = super().parse(texts)
        strange = [w for w in words if w not in self.objects]
        if strange:
            raise UsageError(f"{strange[0]!r} is none of the allowed values")
        if not words:
            raise UsageError("names nothing")
        return words


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CYCLES: dict[str, tuple[int, tuple[str, ...], dict[str, tuple[int, ...]]]] = {
    "month": (1, _MONTHS, {}),
    "hour": (0, tuple(str(h) for h in range(24)), {}),
    "weekday": (1, _DAYS, {"workday": (1, 2, 3, 4, 5), "weekend": (6, 7)}),
}
"""Parts of the calendar that come round again -> their first number, their names, names for several."""


class Recurring(param.List):
    """Months of the year, hours of the day or days of the week, as numbers; empty = all, illegal where the default names some.

    Texts may name them (``jan``, ``sat``, ``weekend``), list them and give ranges, both ends included and round the
    end where the first lies behind the last (``nov-feb``, ``22-5``). Hours may be clock times: ``17:00-21:00`` = ``17-20``.
    """

    __slots__ = ["cycle"]
    _slot_defaults = dict(param.List._slot_defaults, cycle="month")

    def __init__(self, default=param.Undefined, *, cycle=param.Undefined, **params):
        self.cycle = cycle
        super().__init__(default=default, item_type=int, **params)

    @property
    def numbers(self) -> range:
        """The legal numbers."""
        first, names, _ = CYCLES[self.cycle]
        return range(first, first + len(names))

    @property
    def pattern(self) -> str:
        """Regular expression of one text between commas, for the documentation."""
        _, names, several = CYCLES[self.cycle]
        one = "|".join(dict.fromkeys((*map(str, reversed(self.numbers)), *names)))
        more = "".join(f"|{name}" for name in several)
        return f"^(({one})(-({one}))?{more})$"

    def _validate(self, val):
        super()._validate(val)
        if any(n not in self.numbers for n in val or ()):
            raise ValueError(f"{self.cycle} must lie in {self.numbers[0]}-{self.numbers[-1]}, found {val}")
        if self.default and not val:
            raise ValueError(
                f"{self.cycle} must name some: without any its text would be left out, which is the default"
            )

    def parse(self, texts: Sequence[str]) -> list[int]:
        """Numbers in ascending order; raises UsageError saying what is expected."""
        words = [w.strip().lower().replace("–", "-") for t in texts for w in t.split(",")]
        found = {n for w in words if w for n in self._span(w)}
        if not found:
            raise UsageError("names nothing")
        return sorted(found)

    def _span(self, word: str) -> list[int]:
        several = CYCLES[self.cycle][2]
        if word in several:
            return list(several[word])
        if self.cycle == "hour" and (clock := re.fullmatch(r"(\d{1,2}):00-(\d{1,2}):00", word, re.ASCII)):
            first, end = int(clock[1]), int(clock[2])
            if first > 23 or not 0 < end <= 24 or first == end:
                raise UsageError(f"{word!r} is no stretch of the day; write 17:00-21:00, or 17-20 for the same hours")
            return self._between(first, end - 1)
        ends = [self._number(w) for w in word.split("-")]
        if len(ends) > 2 or None in ends:
            _, names, _ = CYCLES[self.cycle]
            named = "" if self.cycle == "hour" else f" or {names[0]}, {names[1]} …"
            more = "".join(f", {n}" for n in several)
            raise UsageError(
                f"{word[:20]!r} is none of {self.numbers[0]}-{self.numbers[-1]}{named}{more}; lists and ranges are fine"
            )
        first, last = (n for n in (ends[0], ends[-1]) if n is not None)
        return self._between(first, last)

    def _number(self, word: str) -> int | None:
        first, names, _ = CYCLES[self.cycle]
        if re.fullmatch(r"[0-9]{1,2}", word, re.ASCII):
            return int(word) if int(word) in self.numbers else None
        return names.index(word) + first if word in names else None

    def _between(self, first: int, last: int) -> list[int]:
        """From one to the other, both included, round the end where it must."""
        whole = self.numbers
        return (
            list(range(first, last + 1))
            if first <= last
            else [*range(first, whole.stop), *range(whole.start, last + 1)]
        )

    def format(self, value: Sequence[int]) -> list[str]:
        """Ascending numbers, neighbours as ranges: ``17-20,22``."""
        runs: list[list[int]] = []
        for number in sorted(set(value)):
            if runs and runs[-1][-1] == number - 1:
                runs[-1] = [runs[-1][0], number]
            else:
                runs.append([number])
        return [",".join("-".join(map(str, run)) for run in runs)]


def _single(texts: Sequence[str]) -> str:
    if len(texts) != 1:
        raise UsageError("is given more than once" if texts else "has no value")
    return texts[0].strip()


def parse_texts(parameter: param.Parameter, texts: Sequence[str]) -> Any:
    """Text from outside -> a legal value of ``parameter``; raises UsageError saying what is expected."""
    # A list may be long, its names may not.
    split = isinstance(parameter, Names) and not parameter.has_commas
    if sum(map(len, texts)) > LONGEST_TEXT * MOST_NAMES:
        raise UsageError(f"is longer than {LONGEST_TEXT * MOST_NAMES} characters")
    if any(len(w) > LONGEST_TEXT for t in texts for w in (t.split(",") if split else (t,))):
        raise UsageError(f"is longer than {LONGEST_TEXT} characters")
    if isinstance(parameter, Instant | Span | Names | Recurring):
        return parameter.parse(texts)
    text = _single(texts)
    if isinstance(parameter, param.Selector):
        allowed = {str(o): o for o in parameter.objects}
        if text in allowed:
            return allowed[text]
        raise UsageError("is none of the allowed values")
    if isinstance(parameter, param.Boolean):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise UsageError("is neither 1 nor 0")
    if isinstance(parameter, param.Integer | param.Number):
        try:
            if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", text):
                raise ValueError
            value: float = int(text) if isinstance(parameter, param.Integer) else float(text)
        except ValueError:
            raise UsageError("is no number") from None
        low, high = parameter.bounds or (None, None)
        if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
            raise UsageError(f"lies outside {low if low is not None else '-∞'} … {high if high is not None else '∞'}")
        return value
    return text


def format_value(parameter: param.Parameter, value: Any) -> list[str]:
    """A value as the texts of a query string."""
    if isinstance(parameter, Instant | Span | Names | Recurring):
        return parameter.format(value)
    if isinstance(value, bool):
        return ["1" if value else "0"]
    return [repr(value) if isinstance(value, float) else str(value)]
