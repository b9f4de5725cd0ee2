"""Panel's components with a script: their parameters are the class's, and looked at once per class.

Each time a page is built Panel asks every parameter of every component whether it is a child, a property of the
browser's part, or none of it; and to ask, Param makes a copy of each parameter for each component. Nothing here ever
changes a parameter (its bounds, its choices) for one component alone, so there is nothing to copy.
"""

from __future__ import annotations

from typing import Any

from panel.custom import ReactiveESM
from panel.layout.base import ListLike
from panel.pane.plot import Bokeh
from param import parameterized

SHARED = (ReactiveESM, ListLike, Bokeh)
"""Components whose parameters nobody changes one by one."""

_stock = parameterized._instantiated_parameter


def _parameter(owner: Any, parameter: Any) -> Any:
    return parameter if isinstance(owner, SHARED) else _stock(owner, parameter)


def install() -> None:
    """No copies from now on."""
    setattr(parameterized, "_instantiated_parameter", _parameter)  # noqa: B010 - a function is replaced on purpose


def uninstall() -> None:
    """The stock way again."""
    setattr(parameterized, "_instantiated_parameter", _stock)  # noqa: B010
