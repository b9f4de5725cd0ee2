"""What most dashboards are: two hvPlot charts and a table, in a template."""

import hvplot.pandas  # noqa: F401 - registers .hvplot
import numpy as np
import pandas as pd
import panel as pn

pn.extension("tabulator")
FUELS = ["coal", "gas", "hydro", "wind", "solar", "rooftop", "battery", "other"]
index = pd.date_range("2024-07-01", periods=288, freq="5min", name="time")
power = pd.DataFrame(np.abs(np.random.default_rng(1).normal(500, 80, (288, 8))), index=index, columns=FUELS)
price = pd.DataFrame({"price": np.random.default_rng(2).normal(80, 30, 288)}, index=index)
pn.template.FastListTemplate(
    title="Plain hvPlot",
    main=[
        pn.Column(
            power.hvplot.area(stacked=True, responsive=True, height=400),
            price.hvplot.line(responsive=True, height=200),
            pn.widgets.Tabulator(power.describe().T.reset_index()),
        )
    ],
).servable()
