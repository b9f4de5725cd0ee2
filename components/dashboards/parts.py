"""The parts pages are made of: small browser components that only ever set text as text.

Names of stations and owners come from outside; a part puts them into the page with ``textContent``, so they can
never run as script. Numbers arrive as words (:mod:`components.charts.formats`) with the value beside them for sorting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
import panel as pn
import param
from bokeh.document import Document
from bokeh.models import InlineStyleSheet
from panel.custom import JSComponent

from components.panel_speed import static_files

BROWSER = Path(__file__).parent / "browser"
EXTENSION = "nem-dashboard"
"""What the pages' own files are below: ``static/extensions/…``, as those of any extension of Bokeh."""


def _texts(names: tuple[str, ...], ending: str) -> str:
    """Files of these names, those that there are: a name may have a script, a style or both."""
    files = [BROWSER / f"{name}.{ending}" for name in names]
    return "".join(f.read_text(encoding="utf-8") for f in files if f.exists())


@cache
def _script(told: tuple[str, ...], *names: str) -> str:
    """Common to all parts, their own, and last what reads the lists with these names."""
    ending = f"const TOLD = new Set({json.dumps(told)})\n" + _texts(("part",), "js")
    return _texts(("common", *names), "js") + ending


@cache
def _name(script: str) -> str:
    """What a script is known by in the browser."""
    return sha256(script.encode()).hexdigest()


@cache
def _style(*names: str) -> str:
    return _texts(names, "css")


class Told(param.List):
    """A list that a part is told as JSON text: Bokeh would look at each of its words twice, and write each apart."""


def _plain(value: Any) -> Any:
    """Numbers of numpy as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not told to a browser")


def _known(value: Any) -> Any:
    """A list in which a number that is none is null: JSON has no other word for it."""
    if isinstance(value, dict):
        return {key: _known(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inside) for inside in value]
    return None if isinstance(value, float | np.floating) and not isfinite(value) else value


def as_told(value: list[Any]) -> str:
    """A list as JSON text.

    >>> as_told([{"label": "Wind", "value": float("nan")}, 1.5])
    '[{"label":"Wind","value":null},1.5]'
    """
    try:
        return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_known(value), default=_plain, separators=(",", ":"))


COLUMN = (
    ":host { height: auto !important; max-height: none !important; width: 100%; } .scroll-button { display: none; }"
)


_sheets: WeakKeyDictionary[Document, dict[str, InlineStyleSheet]] = WeakKeyDictionary()


def _sheet(text: Any) -> Any:
    """A style sheet as the one model of a document that has this text; what is no text as it is."""
    document = pn.state.curdoc
    if document is None or not isinstance(text, str):
        return text
    known = _sheets.setdefault(document, {})
    if text not in known:
        known[text] = InlineStyleSheet(css=text)
    return known[text]


class Bare:
    """Mixin of Panel's components: their own style sheets and no others.

    Panel would give each the sheets of its spinner and of scrolling lists, which every one of a page's boxes then loads,
    and write the text of a sheet into the document for each box that has it.
    """

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        own = params.pop("stylesheets", None)
        properties: dict[str, Any] = super()._process_param_change(params)  # type: ignore[misc]
        if own is not None:
            properties["stylesheets"] = [_sheet(text) for text in own]
        return properties


class Column(Bare, pn.Column):
    """Below each other, as high as what it holds; without Panel's button for scrolling, which would have the gap of a card."""

    def __init__(self, *objects: Any, stylesheets: Sequence[str] = (), **params: Any):
        params = {"sizing_mode": "stretch_width", "margin": 0} | params
        super().__init__(*objects, stylesheets=[COLUMN, *stylesheets], **params)


class Figure(Bare, pn.pane.Bokeh):
    """A Bokeh plot."""


class Part(Bare, JSComponent):
    """A browser component with its script and style in ``browser/``; reports what was done by ``on_message``."""

    on_message = param.Callable(default=None, doc="Called with each message of the browser (a dict).")

    _esm = "export function render() {}"
    _part: ClassVar[str] = ""
    _uses: ClassVar[tuple[str, ...]] = ()
    """Further files of ``browser/``, before the part's own."""
    _bundle_path = None
    _rename: ClassVar[dict[str, str | None]] = {"on_message": None}

    def __init__(self, **params: Any):
        params.setdefault("sizing_mode", "stretch_width")
        params["stylesheets"] = [_style("base"), _style(*self._uses, self._part), *params.get("stylesheets", [])]
        super().__init__(**params)

    @classmethod
    def _esm_path(cls, compiled: Any = True) -> None:
        """None: the server has no route that could import a module by name."""
        return None

    @classmethod
    def _render_esm(cls, compiled: Any = True, server: bool = False) -> str:
        return _script(cls._told(), *cls._uses, cls._part)

    @classmethod
    @cache
    def _told(cls) -> tuple[str, ...]:
        return tuple(name for name in cls.param if isinstance(cls.param[name], Told))

    @property
    def _linked_properties(self) -> tuple[str, ...]:
        return tuple(name for name in super()._linked_properties if name not in self._told())

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        properties = super()._process_param_change(params)
        for name in self._told():
            if name in properties:
                properties[name] = as_told(properties[name])
        return properties

    def _get_properties(self, doc: Document | None) -> dict[str, Any]:
        # As a file the browser fetches a script once and keeps what it compiled. In the document a script with a name is
        # taken as it is, once for all parts that have it; one without is first rewritten from TypeScript, for each anew.
        properties = super()._get_properties(doc)
        script = properties["esm"]
        address = static_files.address_of(f"{EXTENSION}/{self._part}-{_name(script)[:16]}.js", script)
        properties |= {"bundle": "url", "esm": address} if address else {"bundle": _name(script)}
        return properties

    def _handle_msg(self, msg: Any) -> None:
        if self.on_message is not None and isinstance(msg, dict):
            self.on_message(msg)


