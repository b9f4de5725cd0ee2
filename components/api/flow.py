"""An answer that is too large to be held: its rows come as frames, and leave as tables of the size that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from components.api.table import Rows, Table


@dataclass(frozen=True)
class Flow:
    """Rows that come as frames one after the other: for answers that are too large to be held at all.

    Attributes
    ----------
    head : no rows, but every column.
    rows : how many rows the frames have together.
    frames : makes them.
    """

    head: Rows
    rows: int
    frames: Callable[[], Iterator[pd.DataFrame]]

    @property
    def values(self) -> int:
        """Number of cells."""
        return self.rows * len(self.head.kinds)

    @property
    def units(self) -> dict[str, str]:
        """Unit of each column that has one."""
        return self.head.units

    def cut(self, offset: int, limit: int | None) -> Table:
        """The columns; no rows are to be had but in order."""
        if limit != 0:
            raise NotImplementedError("the rows of a flow come in pieces")
        return self.head.cut(0, 0)

    def pieces(self, size: int) -> Iterator[Table]:
        """All rows in order, so many at a time; the last piece has what is left."""
        waiting: list[pd.DataFrame] = []
        count = 0
        for frame in self.frames():
            waiting.append(frame)
            count += len(frame)
            if count < size:
                continue
            whole = replace(self.head, frame=pd.concat(waiting, ignore_index=True))
            waiting.clear()
            del frame
            yield from (whole.cut(offset, size) for offset in range(0, count - size + 1, size))
            count %= size
            # What is sent is let go of before more is made.
            waiting.append(whole.frame.iloc[len(whole.frame) - count :].copy())
            del whole
        if count:
            yield replace(self.head, frame=pd.concat(waiting, ignore_index=True)).cut(0, None)
