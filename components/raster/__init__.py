"""Pictures of very large ranges: every unit over all time, all prices, densities of every interval.

What is asked (``units``, ``prices``, ``density``, ``calendar``, ``overview``) and how it is worked out are pure functions of
a snapshot. Pages ask by :mod:`components.raster.desk`: the work is done in a helper process that maps the same frame
files, so that neither the pages' event loop nor their memory ever holds it (datashader, numba, compiled kernels).
"""
