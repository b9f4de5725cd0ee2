"""The HTML document around a page: its head, its font and colours, and what stands there until the page is drawn.

Panel's own design is left out: it would give every column of every page style sheets of widgets that no page has.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any, ClassVar

from bokeh.document import Document
from bokeh.embed.bundle import extension_dirs
from jinja2 import Template
from panel.config import config
from panel.io.resources import BASE_TEMPLATE
from panel.theme.base import Design, Theme

from components.charts.lean import FONT
from components.charts.palette import DARK, LIGHT
from components.dashboards.parts import BROWSER, EXTENSION

ASSETS = BROWSER / "assets"
WEIGHTS = (400, 700)


class NoTheme(Theme):
    """No style sheet: all colours are in the page's own (:func:`style`)."""

    _name: ClassVar[str] = "default"


class NoDesign(Design):
    """Columns and charts as they are."""

    _themes = {"default": NoTheme, "dark": NoTheme}


@cache
def asset(name: str) -> str:
    """Address of a file of ``browser/assets/``, relative to a page; it changes with the content."""
    return f"static/extensions/{EXTENSION}/{name}?v={sha256((ASSETS / name).read_bytes()).hexdigest()[:16]}"


@cache
def style() -> str:
    """Colours of both themes, the font, and the bare page."""
    faces = "".join(
        f"@font-face{{font-family:Roboto;font-weight:{w};font-display:swap;src:url({asset(f'roboto-{w}.woff2')}) format('woff2')}}"
        for w in WEIGHTS
    )
    return (
        f"{faces}html{{{LIGHT.css()}color-scheme:light}}html[data-theme=dark]{{{DARK.css()}color-scheme:dark}}"
        f"html{{--bokeh-base-font:{FONT}}}body{{margin:0;background:var(--nem-page);color:var(--nem-ink);font:14px/1.4 {FONT}}}"
        "html[data-busy]{--nem-shown:.45;--nem-wait:.15s}"
    )


@cache
def _template() -> Template:
    found: Template = BASE_TEMPLATE.environment.from_string((BROWSER / "page.html").read_text(encoding="utf-8"))
    return found


def prepare() -> None:
    """Let the server find the assets, and leave out what no page has a use for; doing it again changes nothing."""
    extension_dirs[EXTENSION] = ASSETS
    config.design = NoDesign
    config.browser_info = False  # else each page has a second root, which tells the server the size of the window


def dress(document: Document, *, dark: bool) -> None:
    """Give a session's document the page's own HTML."""
    values: dict[str, Any] = {
        "html_attrs": f'data-theme="{"dark" if dark else "light"}"',
        "style": style(),
        "icon": asset("icon.svg"),
        "fonts": [asset(f"roboto-{w}.woff2") for w in WEIGHTS],
    }
    document.template = _template()
    document.template_variables.update(values)
