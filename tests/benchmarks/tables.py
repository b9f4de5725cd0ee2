"""The benchmark's figures -> Markdown: the README's section and the page with everything. No figure is typed by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from causes import CAUSES
from figures import Figure, from_json

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
TITLES = {
    "start": "Start",
    "memory": "Memory",
    "pages": "Server's work per page",
    "browser": "In a browser",
    "crowd": "A crowd",
    "api": "API, asked again",
    "questions": "API, asked first",
    "large": "Questions over everything",
    "export": "Export",
    "explorer": "Explorer",
    "ingest": "Ingest",
    "growth": "Growth",
}
PER_PAGE = {"pages.cpu", "pages.html", "browser.shell", "browser.bare", "browser.repeat"}
"""Kinds of figures that there are for every page."""
PLOTS = {
    "growth-years.svg": "Memory, start and questions over 1, 5 and 20 years of 150 units",
    "growth-units.svg": "Memory, start and questions over 100 and 600 units of 5 years",
    "growth-sessions.svg": "Memory and changes with 1, 10 and 100 open sessions",
}


def number(value: float) -> str:
    """Three digits that matter, thousands with commas.

    >>> number(1234.5), number(0.12345), number(12.345), number(float("nan"))
    ('1,234', '0.123', '12.3', '–')
    """
    if math.isnan(value):
        return "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def measured(values: Iterable[float], unit: str) -> str:
    """Median, and the range where there were several runs.

    >>> measured([3.0, 1.0, 2.0], "s"), measured([5.0], "MB")
    ('2.00 s (1.00–3.00)', '5.00 MB')
    """
    found = sorted(v for v in values if not math.isnan(v))
    if not found:
        return "–"
    middle = Figure("", "", unit, found).value
    text = f"{number(middle)} {unit}".strip()
    low, high = number(found[0]), number(found[-1])
    return f"{text} ({low}–{high})" if low != high else text


def row(figure: Figure) -> str:
    """One line of the table."""
    base = f"{measured(figure.base, figure.unit)} {figure.against}".strip() if figure.base else figure.against
    ratio = f"{number(figure.ratio)} ×" if figure.base else ""
    return f"| {figure.what} | {measured(figure.values, figure.unit)} | {base} | {ratio} | {_target(figure)} | {_verdict(figure)} |"


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    unit = "×" if figure.in_ratio else figure.unit
    return f"{'≥' if figure.at_least else '≤'} {figure.target:,g} {unit}".strip()


def _verdict(figure: Figure) -> str:
    if figure.met is None:
        return ""
    if math.isnan(figure.reached):
        return "**not measured**"
    by = f"{figure.missed_by:.0%}" if figure.target else number(figure.reached)
    return "met" if figure.met else f"**missed by {by}**"


def figures_of(found: Mapping[str, Any], part: str) -> list[Figure]:
    """A part's figures."""
    return [from_json(f) for f in found["parts"].get(part, {}).get("figures", [])]


def machine_line(found: Mapping[str, Any]) -> str:
    """The machine that the newest part was measured on."""
    m = found["machine"]
    versions = ", ".join(f"{n} {v}" for n, v in m["versions"].items())
    return (
        f"{m['processor']}, {m['cores']} cores, {m['memory_gb']} GB, {m['system']}, Python {m['python']} ({versions})"
    )


def _kind(key: str) -> str:
    return key.rpartition(".")[0]


def worst_of_pages(figures: list[Figure]) -> list[Figure]:
    """The figures that have a target; of those there are for every page, the page that is furthest from it."""
    aimed = [f for f in figures if f.target is not None]
    out = []
    for figure in aimed:
        same = [f for f in aimed if _kind(f.key) == _kind(figure.key)] if _kind(figure.key) in PER_PAGE else [figure]
        worst = max(same, key=lambda f: f.reached / f.target if f.target else 0)
        if figure is worst:
            missed = sum(f.met is False for f in same)
            words = f", the worst of {len(same)} pages" + (f" ({missed} miss it)" if missed else "")
            out.append(replace(figure, what=figure.what + words) if len(same) > 1 else figure)
    return out


