"""Interconnectors: flows from cheap to dear regions, within their limits, with losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.ingest.demo.clock import Grid
from components.ingest.demo.noise import layered, stream
from components.vocabulary import INTERCONNECTORS, REGIONS


@dataclass(frozen=True)
class Line:
    """An interconnector's usual limits [MW], losses (share of the flow at full load) and where they are counted.

    ``from_share`` is the part of the losses that belongs to the region it starts in.
    """

    export: float
    imports: float
    loss: float
    from_share: float


LINES = {
    "N-Q-MNSP1": Line(60.0, 160.0, 0.060, 0.30),
    "NSW1-QLD1": Line(700.0, 1120.0, 0.045, 0.70),
    "T-V-MNSP1": Line(560.0, 450.0, 0.045, 1.00),
    "V-S-MNSP1": Line(190.0, 170.0, 0.060, 0.50),
    "V-SA": Line(560.0, 520.0, 0.060, 0.80),
    "VIC1-NSW1": Line(1150.0, 620.0, 0.050, 0.65),
}
LINKS = tuple(LINES)
ENDS = {
    name: (REGIONS.index(INTERCONNECTORS[name].region_from), REGIONS.index(INTERCONNECTORS[name].region_to))
    for name in LINKS
}
_LIMIT_LAYERS = ((3 * 288, 0.6), (144, 0.5), (12, 0.3))


@dataclass(frozen=True)
class Limits:
    """Limits of each link [centi-MW] (links, T): ``export`` of the positive, ``imports`` of the negative flow."""

    export: np.ndarray
    imports: np.ndarray


def link_limits(seed: int, grid: Grid) -> Limits:
    """The limits of the moment: the usual ones, less what outages and weather take."""
    export: list[np.ndarray] = []
    imports: list[np.ndarray] = []
    for name, line in LINES.items():
        for usual, sign, out in ((line.export, 1, export), (line.imports, -1, imports)):
            noise = layered(stream(seed, "limit", name, str(sign)), grid.stamps, _LIMIT_LAYERS)
            # Mostly near the usual limit, sometimes well below it.
            share = 1.04 - 0.10 * np.abs(noise) - 0.22 * np.clip(noise - 1.3, 0, 2)
            out.append(sign * np.rint(100 * usual * np.clip(share, 0.15, 1.04)))
    return Limits(np.array(export, "int64"), np.array(imports, "int64"))


def trade(seed: int, price: np.ndarray, limits: Limits, grid: Grid) -> np.ndarray:
    """Flow that the prices of both ends ask for [MW] (links, T), within the limits.

    ``price`` is (regions, T) as traders see it: smoothed and without the extremes.
    """
    flows = []
    for row, name in enumerate(LINKS):
        a, b = ENDS[name]
        whim = layered(stream(seed, "link", name), grid.stamps, ((144, 0.6), (36, 0.5), (4, 0.12)))
        pull = np.tanh((price[b] - price[a]) / 40.0 + 0.16 * whim)
        flows.append(np.where(pull > 0, pull * limits.export[row], -pull * limits.imports[row]) / 100)
    return np.array(flows)


def relieve(flow: np.ndarray, output: np.ndarray, least: np.ndarray, most: np.ndarray, limits: Limits) -> None:
    """Shift flows, in place, where a region's plant could not follow.

    ``output`` (regions, T) is what its plant would have to give, between ``least`` and ``most``; it is updated too.
    """
    for _ in range(3):
        for row, name in enumerate(LINKS):
            a, b = ENDS[name]
            for start, stop, sign in ((a, b, 1.0), (b, a, -1.0)):
                need = np.maximum(least[start] - output[start], output[stop] - most[stop])
                room = limits.export[row] / 100 - flow[row] if sign > 0 else flow[row] - limits.imports[row] / 100
                can = np.minimum(np.minimum(most[start] - output[start], output[stop] - least[stop]), room)
                shift = np.clip(np.minimum(need, can), 0.0, None)
                flow[row] += sign * shift
                output[start] += shift
                output[stop] -= shift


def line_losses(flow: np.ndarray) -> np.ndarray:
    """Losses [centi-MW] of flows [centi-MW] (links, T): a little always, the rest with the square."""
    out = np.empty_like(flow)
    for row, line in enumerate(LINES.values()):
        share = np.abs(flow[row]) / (100 * max(line.export, line.imports))
        out[row] = np.rint(np.abs(flow[row]) * line.loss * (0.12 + 0.88 * share))
    return out


def net_interchange(flow: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """What each region sends out, its part of the losses included [centi-MW] (regions, T); sums to the losses."""
    net = np.zeros((len(REGIONS), flow.shape[1]), "int64")
    for row, (name, line) in enumerate(LINES.items()):
        a, b = ENDS[name]
        at_start = np.rint(losses[row] * line.from_share).astype("int64")
        net[a] += flow[row] + at_start
        net[b] += losses[row] - at_start - flow[row]
    return net
