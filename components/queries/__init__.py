"""The program's questions. Importing this package makes all of them known in ``base.REGISTRY``."""

from components.queries import generation

__all__ = ["generation"]
