"""Power of units by role: which part of a reading belongs to which series, and sums over units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from components.vocabulary import BIDIRECTIONAL, LOAD, RENEWABLE_FUELS

AS_READ, CONSUMED, POSITIVE, NEGATIVE = range(4)
"""What a series takes of a unit's reading v: v, -|v|, max(v, 0), min(v, 0)."""


_AT_ONCE = 300_000
"""Readings that are added up as one matrix: faster for a day, while a month does not fit the cache."""


def signed(values: np.ndarray, part: int) -> np.ndarray:
    """One part of readings [MW], NaN stays NaN.

    A generator's reading stays as it is (small negatives are its own consumption), a load's is -|v|
    (pumps report consumption as positive SCADA), a bidirectional unit's is split.
    """
    if part == CONSUMED:
        return -np.abs(values)
    if part == POSITIVE:
        return np.maximum(values, 0)
    if part == NEGATIVE:
        return np.minimum(values, 0)
    return values


def net(values: np.ndarray, role: str) -> np.ndarray:
    """A unit's power with its role's sign [MW]: loads below zero, the others as read."""
    return signed(values, CONSUMED if role == LOAD else AS_READ)


def terms(roles: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which unit adds which part of its readings to which series.

    Parameters
    ----------
    roles : (K,) role of each unit.
    positive, negative : (K,) int, series of a unit's generation and of its consumption; -1 = none.

    Returns
    -------
    units, parts, series : three int arrays, one entry per term. A bidirectional unit has two terms, so that
        units of opposite sign never cancel within a series.
    """
    roles = np.asarray(roles, dtype=object)
    units, parts, series = [], [], []
    load, both = roles == LOAD, roles == BIDIRECTIONAL
    for chosen, part, code in (
        (~load & ~both, AS_READ, positive),
        (load, CONSUMED, negative),
        (both, POSITIVE, positive),
        (both, NEGATIVE, negative),
    ):
        index = np.flatnonzero(chosen & (code >= 0))
        units.append(index)
        parts.append(np.full(len(index), part))
        series.append(code[index])
    return np.concatenate(units), np.concatenate(parts), np.concatenate(series)


def sum_units(
    values: np.ndarray,
    units: np.ndarray,
    parts: np.ndarray,
    series: np.ndarray,
    count: int,
    *,
    price: np.ndarray | None = None,
    region: np.ndarray | None = None,
) -> np.ndarray:
    """Sum over units, stamp by stamp, of each series (count, T), float64 [MW].

    A stamp is NaN where no unit of the series has a reading; a unit without one adds nothing there.
    With ``price`` (R, T) and each unit's row in it, ``region`` (K,), readings are multiplied by their price
    [$/h]; a reading without a price is missing then.
    Long stretches are taken one unit at a time, so that a month of a mapped file is never copied as a whole.
    """
    length = values.shape[1]
    if not len(units):
        return np.full((count, length), np.nan)
    if len(units) * length <= _AT_ONCE:
        return _sum_at_once(values, units, parts, series, count, price, region)
    total = np.zeros((count, length))
    seen = np.zeros((count, length), bool)
    full = np.zeros(count, bool)
    for unit, part, code in zip(units.tolist(), parts.tolist(), series.tolist(), strict=True):
        row = signed(values[unit], part)
        if price is not None and region is not None:
            row = row * price[region[unit]]
        missing = np.isnan(row)
        if missing.any():
            row = np.where(missing, 0, row)
            if not full[code]:
                seen[code] |= ~missing
        elif not full[code]:
            full[code] = True
            seen[code] = True
        total[code] += row
    total[~seen] = np.nan
    return total


def _sum_at_once(
    values: np.ndarray,
    units: np.ndarray,
    parts: np.ndarray,
    series: np.ndarray,
    count: int,
    price: np.ndarray | None,
    region: np.ndarray | None,
) -> np.ndarray:
    """:func:`sum_units` of a short stretch: all terms as one matrix, those of a series beside each other."""
    length = values.shape[1]
    order = np.argsort(series, kind="stable")
    units, parts, series = units[order], parts[order], series[order]
    rows = np.zeros((len(units), max(2, length)))  # a single column would be summed in another order
    rows[:, :length] = values[units]
    for part in (CONSUMED, POSITIVE, NEGATIVE):
        some = np.flatnonzero(parts == part)
        rows[some] = signed(rows[some], part)
    if price is not None and region is not None:
        rows[:, :length] *= price[region[units]]
    missing = np.isnan(rows)
    gaps = bool(missing.any())
    if gaps:
        rows[missing] = 0.0
    first = np.flatnonzero(np.diff(series, prepend=-1))
    total = np.full((count, length), np.nan)
    for begin, end in zip(first.tolist(), np.append(first[1:], len(series)).tolist(), strict=True):
        # Unit after unit, as of a long stretch, so that a sum does not depend on how many stamps are taken at a time.
        sums = np.add.reduce(rows[begin:end], axis=0)[:length]
        if gaps:
            sums[missing[begin:end, :length].all(axis=0)] = np.nan
        total[series[begin]] = sums
    return total


_NOT_GENERATION = ("battery", "imports", "exports", "battery_charging", "pumps")


def renewable_share(energy: Mapping[str, float]) -> float:
    """Share of generation that is renewable, from energy or power by fuel (any unit); NaN without generation.

    (hydro + wind + solar + rooftop + bioenergy) / (all generation + rooftop); batteries, loads and interchange
    are left out of both. What is missing (NaN) is left out of both as well.
    """
    known = {f: v for f, v in energy.items() if f not in _NOT_GENERATION and not np.isnan(v)}
    total = sum(known.values())
    return sum(v for f, v in known.items() if f in RENEWABLE_FUELS) / total if total > 0 else float("nan")


def renewable_shares(power: Mapping[str, np.ndarray], length: int) -> np.ndarray:
    """:func:`renewable_share` interval by interval (length,), from power by fuel (length,) each."""
    green, total = np.zeros(length), np.zeros(length)
    for fuel, values in power.items():
        if fuel not in _NOT_GENERATION:
            known = np.nan_to_num(values)
            total += known
            if fuel in RENEWABLE_FUELS:
                green += known
    return np.divide(green, total, out=np.full(length, np.nan), where=total > 0)
