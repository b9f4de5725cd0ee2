"""Small line charts as SVG: text that stays text, a light ground of their own, no library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

INK, FAINT, LINE = "#333333", "#dddddd", "#1f6fb2"
SECOND = "#c2570c"
WIDTH, HEIGHT = 260, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 40, 34


@dataclass(frozen=True)
class Panel:
    """One chart: ``lines`` by their names over ``x``; a ``limit`` is drawn across it."""

    title: str
    x: Sequence[float]
    lines: Mapping[str, Sequence[float]]
    x_label: str
    limit: float | None = None


def round_up(value: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten.

    >>> round_up(0.7), round_up(21), round_up(240), round_up(0)
    (1.0, 25.0, 250.0, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def _text(x: float, y: float, text: str, anchor: str = "middle", colour: str = INK, size: int = 11) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )


def _panel(panel: Panel, offset: float) -> list[str]:
    every = [v for line in panel.lines.values() for v in line] + ([panel.limit] if panel.limit else [])
    top = round_up(max(every))
    most = max(panel.x)
    left, right, bottom = offset + LEFT, offset + WIDTH - RIGHT, HEIGHT - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (right - left) * x / most, bottom - (bottom - TOP) * y / top

    out = [_text(offset + 10, 18, panel.title, "start", size=12)]
    for share in (0, 0.5, 1):
        y = at(0, top * share)[1]
        out.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{FAINT}"/>')
        out.append(_text(left - 6, y + 4, f"{top * share:g}", "end"))
    placed = -math.inf
    for x in panel.x:
        across = at(x, 0)[0]
        if across - placed >= 18:  # 1 and 5 of 100 would stand on each other
            out.append(_text(across, bottom + 15, f"{x:g}"))
            placed = across
    out.append(_text((left + right) / 2, HEIGHT - 5, panel.x_label))
    if panel.limit:
        y = at(0, panel.limit)[1]
        out.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{INK}" stroke-dasharray="4 3"/>')
        out.append(_text(left + 4, y - 4, f"limit {panel.limit:g}", "start"))
    for i, ((name, values), colour) in enumerate(zip(panel.lines.items(), (LINE, SECOND), strict=False)):
        points = [at(x, y) for x, y in zip(panel.x, values, strict=True)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        if len(panel.lines) > 1:
            out.append(_text(left + 4 + 90 * i, 33, name, "start", colour))
    return out


def drawing(panels: Sequence[Panel], about: str) -> str:
    """Charts side by side.

    Parameters
    ----------
    about : one sentence for those who cannot see them.
    """
    width = WIDTH * len(panels)
    body = [line for i, panel in enumerate(panels) for line in _panel(panel, WIDTH * i)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img" '
        f'font-family="system-ui,sans-serif"><title>{escape(about)}</title>'
        f'<rect width="{width}" height="{HEIGHT}" rx="6" fill="#ffffff" stroke="{FAINT}"/>'
    )
    return "\n".join([head, *body, "</svg>", ""])
