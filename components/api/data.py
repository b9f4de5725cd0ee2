"""Where the API gets its data: the shared snapshot. The seam that tests put their own snapshot into."""

from __future__ import annotations

from typing import Any

from components.store.snapshot import Snapshot


def current() -> Snapshot:
    """The newest published version; may load it, so never call it on the event loop."""
    from components.store import shared

    return shared.current()


def at_hand() -> Snapshot | None:
    """The newest published version where telling it is no work, None where :func:`current` must be asked."""
    from components.store import shared

    return shared.at_hand()


def collector() -> Any:
    """How the collector fares (:class:`components.store.shared.CollectorStatus`)."""
    from components.store import shared

    return shared.collector()


def context() -> dict[str, Any]:
    """AEMO's forecasts and notices (:mod:`components.store.context`)."""
    from components.store import shared

    return shared.context()


def status() -> Any:
    """Whether the data is loading, ready or degraded, and why (:class:`components.store.shared.SharedStatus`)."""
    from components.store import shared

    return shared.status()
