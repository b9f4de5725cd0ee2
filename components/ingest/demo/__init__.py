"""A synthetic but plausible NEM: demand, weather, plant, prices and flows, the same for the same seed.

What holds, whatever window is asked for:

* every calendar month is a pure function of ``(seed, units, month)``; a window only crops months, so a
  market interval comes out equal in a demo of 3 days and in one of 5 years;
* region, interval by interval: scheduled and semi-scheduled output − scheduled loads (pumps, batteries'
  charging) − ``net_interchange`` = ``demand``, exactly: power is kept in whole hundredths of a MW, dispatch
  aims at the modelled demand and the published demand takes what rounding (or, rarely, a shortage) leaves;
* ``Σ net_interchange`` = ``Σ losses``, flows lie within their limits, ``cleared <= uigf``;
* nothing in the demo reaches the cumulative price threshold: its administered-price and suspension flags are 0;
* the demand level is the real one for any number of units: where few units stand for many, they are bigger.
"""

from components.ingest.demo.nemweb_tree import write_demo_nemweb
from components.ingest.demo.write import write_demo

__all__ = ["write_demo", "write_demo_nemweb"]
