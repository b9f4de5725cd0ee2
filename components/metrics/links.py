"""Flows between regions: directions, utilisation, time at the limit, and what a flow is worth across two prices."""

from __future__ import annotations

import numpy as np

from components.market_time import HOURS_PER_DISPATCH

AT_LIMIT = 0.98
"""Share of the limit from which a link counts as at it."""
FORWARD, REVERSE, BELOW, NO_LIMIT = range(4)
STATES = ("forward", "reverse", "below", "no_limit")
"""How full a link is: at the limit of the positive or of the negative flow, below it, or nothing can be said."""


def utilisation(flow: np.ndarray, export_limit: np.ndarray, import_limit: np.ndarray) -> np.ndarray:
    """Share of the limit in the direction of flow that is used; 0 where nothing flows.

    ``flow`` is the target flow MWFLOW [MW], limits are in the same frame (an import limit is usually negative).
    NaN where flow or limit is missing, and where the limit is 0 or opposed to the flow (a link that is forced
    to flow backwards has no meaningful share).

    Source: DISPATCHINTERCONNECTORRES.MWFLOW, EXPORTLIMIT, IMPORTLIMIT.
    """
    forward = np.asarray(flow >= 0)
    limit = np.where(forward, export_limit, import_limit)
    usable = (forward == (limit > 0)) & (limit != 0)
    return np.divide(flow, limit, out=np.full(np.shape(limit), np.nan), where=usable)


def states(flow: np.ndarray, used: np.ndarray, at: float = AT_LIMIT) -> np.ndarray:
    """How full a link is in each interval, as a position in :data:`STATES`.

    Parameters
    ----------
    flow : target flow [MW]; its sign is the direction.
    used : :func:`utilisation`; where it is NaN nothing can be said.
    at : share of the limit from which a link is at it.
    """
    full = np.where(flow >= 0, FORWARD, REVERSE)
    return np.where(np.isnan(used), NO_LIMIT, np.where(used >= at, full, BELOW))


def price_difference(price_from: np.ndarray, price_to: np.ndarray) -> np.ndarray:
    """Price at the end of a link less the price at its start [$/MWh]: above zero it pays to flow forward.

    >>> price_difference(np.array([50.0]), np.array([80.0])).tolist()
    [30.0]
    """
    return price_to - price_from


