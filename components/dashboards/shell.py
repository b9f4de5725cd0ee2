"""The one page shell: head with navigation, controls, cards, footer; plain columns of Panel, styled here.

A template of widgets (React, Material UI) would cost each visitor's browser some 0.3 s and 1.4 MB before anything is
drawn, for a bar and a box. What stands around the columns is in :mod:`components.dashboards.document`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.dashboards.parts import CardHead, Column, Figure

_MAIN = """
:host { padding: 0 24px; max-width: 1720px; margin: 0 auto; width: 100%; box-sizing: border-box; gap: 14px; }
@media (max-width: 760px) { :host { padding: 0 10px; gap: 10px; } }
"""
_CARD = """
:host { background: var(--nem-card); border: 1px solid var(--nem-line); border-radius: 10px; padding: 14px 16px 10px;
  box-sizing: border-box; min-width: 0; }
/* While an answer is under way; not at once, for most come before an eye sees anything. */
div ~ div { opacity: var(--nem-shown, 1); transition: opacity .12s var(--nem-wait, 0s); }
@media (max-width: 760px) { :host { padding: 12px 10px 8px; } }
"""
_STACK = ":host { gap: 14px; } @media (max-width: 760px) { :host { gap: 10px; } }"
_ROW = """
:host {{ display: grid !important; grid-template-columns: {columns}; gap: 14px; align-items: start; width: 100%; }}
@media (max-width: {narrow}px) {{ :host {{ grid-template-columns: minmax(0, 1fr); }} }}
"""


class Card:
    """A titled surface with a body that gives way to a message when there is nothing to show."""

    def __init__(self, heading: str, *body: Any, on_message: Any = None):
        self.head = CardHead(heading=heading, on_message=on_message)
        self.body = list(body)
        self.view = Column(self.head, *body, stylesheets=[_CARD])

    def ready(self, detail: str = "", heading: str | None = None) -> None:
        """Show the body."""
        self._set("ready", "", detail=detail, heading=heading)

    def empty(self, reason: str, *, actions: Sequence[dict[str, str]] = (), commands: Sequence[str] = ()) -> None:
        """Nothing to show: why, and what to do."""
        self._set("empty", reason, actions=actions, commands=commands)

    def error(self, reason: str) -> None:
        """Something went wrong: what, and try again."""
        self._set("error", reason, actions=[{"label": "Try again", "name": "retry"}])

    def hide(self) -> None:
        """Out of the way: another card says why there is nothing."""
        self.view.visible = False

    def _set(
        self, mode: str, reason: str, *, detail: str = "", heading: str | None = None,
        actions: Sequence[dict[str, str]] = (), commands: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.head.param.update(
            mode=mode, reason=reason, detail=detail, actions=list(actions), commands=list(commands),
            heading=self.head.heading if heading is None else heading,
        )  # fmt: skip
        self.view.visible = True
        for part in self.body:
            if part.visible != (mode == "ready"):
                part.visible = mode == "ready"


def row(*items: Any, columns: str, narrow: int = 1100) -> Column:
    """Side by side on a wide screen, below each other on a narrow one."""
    sheet = _ROW.format(columns=columns, narrow=narrow)
    return Column(*items, stylesheets=[sheet])


def stack(*items: Any) -> Column:
    """Below each other, as the cards of a page."""
    return Column(*items, stylesheets=[_STACK])


def stage() -> Column:
    """Where the views of a page stand, one of them visible."""
    return Column()


def figure(model: Any) -> Figure:
    """A Bokeh plot as a part of a card."""
    return Figure(model, sizing_mode="stretch_width", margin=0)


def page(masthead: Any, content: Sequence[Any]) -> Column:
    """The document's root: the head, which stays in sight, and the rest below it."""
    body = Column(*content, stylesheets=[_MAIN])
    return Column(masthead, body)