def table(found: Mapping[str, Any], *, short: bool = False) -> str:
    """All figures by part, or only those with a target and one page of all."""
    lines = ["| what | measured | baseline | ratio | target | |", "|---|---|---|---|---|---|"]
    for part, title in TITLES.items():
        every = figures_of(found, part)
        shown = worst_of_pages(every) if short else every
        skipped = found["parts"].get(part, {}).get("skipped")
        if shown or skipped:
            lines.append(f"| **{title}** | | | | | |")
        lines += [row(f) for f in shown]
        if skipped:
            lines.append(f"| not measured: {skipped} | | | | | |")
    return "\n".join(lines)


def misses(found: Mapping[str, Any], *, short: bool = False) -> str:
    """Every target that was missed: by how much, why, what would get there."""
    by_cause: dict[str, list[Figure]] = {}
    for part in TITLES:
        every = figures_of(found, part)
        for figure in worst_of_pages(every) if short else every:
            if figure.met is False:
                by_cause.setdefault(_cause(figure.key), []).append(figure)
    lines = []
    for cause, figures in by_cause.items():
        said = [f"**{f.what}** {_reached(f)} (target {_target(f)})" for f in figures]
        lines.append(f"- {'; '.join(said)}. {CAUSES.get(cause, '')}".rstrip())
    return "\n".join(lines)


def _cause(key: str) -> str:
    """Under which key the cause of a miss is told: the figure's own, or that of its kind."""
    kind = _kind(key)
    return kind if key not in CAUSES and kind in CAUSES else key


def _reached(figure: Figure) -> str:
    return f"{number(figure.reached)} {'×' if figure.in_ratio else figure.unit}".strip()


def readme(found: Mapping[str, Any]) -> str:
    """What stands between the README's two marks."""
    data, missed = found["data"], misses(found, short=True)
    every = [f for part in TITLES for f in figures_of(found, part) if f.met is not None]
    met = sum(1 for f in every if f.met)
    parts = [
        f"Measured by `make bench` on {machine_line(found)}; {data['days']:,} days × {data['units']} units of demo data. "
        "Each figure stands beside its baseline of the same run: median of the runs (lowest–highest). "
        f"{met} of {len(every)} targets met.{_busy(found)}",
        table(found, short=True),
    ]
    if missed:
        parts.append(f"Missed, and why:\n\n{missed}")
    if figures_of(found, "growth"):
        parts.append("\n".join(f"![{text}](docs/{name})" for name, text in PLOTS.items()))
    parts.append("[docs/benchmark.md](docs/benchmark.md) has every figure.")
    return "\n\n".join(parts)


def _busy(found: Mapping[str, Any]) -> str:
    """A warning where other programs wanted the processors."""
    load, cores = max((p["load"] for p in found["parts"].values()), default=0), found["machine"]["cores"]
    if load <= cores:
        return ""
    return f" Other programs kept the machine busy meanwhile (load up to {load:.0f} on {cores} cores): trust ratios more than seconds."


def whole_page(found: Mapping[str, Any]) -> str:
    """The page with every figure."""
    load = ", ".join(f"{TITLES[p]} {found['parts'][p]['load']:.1f}" for p in TITLES if p in found["parts"])
    seconds = sum(part["seconds"] for part in found["parts"].values())
    return (
        "# Benchmark\n\nWritten by `make bench`; do not edit.\n\n"
        f"{machine_line(found)}. {seconds / 60:.0f} minutes in all. Load of the machine when a part began "
        f"(what other programs wanted): {load}.\n\n{table(found)}\n\n{misses(found)}".rstrip()
        + "\n"
    )


def put_into(text: str, section: str) -> str:
    """A document with what stands between its marks replaced.

    Raises
    ------
    ValueError
        When the document does not have both marks.
    """
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.S)
    if not pattern.search(text):
        raise ValueError(f"no {BEGIN} … {END} to fill")
    return pattern.sub(lambda _: f"{BEGIN}\n\n{section}\n\n{END}", text)