def flow_value(flow: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """What a flow gains across the price difference in one interval [$]: flow · difference · h.

    An approximation of the inter-regional settlement residue: losses are left out, and the flow is that of a moment, not the
    energy settled. Below zero where power runs from the dearer region to the cheaper one (counter-price flow).
    """
    return np.asarray(flow * difference * HOURS_PER_DISPATCH)


def _known_sum(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum of the readings of each row and their number (K,)."""
    total = values.sum(axis=1, dtype=float)
    if not np.isnan(total).any():
        return total, np.full(len(values), values.shape[1])
    known = ~np.isnan(values)
    return np.where(known, values, 0.0).sum(axis=1, dtype=float), known.sum(axis=1)


class LinkSums:
    """What a window's intervals add up to, link by link, collected month by month; missing readings count nowhere.

    Parameters
    ----------
    count : number of links K.
    at : share of the limit from which a link is at it.
    """

    _FIELDS = (
        "flow", "forward", "reverse", "losses", "used", "export_limit", "import_limit", "room_forward", "room_reverse",
        "difference", "value",
    )  # fmt: skip

    def __init__(self, count: int, at: float = AT_LIMIT):
        self.at = at
        self._sums = {name: np.zeros(count) for name in self._FIELDS}
        self._read = {name: np.zeros(count) for name in (*self._FIELDS, "binding")}
        self._counts = {name: np.zeros(count) for name in ("forward", "reverse", "binding", "counter")}

    def add(
        self, *, flow: np.ndarray, target: np.ndarray, export_limit: np.ndarray, import_limit: np.ndarray,
        losses: np.ndarray, marginal_value: np.ndarray, difference: np.ndarray,
    ) -> None:  # fmt: skip
        """Add intervals, all (K, T): the flow whose energy counts, AEMO's columns and :func:`price_difference`."""
        used = utilisation(target, export_limit, import_limit)
        value = flow_value(flow, difference)
        for name, values in (
            ("flow", flow), ("forward", np.maximum(flow, 0.0)), ("reverse", np.maximum(-flow, 0.0)), ("losses", losses),
            ("used", used), ("export_limit", export_limit), ("import_limit", import_limit),
            ("room_forward", export_limit - target), ("room_reverse", target - import_limit),
            ("difference", difference), ("value", value),
        ):  # fmt: skip
            total, read = _known_sum(values)
            self._sums[name] += total
            self._read[name] += read
        full = used >= self.at
        forward = (full & (target >= 0)).sum(axis=1)
        self._counts["forward"] += forward
        self._counts["reverse"] += full.sum(axis=1) - forward
        binding = ~np.isnan(marginal_value)
        self._read["binding"] += binding.sum(axis=1)
        self._counts["binding"] += (binding & (marginal_value != 0)).sum(axis=1)
        self._counts["counter"] += (value < 0).sum(axis=1)

    def parts(self) -> np.ndarray:
        """All that has been added up (K, sums), as :meth:`add_parts` takes it."""
        return np.stack([v for sums in (self._sums, self._read, self._counts) for v in sums.values()], axis=1)

    def add_parts(self, parts: np.ndarray) -> None:
        """Add what other intervals of the same links added up to."""
        every = [v for sums in (self._sums, self._read, self._counts) for v in sums.values()]
        for total, part in zip(every, parts.T, strict=True):
            np.add(total, part, out=total)

    def readings(self) -> int:
        """Flows read, of all links."""
        return int(self._read["flow"].sum())

    def figures(self) -> dict[str, np.ndarray]:
        """Figures of each link (K,), NaN where nothing is known: energies and losses [MWh], hours, means, value [$]."""
        h = HOURS_PER_DISPATCH

        def total(name: str, factor: float = 1.0) -> np.ndarray:
            return np.where(self._read[name] > 0, self._sums[name] * factor, np.nan)

        def mean(name: str) -> np.ndarray:
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.where(self._read[name] > 0, self._sums[name] / self._read[name], np.nan)

        def hours(name: str, of: str) -> np.ndarray:
            return np.where(self._read[of] > 0, self._counts[name] * h, np.nan)

        return {
            "mean_mw": mean("flow"),
            "energy_forward_mwh": total("forward", h), "energy_reverse_mwh": total("reverse", h),
            "losses_mwh": total("losses", h),
            "utilisation": mean("used"),
            "hours_at_limit_forward": hours("forward", "used"), "hours_at_limit_reverse": hours("reverse", "used"),
            "hours_with_limit": self._read["used"] * h,
            "hours_binding": hours("binding", "binding"),
            "headroom_forward_mw": mean("room_forward"), "headroom_reverse_mw": mean("room_reverse"),
            "export_limit": mean("export_limit"), "import_limit": mean("import_limit"),
            "price_difference": mean("difference"), "value": total("value"),
            "hours_counter_price": hours("counter", "value"),
            "hours": self._read["flow"] * h,
        }  # fmt: skip


class StateSums:
    """Price difference and flow by how full a link is (:data:`STATES`), collected month by month.

    An interval counts where flow and price difference are known.
    """

    def __init__(self, count: int, at: float = AT_LIMIT):
        self.at, self.count = at, count
        shape = (count, len(STATES))
        self._n, self._difference, self._flow, self._value = (np.zeros(shape) for _ in range(4))
        self._low, self._high = np.full(shape, np.inf), np.full(shape, -np.inf)

    def add(self, *, flow: np.ndarray, target: np.ndarray, used: np.ndarray, difference: np.ndarray) -> None:
        """Add intervals, all (K, T)."""
        known = ~np.isnan(flow) & ~np.isnan(difference)
        full, forward, said = used >= self.at, target >= 0, ~np.isnan(used)
        value = flow_value(flow, difference)
        whole = bool(known.all())
        for state, there in (
            (FORWARD, full & forward), (REVERSE, full & ~forward), (BELOW, said & ~full), (NO_LIMIT, ~said)
        ):  # fmt: skip
            mine = there if whole else there & known
            self._n[:, state] += mine.sum(axis=1)
            for total, values in ((self._difference, difference), (self._flow, flow), (self._value, value)):
                total[:, state] += np.sum(values, axis=1, where=mine, dtype=float)
            self._low[:, state] = np.minimum(
                self._low[:, state], np.min(difference, axis=1, where=mine, initial=np.inf)
            )
            self._high[:, state] = np.maximum(
                self._high[:, state], np.max(difference, axis=1, where=mine, initial=-np.inf)
            )

    def parts(self) -> np.ndarray:
        """All that has been added up (K, 6, states), as :meth:`add_parts` takes it."""
        return np.stack([self._n, self._difference, self._flow, self._value, self._low, self._high], axis=1)

    def add_parts(self, parts: np.ndarray) -> None:
        """Add what other intervals of the same links added up to."""
        for at, total in enumerate((self._n, self._difference, self._flow, self._value)):
            np.add(total, parts[:, at], out=total)
        np.minimum(self._low, parts[:, 4], out=self._low)
        np.maximum(self._high, parts[:, 5], out=self._high)

    def readings(self) -> int:
        """Intervals that count, of all links."""
        return int(self._n.sum())

    def figures(self) -> dict[str, np.ndarray]:
        """Figures (K, states): hours, means, extremes, value [$]; NaN (hours and value: 0) where a state never was."""
        was = self._n > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "hours": self._n * HOURS_PER_DISPATCH,
                "mean_mw": np.where(was, self._flow / self._n, np.nan),
                "price_difference": np.where(was, self._difference / self._n, np.nan),
                "min": np.where(was, self._low, np.nan), "max": np.where(was, self._high, np.nan),
                "value": self._value,
            }  # fmt: skip


__all__ = [
    "AT_LIMIT", "BELOW", "FORWARD", "NO_LIMIT", "REVERSE", "STATES", "LinkSums", "StateSums", "flow_value",
    "price_difference", "states",
    "utilisation",
]  # fmt: skip
