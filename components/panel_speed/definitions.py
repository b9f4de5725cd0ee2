"""Definitions of data models: sent for what a page has, written once per class.

Every component with a browser part of its own has a data model, and Bokeh sends the definitions of all that were
ever imported (one package of widgets can bring over a hundred, 150 kB) with every document, written anew each time.
Here a document gets those that it uses. A component that joins an open page brings its definition along, in the
way that Panel has for classes made later.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from bokeh import __version__
from bokeh.core.has_props import is_DataModel
from bokeh.core.serialization import Serialized, Serializer
from bokeh.document import Document
from bokeh.document.json import DocJson
from bokeh.model import Model
from panel.custom import ReactiveESM
from param import concrete_descendents

_stock_json = Document.to_json
_stock_properties = ReactiveESM._get_properties
_sent: WeakKeyDictionary[Document, set[type]] = WeakKeyDictionary()
_written: dict[type, Any] = {}


def _droppable() -> set[type]:
    """Data models that can follow later: those of Panel's components with a script."""
    return {kind._data_model for kind in concrete_descendents(ReactiveESM).values()}


def _used(document: Document) -> set[type]:
    """Data models of a document, with what they derive from."""
    found = {type(model) for model in document.models}
    return {base for kind in found for base in kind.__mro__ if isinstance(base, type(Model)) and is_DataModel(base)}


def _definition(kind: type) -> Any:
    if kind not in _written:
        serializer = Serializer(deferred=False)  # arrays as text: what is remembered has no buffers
        _written[kind] = serializer.encode(kind)
    return _written[kind]


def _to_json(self: Document, *, deferred: bool = True) -> Any:
    used, droppable = _used(self), _droppable()
    kinds = [k for k in Model.model_class_reverse_map.values() if is_DataModel(k) and (k in used or k not in droppable)]
    serializer = Serializer(deferred=deferred)
    document = DocJson(
        version=__version__,
        title=self.title,
        config=serializer.encode(self._config),
        roots=serializer.encode(self._roots),
    )
    if kinds:
        document["defs"] = [_definition(kind) for kind in kinds]
    if self.callbacks.js_event_callbacks:
        document["callbacks"] = serializer.encode(self.callbacks.js_event_callbacks)
    _sent[self] = set(kinds)
    self.models.flush_synced()
    return Serialized(document, buffers=serializer.buffers) if deferred else document


def _get_properties(self: Any, doc: Document | None) -> dict[str, Any]:
    properties: dict[str, Any] = _stock_properties(self, doc)
    sent = _sent.get(doc) if doc is not None else None
    if sent is not None and self._data_model not in sent:
        properties["_defs"] = [self._data_model]
        sent.add(self._data_model)
    return properties


_WAYS: tuple[tuple[type, str, Any, Any], ...] = (
    (Document, "to_json", _stock_json, _to_json),
    (ReactiveESM, "_get_properties", _stock_properties, _get_properties),
)


def install() -> None:
    """Send what a page uses from now on."""
    for owner, name, _, ours in _WAYS:
        setattr(owner, name, ours)


def uninstall() -> None:
    """The stock way again."""
    for owner, name, stock, _ in _WAYS:
        setattr(owner, name, stock)