class Masthead(Part):
    """Navigation, freshness, data source, theme."""

    _part = "masthead"
    _uses = ("connection",)
    pages = Told(default=[], doc="{label, href, current} of each page.")
    newest_text = param.String(default="", doc="Newest stamp in words.")
    newest_iso = param.String(default="", doc="Newest stamp, ISO 8601 with its offset; the browser works out the age.")
    source_text = param.String(default="", doc="Where the data comes from.")
    demo = param.Boolean(default=False, doc="Synthetic data.")
    dark = param.Boolean(default=False, doc="Dark theme; set by the browser.")


class ControlBar(Part):
    """Region, range and interval; one number, ``changes``, tells the browser to draw again."""

    _part = "bar"
    _uses = ("box", "keys")
    changes = param.Integer(default=0, doc="Counts the changes.")
    regions = Told(default=[], doc="{value, label, title} of each region.")
    region = Told(default=[], doc="Chosen regions.")
    all_region = param.String(default="NEM", doc="The value that stands for the whole market.")
    multi = param.Boolean(default=False, doc="Several regions may be chosen.")
    presets = Told(default=[], doc="{value, label, title} of each range.")
    preset = param.String(default="", doc="Chosen range, empty where it is none of them.")
    can_later = param.Boolean(default=False, doc="There is data after the window.")
    from_date = param.String(default="", doc="First day shown.")
    to_date = param.String(default="", doc="Last day shown.")
    first_date = param.String(default="", doc="First day with data.")
    last_date = param.String(default="", doc="Last day with data.")
    interval = param.String(default="auto", doc="Chosen interval.")
    interval_help = param.String(default="", doc="What the interval means.")
    intervals = Told(default=[], doc="{value, label} of each interval.")
    toggles = Told(default=[], doc="{name, label, help, on} of each switch.")
    selects = Told(default=[], doc="{name, help, value, options: [{value, label}]} of each further choice.")
    views = Told(default=[], doc="{value, label, title} of each view of the page.")
    view = param.String(default="", doc="The view that is shown.")
    problems = Told(default=[], doc="What was wrong with the address.")
    search = param.String(default="", doc="The address's query string.")
    passing = param.Boolean(default=False, doc="The change makes no step for Back (typing, what Back itself did).")

    def tell(self, **values: Any) -> None:
        """Set everything in one go."""
        self.param.update(**values, changes=self.changes + 1)


class CardHead(Part):
    """Title of a card with its Data menu, and its state where there is nothing to show."""

    _part = "card"
    _uses = ("copy", "menu")
    heading = param.String(default="", doc="What the card shows.")
    detail = param.String(default="", doc="Window, interval, coverage.")
    mode = param.String(default="ready", doc="ready, empty or error.")
    reason = param.String(default="", doc="Why there is nothing to show.")
    actions = Told(default=[], doc="{label, href} or {label, name}.")
    commands = Told(default=[], doc="Commands to type.")
    offers = param.Boolean(default=False, doc="There is a Data menu.")
    links = Told(default=[], doc="{label, api, files: [{label, href}], times} of each question of the card.")
    links_note = param.String(default="", doc="Sentence in place of the links.")
    newest_iso = param.String(
        default="", doc="Newest stamp of what should be live, ISO 8601; the browser says how old it is when it is late."
    )


class Ledger(Part):
    """A table; ``rows`` = [{key, cells: [{t, v, colour?, dash?, href?, sub?, title?}], chosen?, dim?}].

    With ``picks`` a click on a row is the message ``{row, add}`` (``add``: shift or ctrl was held).
    """

    _part = "ledger"
    columns = Told(
        default=[], doc="{label, unit, help, number, minor} of each column; minor ones are left out on a phone."
    )
    rows = Told(default=[], doc="Rows, top down.")
    total = Told(default=[], doc="Rows below the line.")
    caption = param.String(default="", doc="Sentence above the table.")
    picks = param.Boolean(default=False, doc="Rows can be clicked.")
    bands = param.Dict(default={}, doc="Row -> id of the chart's renderer that it stands for; pointing brings it out.")
    stacked = param.Boolean(default=False, doc="On a phone each row becomes a block of labelled figures.")


class Tiles(Part):
    """Numbers, each with the line of the hours before it."""

    _part = "tiles"
    tiles = Told(default=[], doc="{label, value, unit, note, colour, places, href, title}.")


class Legend(Part):
    """Colours and what they stand for, where no table says it."""

    _part = "legend"
    entries = Told(default=[], doc="{label, colour, href?}.")


class Shown(Part):
    """Nothing to see: a message as soon as what is placed before it is on the screen."""

    _part = "shown"


class Footer(Part):
    """Notes on the figures, attribution; cards ask it for their figures as a table or as a picture."""

    _part = "footer"
    _uses = ("box", "copy", "figures", "table", "image")
    notes = Told(default=[], doc="Sentences.")
    source = Told(default=[], doc="Where the figures come from, as pieces of text: {text, href?}.")


Handler = Callable[[dict[str, Any]], None]
