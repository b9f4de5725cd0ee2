"""AEMO's files -> the lake.

::

    run         find, fetch, parse, publish in batches, sum up (report, coverage, ledger)
    discover    which files a run wants, and how trees are walked (folder, nemweb + listing, fetch)
    names       what a file's name says
    read        one file -> rows, registry parts, what was set aside
    archive     zips in memory, under caps
    mms         C/I/D text -> frames by column name (pure); mms_blocks: the same of large texts while they unpack
    tables      AEMO tables -> tidy rows (pure): the list of what is read
    price_and_demand    PRICE_AND_DEMAND_*.csv -> tidy rows (pure)
    registry    workbooks and tables about units -> the dated registry
    legacy      files of the earlier dashboard
    demo        a synthetic market
"""
