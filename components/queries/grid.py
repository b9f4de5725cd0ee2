"""A dense time series before it is a frame: labels, series and numbers, each held once.

Pages want a tidy frame, a row per label and series; an answer in JSON is written from the grid itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Grid:
    """B labels by S series, in the order of the rows: time first, then the series as given.

    Attributes
    ----------
    labels : (B,) labels of the buckets, ``time``.
    names : column -> name of each of the S series.
    numbers : column -> (S, B).
    """

    labels: np.ndarray
    names: Mapping[str, Sequence[str]]
    numbers: Mapping[str, np.ndarray]

    @property
    def series(self) -> int:
        """Number of series."""
        return len(next(iter(self.names.values())))

    @property
    def rows(self) -> int:
        """Rows of the frame."""
        return self.series * len(self.labels)

    def column(self, name: str) -> np.ndarray:
        """A column of numbers, row by row."""
        return np.ascontiguousarray(self.numbers[name].T).reshape(-1)

    def frame(self) -> pd.DataFrame:
        """The tidy frame."""
        columns: dict[str, object] = {"time": np.repeat(self.labels, self.series)}
        for column, words in self.names.items():
            distinct = list(dict.fromkeys(words))
            place = {word: i for i, word in enumerate(distinct)}
            codes = np.array([place[w] for w in words], np.int32)
            columns[column] = named(distinct, np.tile(codes, len(self.labels)))
        for column in self.numbers:
            columns[column] = self.column(column)
        return pd.DataFrame(columns)


class FrameOrGrid:
    """An attribute that is given as a frame or as a grid, and read as a frame: made of the grid when it is first read."""

    def __get__(self, owner: object, kind: type | None = None) -> pd.DataFrame:
        if owner is None:
            raise AttributeError("frame")  # a dataclass takes this for: no default
        kept = vars(owner)["_rows"]
        if isinstance(kept, Grid):
            kept = vars(owner)["_rows"] = kept.frame()
        return kept

    def __set__(self, owner: object, value: pd.DataFrame | Grid) -> None:
        vars(owner)["_rows"] = value


def named(words: Sequence[str], codes: np.ndarray) -> pd.Categorical:
    """A column of names from codes, without making a text per row."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words), dtype=object))
