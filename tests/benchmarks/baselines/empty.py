"""The least that Panel can serve, with the packages imported that the dashboard imports."""

import httpx
import numpy as np
import orjson
import pandas as pd
import panel as pn
import pyarrow.parquet as pq

PACKAGES = (httpx, np, orjson, pd, pq)

pn.Column().servable(title="Empty")
