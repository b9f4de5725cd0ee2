"""A small page of its own, for tests of what the house gives to every page: one stack, one table, one switch."""

from collections.abc import Sequence
from typing import Any

from components.charts import formats
from components.charts.stack import StackChart, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.page import Dashboard
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure
from components.queries.generation import GenerationByFuel
from components.store.snapshot import Snapshot
from components.vocabulary import NEM


class PlainPage(Dashboard):
    """Generation by fuel, drawn and listed."""

    slug = "generation"
    title = "Generation"
    questions = (GenerationByFuel,)
    toggles = {"interchange": "Imports & exports"}

    def build(self) -> Sequence[Any]:
        self.stack = StackChart(self.theme)
        self.ledger = Ledger(columns=[{"label": "Fuel"}])
        self.chart_card = self.card("Generation", figure(self.stack.figure))
        self.table_card = self.card("Fuels", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack]

    def power(self) -> GenerationByFuel:
        query = self.ask(GenerationByFuel)
        return query.but(region=query.region or [NEM])

    def links(self, snapshot: Snapshot) -> Sequence[Any]:
        return [(self.chart_card, [("Power by fuel", self.power())]), (self.table_card, [("Fuels", self.power())])]

    def draw(self, snapshot: Snapshot) -> None:
        result = ANSWERS.ask(snapshot, self.power())
        labels, edges = steps_of(result, snapshot, "scada")
        data = stack_data(edges, column(result, labels, "mw", ["fuel"], add=True))
        self.stack.feed(data)
        self.ledger.rows = [{"key": f, "cells": [{"t": f, "colour": self.theme.fuels[f]}]} for f in data.present]
        for card in self.cards:
            card.ready(formats.window(result.start, result.end))
