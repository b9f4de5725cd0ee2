"""The dashboard's page shell with one Bokeh line in it and nothing else."""

import numpy as np
import panel as pn
from bokeh.plotting import figure
from panel_material_ui import Page

plot = figure(height=400, sizing_mode="stretch_width")
plot.line(np.arange(288), np.sin(np.arange(288) / 30))
Page(main=[pn.pane.Bokeh(plot, sizing_mode="stretch_width")], title="Shell", busy_indicator=None).servable()
