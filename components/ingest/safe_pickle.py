"""Read a pickled data frame without executing code.

A pickle is a program; ``pandas.read_pickle`` would run it. Here only the handful of constructors that a
plain frame of numbers, texts and dates is made of may be called; anything else is refused by name.
"""

from __future__ import annotations

import io
import pickle
import re
from pathlib import Path
from typing import Any

import pandas as pd

from components.errors import FileRejected

LARGEST_PICKLE = 200 * 1024 * 1024
"""A registry of units has a few hundred rows; anything beyond this is something else."""

# Module -> names, as pandas 1.5 to 3.1 write frames of numbers, texts and dates (protocols 2 to 5).
_ALLOWED: dict[str, tuple[str, ...]] = {
    "builtins": ("slice", "bytearray"),
    "__builtin__": ("slice", "bytearray"),
    "numpy": ("dtype", "ndarray"),
    "numpy._core.multiarray": ("_reconstruct", "scalar"),
    "numpy._core.numeric": ("_frombuffer",),
    "pandas": (
        "DataFrame", "Index", "RangeIndex", "DatetimeIndex", "StringDtype", "Categorical", "CategoricalDtype", "NA",
    ),
    "pandas._libs.arrays": ("__pyx_unpickle_NDArrayBacked",),
    "pandas._libs.internals": ("_unpickle_block",),
    "pandas._libs.tslibs.offsets": ("Day",),
    "pandas.arrays": ("ArrowStringArray", "StringArray", "DatetimeArray"),
    "pandas.core.arrays.categorical": ("Categorical",),
    "pandas.core.arrays.datetimes": ("DatetimeArray",),
    "pandas.core.arrays.string_": ("StringArray", "StringDtype"),
    "pandas.core.arrays.string_arrow": ("ArrowStringArray",),
    "pandas.core.dtypes.dtypes": ("CategoricalDtype",),
    "pandas.core.frame": ("DataFrame",),
    "pandas.core.indexes.base": ("Index", "_new_Index"),
    "pandas.core.indexes.datetimes": ("DatetimeIndex", "_new_DatetimeIndex"),
    "pandas.core.indexes.range": ("RangeIndex",),
    "pandas.core.internals.blocks": ("new_block",),
    "pandas.core.internals.managers": ("BlockManager",),
    "pyarrow.lib": ("_restore_array", "py_buffer", "type_for_alias", "chunked_array"),
}  # fmt: skip


def _encoded(text: str, encoding: str) -> bytes:
    """Bytes as protocol 2 writes them; no codec but the one it uses."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it would decode {encoding!r}")
    return text.encode("latin1")


class _FramesOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return _encoded
        # numpy 2 moved its inner modules; older pickles name the old place.
        module = re.sub(r"^numpy\.core\.", "numpy._core.", module)
        if name not in _ALLOWED.get(module, ()):
            raise pickle.UnpicklingError(f"it would call {module}.{name}")
        return super().find_class(module, name)


def read_pickled_frame(path: Path) -> pd.DataFrame:
    """The frame of a pickle, built from data alone.

    Raises
    ------
    FileRejected
        When the pickle is damaged, holds something else than a plain frame, or would call anything that a
        plain frame does not need; nothing of it has run then.
    """
    advice = "save it as gen_info.csv or gen_info.parquet instead"
    if path.stat().st_size > LARGEST_PICKLE:
        raise FileRejected(f"{path.name} is larger than {LARGEST_PICKLE // 2**20} MB, no list of units; {advice}")
    try:
        frame = _FramesOnly(io.BytesIO(path.read_bytes())).load()
    except pickle.UnpicklingError as refused:
        raise FileRejected(f"{path.name} is no plain pickled data frame ({refused}); {advice}") from None
    except Exception as wrong:  # a damaged pickle can raise anything; none of it is ours
        raise FileRejected(f"{path.name} is a damaged pickle ({type(wrong).__name__}); {advice}") from wrong
    if type(frame) is not pd.DataFrame:
        raise FileRejected(f"{path.name} holds a {type(frame).__name__}, expected a data frame; {advice}")
    return frame
