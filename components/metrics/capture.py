"""Shares of generation, for capture rates against penetration."""

from __future__ import annotations

import numpy as np

from components.vocabulary import FUELS

NOT_GENERATION = ("battery", "imports", *(f.name for f in FUELS.values() if f.load))
"""What moves energy in time or space instead of generating it: left out of shares, as of the renewable share."""


def generation_shares(fuels: list[str], energy: np.ndarray) -> np.ndarray:
    """Each fuel's part of all that is generated, rooftop included (..., F).

    Parameters
    ----------
    fuels : F names.
    energy : (..., F) [MWh], NaN = missing, left out of the whole.

    Returns
    -------
    NaN for storage and loads, where a fuel's energy is missing, and where nothing is generated.
    """
    counts = np.array([f not in NOT_GENERATION for f in fuels], bool)
    generated = np.where(counts, energy, np.nan)
    whole = np.nansum(generated, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, generated / whole, np.nan)
