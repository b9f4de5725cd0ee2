"""Models without what nobody looks at.

A page is two or three hundred models of Bokeh. Each is born with half a dozen empty lists, dicts and sets (tags,
callbacks …), each of which knows its owner by a set of its own: more than half of a session's memory. They are never
written to the browser and come into being when asked for anyway, so here that is when they are made. Whoever
walks over models or writes them looks at what is set, and at those defaults that can be models or must be set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor, UnsetValueError
from bokeh.core.property.singletons import Intrinsic, Undefined
from bokeh.core.property.wrappers import PropertyValueContainer
from bokeh.model import util

PLAIN = (type(None), bool, int, float, str)
_MISSING = object()

Descriptor: TypeAlias = Any
"""A :class:`~bokeh.core.property.descriptors.PropertyDescriptor`."""

_stock_init = HasProps.__init__
_stock_query = HasProps.query_properties_with_values
_stock_visit = util.visit_immediate_value_references
_eager: dict[type, tuple[Descriptor, ...]] = {}
_walked: dict[type, tuple[tuple[str, bool], ...]] = {}
_written: dict[type, tuple[tuple[str, Descriptor, bool], ...]] = {}


# -- what a default is ---------------------------------------------------------------------------------


def _default(kind: type[HasProps], descriptor: Descriptor) -> Any:
    return kind._overridden_defaults().get(descriptor.name, descriptor.property._default)


def _is_plain(value: Any) -> bool:
    """Whether a value neither is nor holds a model."""
    if isinstance(value, dict):
        return _is_plain([*value, *value.values()])
    return all(map(_is_plain, value)) if isinstance(value, list | tuple | set) else isinstance(value, PLAIN)


def _can_wait(kind: type[HasProps], descriptor: Descriptor, model: HasProps) -> bool:
    """Whether a default is a container of plain values, that may as well be made when it is looked at."""
    given = _default(kind, descriptor)
    if callable(given) or type(descriptor)._get_default is not PropertyDescriptor._get_default or not _is_plain(given):
        return False
    return isinstance(descriptor.property.themed_default(kind, descriptor.name, None), PropertyValueContainer)


def _made_at_birth(model: HasProps) -> tuple[Descriptor, ...]:
    kind = type(model)
    found = _eager.get(kind)
    if found is None:
        descriptors = (kind.lookup(name) for name in kind.properties(_with_props=True))
        unstable = [d for d in descriptors if d.has_unstable_default(model)]
        found = _eager[kind] = tuple(d for d in unstable if not _can_wait(kind, d, model))
    return found


# -- the levers ----------------------------------------------------------------------------------------


def _init(self: HasProps, **properties: Any) -> None:
    super(HasProps, self).__init__()
    self._property_values = {}
    self._unstable_default_values = {}
    self._unstable_themed_values = {}
    for name, value in properties.items():
        if value is not Undefined and value is not Intrinsic:
            setattr(self, name, value)
    for descriptor in _made_at_birth(self):
        if descriptor.name not in properties:
            descriptor._get(self)
    self._initialized = True


def _walk(kind: type[HasProps]) -> tuple[tuple[str, bool], ...]:
    """Properties that can refer to models, and whether their defaults cannot."""
    found = _walked.get(kind)
    if found is None:
        names = []
        for name in kind.properties_with_refs():
            descriptor = kind.lookup(name)
            ordinary = type(descriptor).__get__ is PropertyDescriptor.__get__
            names.append((name, ordinary and _is_plain(_default(kind, descriptor))))
        found = _walked[kind] = tuple(names)
    return found


def _visit(value: Any, visitor: Callable[[Any], None]) -> None:
    if not isinstance(value, HasProps):
        util.visit_value_and_its_immediate_references(value, visitor)
        return
    values, defaults = value._property_values, value._unstable_default_values
    themed = value.__dict__.get("__themed_values__")
    for name, plain in _walk(type(value)):
        child = values.get(name, _MISSING)
        if child is _MISSING:
            child = defaults.get(name, _MISSING)
            if child is _MISSING:
                if plain and (themed is None or name not in themed):
                    continue
                child = getattr(value, name)
        if type(child) not in PLAIN:
            util.visit_value_and_its_immediate_references(child, visitor)


def _plan(kind: type[HasProps]) -> tuple[tuple[str, Descriptor, bool], ...]:
    """Each property, its descriptor and whether it must be set."""
    found = _written.get(kind)
    if found is None:
        plan = []
        for name in kind.properties(_with_props=True):
            descriptor = kind.lookup(name)
            ordinary = isinstance(descriptor, PropertyDescriptor)
            plan.append((name, descriptor, not ordinary or _default(kind, descriptor) in (Undefined, Intrinsic)))
        found = _written[kind] = tuple(plan)
    return found


def _query(
    self: HasProps,
    query: Callable[[Descriptor], bool],
    *,
    include_defaults: bool = True,
    include_undefined: bool = False,
) -> dict[str, Any]:
    if include_defaults:
        out: dict[str, Any] = _stock_query(self, query, include_defaults=True, include_undefined=include_undefined)
        return out
    values, defaults = self._property_values, self._unstable_default_values
    themed = self.__dict__.get("__themed_values__") or {}
    result: dict[str, Any] = {}
    for name, descriptor, must_be_set in _plan(type(self)):
        chosen = name in values or name in defaults or name in themed
        if not (chosen or must_be_set) or not query(descriptor):
            continue
        try:
            value = descriptor.get_value(self)
        except UnsetValueError:
            if not include_undefined:
                raise
            value = Undefined
        else:
            if not chosen or (isinstance(value, PropertyValueContainer) and name in defaults and name not in themed):
                continue
        result[name] = value
    return result


def _container_init(self: PropertyValueContainer, *args: Any, **kwargs: Any) -> None:
    super(PropertyValueContainer, self).__init__(*args, **kwargs)


def _register_owner(self: Any, owner: HasProps, descriptor: Descriptor) -> None:
    if isinstance(self._owners, set):  # made before the lever was used
        self._owners.add((owner, descriptor))
    elif (owner, descriptor) not in self._owners:
        self._owners += ((owner, descriptor),)


def _unregister_owner(self: Any, owner: HasProps, descriptor: Descriptor) -> None:
    self._owners = type(self._owners)(pair for pair in self._owners if pair != (owner, descriptor))


_WAYS: tuple[tuple[Any, str, Any, Any], ...] = (
    (HasProps, "__init__", _stock_init, _init),
    (HasProps, "query_properties_with_values", _stock_query, _query),
    (util, "visit_immediate_value_references", _stock_visit, _visit),
    (PropertyValueContainer, "__init__", PropertyValueContainer.__init__, _container_init),
    (PropertyValueContainer, "_register_owner", PropertyValueContainer._register_owner, _register_owner),
    (PropertyValueContainer, "_unregister_owner", PropertyValueContainer._unregister_owner, _unregister_owner),
)


def install() -> None:
    """Models made from now on are lean; those that exist stay as they are."""
    PropertyValueContainer._owners = ()
    for owner, name, _, ours in _WAYS:
        setattr(owner, name, ours)


def uninstall() -> None:
    """The stock way again; lean models must not be changed after that."""
    for owner, name, stock, _ in _WAYS:
        setattr(owner, name, stock)
    del PropertyValueContainer._owners
