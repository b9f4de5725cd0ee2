"""AEMO Energy Dashboard: Australia's electricity market, loaded once and shown to everyone.

Layers, from the bottom up (imports point down only, a test walks them)::

    0  errors, config, market_time, vocabulary    words and rules everything shares
    1  schema, ingest/, store/                    AEMO files -> lake -> snapshot
    2  metrics/, queries/                         pure functions; the Param question classes
    3  charts/, dashboards/, api/                 faces of a question
    4  startup, cli                               wiring

Nothing here does I/O, starts a thread or reads a clock when imported.
"""

__version__ = "0.1.0"
