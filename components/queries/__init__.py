"""The program's questions. Importing this package makes all of them known in ``base.REGISTRY``."""

from components.queries import demand, flows, generation, prices, registry, revenue, stations

__all__ = ["demand", "flows", "generation", "prices", "registry", "revenue", "stations"]
