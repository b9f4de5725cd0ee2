"""What the parts of the board share."""

from __future__ import annotations

from typing import Any

from components.dashboards import shell
from components.dashboards.view import View
from components.vocabulary import NEM, REGIONS

NAMES = {r: r[:-1] for r in REGIONS} | {NEM: "NEM"}


class Block(View):
    """A part of the board: built and drawn like a view, always shown; its cards are the page's own."""

    def card(self, heading: str, *body: Any) -> shell.Card:
        return self.page.card(heading, *body)

    @property
    def region(self) -> str:
        """The one region looked at; NEM where none, all or several are."""
        asked = list(self.page.ask_region())
        return asked[0] if len(asked) == 1 else NEM
