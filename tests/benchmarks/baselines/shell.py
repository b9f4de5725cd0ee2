"""The dashboard's page shell with one Bokeh line in it and nothing else."""

import numpy as np
import panel as pn
from bokeh.plotting import figure

from components.dashboards import document, shell
from components.dashboards.parts import Masthead

document.prepare()
plot = figure(height=400, sizing_mode="stretch_width")
plot.line(np.arange(288), np.sin(np.arange(288) / 30))
pages = [{"label": "Shell", "href": "./shell", "current": True}]
shell.page(Masthead(pages=pages), [shell.figure(plot)]).servable(title="Shell", location=False)
document.dress(pn.state.curdoc, dark=False)
