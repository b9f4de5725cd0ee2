"""A picture as it travels: a few words about it and its arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Raster:
    """What a question about a large range is answered with.

    Attributes
    ----------
    words : numbers and texts that JSON can hold.
    arrays : the pictures, lines and points.
    version : version of the data it was read from.
    """

    words: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    version: str = ""

    @property
    def nbytes(self) -> int:
        """Size of the arrays [bytes]."""
        return sum(a.nbytes for a in self.arrays.values())
