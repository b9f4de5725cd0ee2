"""The revenue page's parts: pivot table, filters and league tables; names are only ever set as text.

The pivot table is a part of its own and no Tabulator. Measured with a hundred rows: 5 ms and 50 kB a session against
17 ms and 166 kB, and no library of 443 kB; what is opened, sorted or turned over comes from sums that are already there.
"""

from __future__ import annotations

import param

from components.dashboards.parts import Part, Told


class Pivot(Part):
    """Groups within groups; rows come a page at a time, opened and sorted on the server."""

    _part = "pivot"
    levels = Told(default=[], doc="{name, label} of each level, the outermost first.")
    spare = Told(default=[], doc="{name, label} of what is no level.")
    columns = Told(
        default=[], doc="{name, label, unit, help, minor} of each column; minor ones are left out on a phone."
    )
    rows = Told(
        default=[], doc="{key, depth, label, href?, colour?, open (null: nothing below), held?, cells, part} of each row; held: from the page before."
    )  # fmt: skip
    total = Told(default=[], doc="Cells of everything.")
    sort = param.String(default="revenue", doc="Column the groups are sorted by.")
    ascending = param.Boolean(default=False, doc="Lowest first.")
    first = param.Integer(default=0, doc="Number of the first row of this page, from 1.")
    count = param.Integer(default=0, doc="Rows of all pages.")
    page = param.Integer(default=1, doc="This page.")
    pages = param.Integer(default=1, doc="Number of pages.")
    deepest = param.Boolean(default=False, doc="Everything is open.")


class Filters(Part):
    """What is counted, and what is left out with its energy and revenue."""

    _part = "filters"
    chips = Told(default=[], doc="{name, label, chosen} of each filter.")
    summary = param.String(default="", doc="How much of everything is shown.")
    left = Told(default=[], doc="{label, worth, group} of each category that is not shown.")
    picker = param.Dict(
        default={}, doc="{name, label, typed, options: [{key, label, worth, on, colour}], note} of the open list."
    )


class League(Part):
    """Rankings with the course of each one's revenue."""

    _part = "league"
    tables = Told(
        default=[], doc="{title, unit, rows: [{label, sub, href, colour, text, bars}], note} of each ranking; bars −100 … 100 or null."
    )  # fmt: skip
