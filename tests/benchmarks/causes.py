"""Why a target is missed, and what would get there: by the figure's key, or by the part of it before its last dot.

Words only; the figures beside them come from the run.
"""

CAUSES: dict[str, str] = {}
