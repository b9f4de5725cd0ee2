"""What stands below a picture: how to move about in it, and the same window on other pages."""

from __future__ import annotations

import param

from components.dashboards.parts import Part, Told


class Onward(Part):
    """Hints, and links to other pages with this window."""

    _part = "onward"
    links = Told(default=[], doc="{label, href} of each page.")
    hints = Told(default=[], doc="Short sentences.")
    missing = param.String(default="", doc="What the hatch stands for; empty = there is none.")
