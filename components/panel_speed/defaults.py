"""Bokeh's default values, worked out once per class instead of once per model and look.

A page is several hundred models. For each of them Bokeh asks for the defaults of every property again and again
(attaching, collecting references, writing the document), walks the class hierarchy each time and validates what
has not changed since the import. A default that is no function and cannot be changed is the same for every model of a
class, so it is remembered; everything else takes the stock way.
"""

from __future__ import annotations

from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor

UNCHANGING = frozenset({type(None), bool, int, float, str})
"""Types whose values may be shared."""
_UNKNOWN = object()

_overridden: dict[type, dict[str, Any]] = {}
_stable: dict[type, dict[str, Any]] = {}
_stock_overridden = HasProps.__dict__["_overridden_defaults"].__func__
_stock_default = PropertyDescriptor._get_default


def _overridden_defaults(cls: type[HasProps]) -> dict[str, Any]:
    known = _overridden.get(cls)
    if known is None:
        known = _overridden[cls] = _stock_overridden(cls)
    return known


def _themed_values(self: HasProps) -> dict[str, Any] | None:
    # Stock asks by getattr, which for the many models without a theme ends in an exception.
    return self.__dict__.get("__themed_values__")


def _get_default(self: PropertyDescriptor[Any], obj: HasProps) -> Any:
    name, cls = self.name, type(obj)
    themed = obj.__dict__.get("__themed_values__")
    if themed is not None and name in themed:
        return _stock_default(self, obj)
    known = _stable.get(cls)
    if known is None:
        known = _stable[cls] = {}
    value = known.get(name, _UNKNOWN)
    if value is not _UNKNOWN:
        return value
    if name in obj._unstable_default_values:
        return obj._unstable_default_values[name]
    value = _stock_default(self, obj)
    if type(value) in UNCHANGING and name not in obj._unstable_default_values:
        given = cls._overridden_defaults().get(name, self.property._default)
        if not callable(given):
            known[name] = value
    return value


_WAYS: tuple[tuple[type, str, Any, Any], ...] = (
    (HasProps, "_overridden_defaults", classmethod(_stock_overridden), classmethod(_overridden_defaults)),
    (HasProps, "themed_values", HasProps.themed_values, _themed_values),
    (PropertyDescriptor, "_get_default", _stock_default, _get_default),
)


def install() -> None:
    """Remember defaults from now on; models that exist already profit as well."""
    for owner, name, _, ours in _WAYS:
        setattr(owner, name, ours)


def uninstall() -> None:
    """The stock way again."""
    for owner, name, stock, _ in _WAYS:
        setattr(owner, name, stock)
