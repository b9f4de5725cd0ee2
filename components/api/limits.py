"""The API's limits: one place that reads the settings, and the few rules that are no matter of taste."""

from __future__ import annotations

from components.config import ApiSettings, active

RETRY_SECONDS = 5
"""What `Retry-After` says where an answer could come later."""
BUFFERED_VALUES = 1_000_000
"""A file of up to this many values is made whole (so that its length is known); a larger one is streamed."""
BATCH_ROWS = 65_536
"""Rows per record batch of Arrow and row group of Parquet."""
PIECE_ROWS = 16_384
"""Rows that are made at a time, and lines per streamed piece of CSV: few, so that others need not wait."""
MOST_FIELDS = 500
"""Parameters that one query string may have."""
CACHED_SHARE = 8
"""One answer may fill at most one part in so many of the cache."""


def limits() -> ApiSettings:
    """The API's settings of this process."""
    return active().api
