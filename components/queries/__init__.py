"""The program's questions. Importing this package makes all of them known in ``base.REGISTRY``.

Every module of the package is imported, so a question in a file of its own is known by being there.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in sorted(m.name for m in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
