"""``explorer_points.py``: seconds to count 2.6 million points into pixels, by numpy and by datashader once compiled."""

from __future__ import annotations

import time

import numpy as np

from components.raster import shade

POINTS = 2_629_440
"""Five years of prices of five regions."""


def main() -> None:
    draw = np.random.default_rng(1)
    x, y = (draw.random(POINTS, np.float32) for _ in range(2))
    shade.compile_kernel()
    for way in (shade.by_numpy, shade.by_datashader):
        took = []
        for _ in range(5):
            began = time.perf_counter()
            way(x, y, (0.0, 1.0), (0.0, 1.0), 1_200, 480)
            took.append(time.perf_counter() - began)
        print(sorted(took)[2])


main()
