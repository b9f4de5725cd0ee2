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
        if value == value.normalize():
            return [value.strftime("%Y-%m-%d")]
        return [value.strftime("%Y-%m-%dT%H:%M") if value == value.floor("min") else value.isoformat()]


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
    if isinstance(parameter, Instant | Span | Names):
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
            if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?", text):
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
    if isinstance(parameter, Instant | Span | Names):
        return parameter.format(value)
    if isinstance(value, bool):
        return ["1" if value else "0"]
    return [repr(value) if isinstance(value, float) else str(value)]
