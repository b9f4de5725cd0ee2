"""A bare Panel page with one Bokeh line."""

import numpy as np
import panel as pn
from bokeh.plotting import figure

plot = figure(height=400, sizing_mode="stretch_width")
plot.line(np.arange(288), np.sin(np.arange(288) / 30))
pn.pane.Bokeh(plot, sizing_mode="stretch_width").servable(title="Bare")
