"""Flows between regions: directions and utilisation."""

from __future__ import annotations

import numpy as np


def utilisation(flow: np.ndarray, export_limit: np.ndarray, import_limit: np.ndarray) -> np.ndarray:
    """Share of the limit in the direction of flow that is used; 0 where nothing flows.

    ``flow`` is the target flow MWFLOW [MW], limits are in the same frame (an import limit is usually negative).
    NaN where flow or limit is missing, and where the limit is 0 or opposed to the flow (a link that is forced
    to flow backwards has no meaningful share).

    Source: DISPATCHINTERCONNECTORRES.MWFLOW, EXPORTLIMIT, IMPORTLIMIT.
    """
    limit = np.where(flow >= 0, export_limit, import_limit)
    usable = np.where(flow >= 0, limit > 0, limit < 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(usable & ~np.isnan(flow), flow / np.where(usable, limit, 1.0), np.nan)
