"""The one page shell: head with navigation, controls, cards, footer, in panel-material-ui's ``Page``.

``Page`` watches Panel's *global* busy state from every session, so that each event of one visitor makes work for
all; its indicator is off and that watcher removed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import panel as pn
from panel_material_ui import Page

from components.charts.palette import DARK, LIGHT
from components.config import active
from components.dashboards.parts import CardHead

CSS = (
    f"html{{{LIGHT.css()}color-scheme:light}}html[data-theme=dark]{{{DARK.css()}color-scheme:dark}}"
    "body{background:var(--nem-page)}html[data-busy]{--nem-shown:.45;--nem-wait:.15s}"
)
_FRAME = {
    "& .MuiAppBar-root.header": {
        "backgroundColor": "var(--nem-card)", "backgroundImage": "none", "color": "var(--nem-ink)",
        "boxShadow": "none", "borderBottom": "1px solid var(--nem-line)",
    },
    "& .MuiToolbar-root": {"minHeight": "52px !important", "padding": "0 24px"},
    "& main.main": {"backgroundColor": "var(--nem-page)"},
    "@media (max-width:760px)": {"& .MuiToolbar-root": {"padding": "0 10px"}},
}  # fmt: skip
_MAIN = """
:host { height: auto !important; max-height: none !important; padding: 0 24px; max-width: 1720px; margin: 0 auto; width: 100%; box-sizing: border-box; gap: 14px; }
@media (max-width: 760px) { :host { padding: 0 10px; gap: 10px; } }
"""
_CARD = """
:host { height: auto !important; max-height: none !important; background: var(--nem-card); border: 1px solid var(--nem-line); border-radius: 10px; padding: 14px 16px 10px;
  box-sizing: border-box; min-width: 0; }
/* While an answer is under way; not at once, for most come before an eye sees anything. */
div ~ div { opacity: var(--nem-shown, 1); transition: opacity .12s var(--nem-wait, 0s); }
@media (max-width: 760px) { :host { padding: 12px 10px 8px; } }
"""
# Panel's button for scrolling has no height, but would have the gap of a card.
_STAGE = (
    ":host { height: auto !important; max-height: none !important; width: 100%; } .scroll-button { display: none; }"
)
_STACK = _STAGE + ":host { gap: 14px; } @media (max-width: 760px) { :host { gap: 10px; } }"
_ROW = """
:host {{ height: auto !important; max-height: none !important; display: grid !important; grid-template-columns: {columns}; gap: 14px; align-items: start; width: 100%; }}
.scroll-button {{ display: none; }}
@media (max-width: {narrow}px) {{ :host {{ grid-template-columns: minmax(0, 1fr); }} }}
"""


class Card:
    """A titled surface with a body that gives way to a message when there is nothing to show."""

    def __init__(self, heading: str, *body: Any, on_message: Any = None):
        self.head = CardHead(heading=heading, on_message=on_message)
        self.body = list(body)
        self.view = pn.Column(self.head, *body, sizing_mode="stretch_width", stylesheets=[_CARD], margin=0)

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


def row(*items: Any, columns: str, narrow: int = 1100) -> pn.Column:
    """Side by side on a wide screen, below each other on a narrow one."""
    sheet = _ROW.format(columns=columns, narrow=narrow)
    return pn.Column(*items, sizing_mode="stretch_width", stylesheets=[sheet], margin=0)


def stack(*items: Any) -> pn.Column:
    """Below each other, as the cards of a page."""
    return pn.Column(*items, sizing_mode="stretch_width", stylesheets=[_STACK], margin=0)


def stage() -> pn.Column:
    """Where the views of a page stand, one of them visible."""
    return pn.Column(sizing_mode="stretch_width", stylesheets=[_STAGE], margin=0)


def figure(model: Any) -> pn.pane.Bokeh:
    """A Bokeh plot as a part of a card."""
    return pn.pane.Bokeh(model, sizing_mode="stretch_width", margin=0)


def page(title: str, masthead: Any, content: Sequence[Any], *, dark: bool) -> Page:
    """The document's root."""
    body = pn.Column(*content, sizing_mode="stretch_width", stylesheets=[_MAIN], margin=0)
    shell = Page(
        header=[masthead], main=[body], title="", meta_title=f"{title} · {active().server.title}",
        meta_description="Australia's electricity market: generation, prices and stations", theme_toggle=False,
        dark_theme=dark, busy_indicator=None, sx=_FRAME, raw_css=[CSS],
    )  # fmt: skip
    unwatch_busy(shell)
    return shell


def unwatch_busy(shell: Page) -> None:
    """Take the page off Panel's global busy state."""
    for _, watcher in list(shell._param__private.ref_watchers):
        if watcher.inst is pn.state:
            pn.state.param.unwatch(watcher)
    shell._param__private.refs.pop("busy", None)


def keep_colours(shell: Page) -> None:
    """Charts take their colours from the palette; without this the theme would paint over them in the browser.

    To be called when the document has been made (``Page`` fills this list itself while making it).
    """
    for model, _ in shell._models.values():
        model.data._custom_theme = ["Axis", "Grid", "Legend", "Title", "Plot", "Figure"]
