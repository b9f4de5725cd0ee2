"""Browser parts of the stations page: the search with its hits, and the chips that say who is shown."""

from __future__ import annotations

import param

from components.dashboards.parts import Part, Told


class Finder(Part):
    """A search box with its hits in groups.

    Messages: ``{typed, enter?}``, ``{chosen | add: key, elsewhere}``.
    """

    _part = "finder"
    placeholder = param.String(default="", doc="What can be searched.")
    typed = param.String(default="", doc="What was typed.")
    groups = Told(default=[], doc="{heading, hits: [{key, label, sub, figure, colour, href}]}.")
    note = param.String(default="", doc="Sentence below the hits.")
    chosen = Told(default=[], doc="Keys of the hits that are shown.")

    @property
    def hits(self) -> list[dict[str, str]]:
        """The hits of all groups, in order."""
        return [hit for group in self.groups for hit in group["hits"]]


class Chips(Part):
    """Who is shown. Messages: ``{chip: key}``, ``{remove: key}``."""

    _part = "chips"
    chips = Told(default=[], doc="{key, label, title, on, removable, colour, dash} of each.")
    facts = Told(default=[], doc="{text, href} of what is known of it.")
    caption = param.String(default="", doc="Words before the chips.")


class Files(Part):
    """Files to take away, a link each."""

    _part = "files"
    files = Told(default=[], doc="{label, href} of each file.")
