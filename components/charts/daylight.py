"""When it is night: shades behind charts of a few days, so that the sun is seen without looking at the clock.

Sunrise and sunset of a region's capital by NOAA's general solar position equations (within two minutes), with the
sun's upper edge on the horizon and the usual refraction; the market as a whole takes Sydney's.
"""

from __future__ import annotations

import numpy as np

from components.vocabulary import NEM

LONGEST = np.timedelta64(7, "D")
"""Longer ranges have no shades: they would be stripes."""
CITIES: dict[str, tuple[str, float, float]] = {
    "NSW1": ("Sydney", -33.87, 151.21),
    "QLD1": ("Brisbane", -27.47, 153.03),
    "SA1": ("Adelaide", -34.93, 138.60),
    "TAS1": ("Hobart", -42.88, 147.33),
    "VIC1": ("Melbourne", -37.81, 144.96),
    NEM: ("Sydney", -33.87, 151.21),
}
"""Region -> where its sun rises: name, latitude and longitude [degrees, east and north positive]."""
_HORIZON = np.radians(90.833)
_NEM_MINUTES = 600


def sun(days: np.ndarray, region: str) -> tuple[np.ndarray, np.ndarray]:
    """Sunrise and sunset of each day, NEM time.

    Parameters
    ----------
    days : (N,) datetime64[D].
    region : one of :data:`CITIES`.

    Returns
    -------
    Two arrays datetime64[us] (N,).

    >>> rise, _ = sun(np.array(["2024-06-21"], "datetime64[D]"), "NSW1")
    >>> (rise + np.timedelta64(30, "s")).astype("datetime64[m]")  # to the nearest minute
    array(['2024-06-21T07:00'], dtype='datetime64[m]')
    """
    _, latitude, longitude = CITIES[region]
    year = days.astype("datetime64[Y]")
    angle = 2 * np.pi / 365 * ((days - year.astype("datetime64[D]")).astype(float) + 0.1)  # about local noon
    wave = [np.ones_like(angle), *(f(k * angle) for k in (1, 2, 3) for f in (np.cos, np.sin))]
    equation_of_time = 229.18 * np.dot([0.000075, 0.001868, -0.032077, -0.014615, -0.040849, 0, 0], wave)
    declination = np.dot([0.006918, -0.399912, 0.070257, -0.006758, 0.000907, -0.002697, 0.00148], wave)
    high = np.radians(latitude)
    half_day = np.degrees(
        np.arccos(np.cos(_HORIZON) / (np.cos(high) * np.cos(declination)) - np.tan(high) * np.tan(declination))
    )
    noon = 720 - 4 * longitude - equation_of_time + _NEM_MINUTES
    midnight = days.astype("datetime64[us]")
    rise, down = ((60e6 * (noon + 4 * side * half_day)).astype("timedelta64[us]") for side in (-1, 1))
    return midnight + rise, midnight + down


def nights(start: np.datetime64, end: np.datetime64, region: str) -> tuple[np.ndarray, np.ndarray]:
    """Begin and end of each night within a window, cut to it; none where the window is longer than :data:`LONGEST`."""
    none = np.empty(0, "datetime64[us]")
    if region not in CITIES or end <= start or end - start > LONGEST:
        return none, none
    first, last = start.astype("datetime64[D]"), end.astype("datetime64[D]")
    days = np.arange(first - 1, last + 2)
    rise, down = sun(days, region)
    begin, until = np.maximum(down[:-1], start), np.minimum(rise[1:], end)
    seen = begin < until
    return begin[seen], until[seen]
