"""What every page shares: its address, its controls, its state on refresh, its end.

A page's state is its query string, with the names and texts of the questions it asks (``Query.parse``,
``Query.texts``): what is on the screen can be asked of the API by the same words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

import pandas as pd
import panel as pn
import param

from components.charts import formats
from components.charts.lean import TimePlot
from components.charts.palette import Palette, palette
from components.dashboards import address, controls, data_links, follow, shell, waiting, words
from components.dashboards.parts import Column, ControlBar, Footer, Masthead
from components.dashboards.view import Choice, View
from components.errors import DashboardError, Problem, nearest
from components.market_time import Window
from components.queries.base import Names, PeriodQuery, Query, Result
from components.store import shared
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, PAGES

log = logging.getLogger(__name__)

CARRIED = ("region", "start", "end", "last")
"""What the navigation takes along."""
GET_DATA = ("aemo-dashboard demo", "aemo-dashboard ingest --source https://www.nemweb.com.au --start 2024-07-01")
NO_DATA = (
    "There is no data yet. Write a synthetic market to try things out, or read AEMO's own files; "
    "this page fills itself as soon as the data is there."
)

Q = TypeVar("Q", bound=Query)
Everywhere: TypeAlias = Callable[[Callable[[shell.Card], None]], None]
"""Tells the same to each of some cards."""


class Dashboard(pn.viewable.Viewer):
    """One page of one visitor.

    Sub-classes name their questions and implement :meth:`build` (once) and :meth:`draw` (at every change), or
    consist of ``views``, or both: what they build themselves then stands above every view.

    Class attributes
    ----------------
    slug, title : address and name.
    questions : the questions whose parameters the address may hold; the first one's window is the page's.
    fixed : parameters of these questions that the page settles itself, so that its address cannot.
    many_regions : several regions may be chosen.
    toggles, selects : further controls: parameter of a question -> label, or the words of its options.
    views : faces of the page, the first one shown where the address names none.
    choices : choices of the page alone (how something is drawn), by their name in the address.
    """

    dark = param.Boolean(default=False, doc="Dark theme.")

    slug: ClassVar[str] = ""
    title: ClassVar[str] = ""
    questions: ClassVar[tuple[type[Query], ...]] = ()
    fixed: ClassVar[frozenset[str]] = frozenset({"by", "values", "agg", "market", "basis", "loss_adjusted"})
    many_regions: ClassVar[bool] = False
    toggles: ClassVar[Mapping[str, str]] = {}
    selects: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    views: ClassVar[tuple[type[View], ...]] = ()
    choices: ClassVar[Mapping[str, Choice]] = {}

    def __init__(self, search: str = "", *, dark: bool = False, touch: bool = False, document: Any = None):
        super().__init__(dark=dark)
        self.document = document
        self.version = ""
        self.turn = 0
        self.drawing, self.put = (
            False,
            dict[Hashable, Query](),
        )  # while it draws a page puts the same questions many times
        self.problems: list[Problem] = []
        self.texts: dict[str, list[str]] = {}
        self.cards: list[shell.Card] = []
        self.masthead = Masthead(dark=dark)
        self.bar = ControlBar(on_message=self._asked, multi=self.many_regions, margin=0)
        self.footer = Footer()
        self.touch = touch
        self.made: dict[str, tuple[View, Column]] = {}
        self.stage = shell.stage()
        content = self.arrange(self.build())
        self._wire(self.charts())
        self.masthead.param.watch(self._recoloured, "dark")
        self.root = shell.page(self.masthead, [self.bar, *content, self.footer])
        self.read(search)
        self.refresh()
        follow.watch(self)

    def __panel__(self) -> Any:
        return self.root

    # -- for sub-classes -----------------------------------------------------------------------------

    def build(self) -> Sequence[Any]:
        """Make everything on the page that belongs to no view, once."""
        return ()

    def arrange(self, own: Sequence[Any]) -> Sequence[Any]:
        """Where the views stand (``stage``) among what :meth:`build` made: below it."""
        return [*own, self.stage]

    def draw(self, snapshot: Snapshot) -> None:
        """Feed what :meth:`build` made with the answers of one snapshot."""

    def links(self, snapshot: Snapshot) -> Sequence[tuple[shell.Card, Sequence[tuple[str, Query]]]]:
        """What each card shows, as questions: label and question."""
        return ()

    def draws(self, label: str) -> bool:
        """Whether :meth:`draw` asks what a card's menu offers under this label; what it does not is worked out for nobody."""
        return True

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        """Questions of :meth:`draw` that are in no card's menu and can take long: they are answered beside the loop."""
        return ()

    def asks_first(self, snapshot: Snapshot) -> Sequence[Query]:
        """Questions that :meth:`links` and :meth:`asks_besides` ask themselves: answered beside the loop before these."""
        return ()

    def join(self, parts: Sequence[View], cards: Sequence[shell.Card]) -> None:
        """Draw parts that come to a page which has been drawn, with their cards, which are the page's own by now."""
        self._wire([chart for part in parts for chart in part.charts()])
        snapshot = shared.current()
        if snapshot.version != self.version:  # everything is drawn anew
            self.refresh(passing=True)
            return
        if snapshot.empty:
            for card in cards:
                card.hide()
            return

        def everywhere(tell: Callable[[shell.Card], None]) -> None:
            for card in cards:
                tell(card)

        self._drawn(snapshot, parts, everywhere)
        self._menus(snapshot, parts)
        self._footnotes(snapshot)

    def charts(self) -> Sequence[Any]:
        """Charts that follow the theme."""
        return ()

    def notes(self) -> Sequence[str]:
        """Sentences for the footer."""
        return ()

    def card(self, heading: str, *body: Any) -> shell.Card:
        """A card whose "try again" works."""
        made = self.new_card(heading, *body)
        self.cards.append(made)
        return made

    def new_card(self, heading: str, *body: Any) -> shell.Card:
        """A card that no page or view owns yet."""
        return shell.Card(heading, *body, on_message=self._retried)

    @property
    def theme(self) -> Palette:
        """Colours of the visitor's theme."""
        return palette(self.dark)

    # -- views ---------------------------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        """The view that is shown; made when it is asked for first."""
        if not self.views:
            return None
        slug = self.chosen("view")
        if slug not in self.made:
            view = next(v for v in self.views if v.slug == slug)(self)
            self.made[slug] = (view, shell.stack(*view.build()))
            self._wire(view.charts())
        return self.made[slug][0]

    def _show(self) -> None:
        """Bring the chosen view before the visitor; the others keep what they drew."""
        if self.view is None:
            return
        chosen = self.made[self.chosen("view")][1]
        if chosen not in self.stage.objects:
            self.stage.append(chosen)
        for _, content in self.made.values():
            if content.visible != (content is chosen):
                content.visible = content is chosen

    def _wire(self, charts: Sequence[Any]) -> None:
        for chart in charts:
            if isinstance(chart, TimePlot):
                chart.without_drag() if self.touch else chart.on_zoom(self._zoomed)

    def parts(self) -> list[Dashboard | View]:
        """The page and the view that is shown."""
        return [self, self.view] if self.view is not None else [self]

    def _time_plots(self) -> list[TimePlot]:
        """Charts over time that are shown."""
        return [chart for part in self.parts() for chart in part.charts() if isinstance(chart, TimePlot)]

    def _place(self) -> str:
        """Region whose nights are shaded: the one looked at, else the market's."""
        chosen = list(self.ask_region())
        return chosen[0] if len(chosen) == 1 else NEM

    def _cards(self) -> list[shell.Card]:
        return [card for part in self.parts() for card in part.cards]

    @classmethod
    def kinds(cls) -> tuple[type[Query], ...]:
        """Every question of the page and its views, the page's first."""
        return tuple(dict.fromkeys([*cls.questions, *(q for v in cls.views for q in v.questions)]))

    @classmethod
    def own(cls) -> dict[str, Choice]:
        """Choices of the page alone, by their name in the address."""
        out = {
            name: choice
            for choices in (cls.choices, *(v.choices for v in cls.views))
            for name, choice in choices.items()
        }
        if cls.views:
            out["view"] = Choice("What the page shows", {v.slug: v.label for v in cls.views})
        return out

    def chosen(self, name: str) -> str:
        """The value of a choice of the page alone.

        Raises
        ------
        KeyError
            When the page has no such choice.
        """
        return self.texts.get(name, [self.own()[name].default])[0]

    # -- the address ---------------------------------------------------------------------------------

    def read(self, search: str) -> None:
        """Take over an address: good values are kept, the others reported and ignored."""
        self.problems = []
        self.texts = self._clean(address.split(search), self.problems)

    def _clean(self, given: Mapping[str, Sequence[str]], problems: list[Problem]) -> dict[str, list[str]]:
        kinds, own = self.kinds(), self.own()
        known = [*dict.fromkeys(n for q in kinds for n in q.parameters() if n not in self.fixed), *own]
        out: dict[str, list[str]] = {}
        for name, texts in given.items():
            if name in own:
                text, options = texts[-1].strip().lower(), list(own[name].options)
                if text not in options:
                    told = f"is not one of {', '.join(options)}"
                    problems.append(Problem(name, text[:60], told, tuple(options), nearest(text[:60], options)))
                elif text != own[name].default:
                    out[name] = [text]
                continue
            if name not in known and name in CARRIED:
                out[name] = list(texts)  # another page's: taken along
                continue
            if name not in known:
                problems.append(Problem(name[:60], "", "is no parameter of this page", (), nearest(name[:60], known)))
                continue
            for kind in kinds:
                if name in kind.parameters():
                    query, wrong = kind.parse({name: list(texts)})
                    problems += wrong[:1]
                    out.update(query.texts())
                    break
        return out

    def ask(self, kind: type[Q], **values: Any) -> Q:
        """A question as the address puts it, with some parameters set otherwise; not to be changed (:meth:`Query.but`)."""
        known = kind.parameters()
        texts = {k: v for k, v in self.texts.items() if k in known}
        words = [(k, tuple(v) if isinstance(v, list) else v) for k, v in (*texts.items(), *values.items())]
        key = (kind, len(texts), *words)
        if key not in self.put:
            query, _ = kind.parse(texts)
            found = query.but(**values) if values else query
            if not self.drawing:
                return cast(Q, found)
            self.put[key] = found
        return cast(Q, self.put[key])

    def change(self, *, passing: bool = False, **values: Any) -> None:
        """Set parameters, draw again, write the address; ``passing`` changes make no step for Back."""
        own = self.own()
        for name, value in values.items():
            if name in own:
                if value not in own[name].options:
                    raise ValueError(f"{name}: {value!r} is not one of {', '.join(own[name].options)}")
                text = None if value == own[name].default else [value]
            else:
                text = self.kind_of(name)(**{name: value}).texts().get(name)
            if text is None:
                self.texts.pop(name, None)
            else:
                self.texts[name] = text
        self.problems = []
        self.refresh(passing=passing)

    @classmethod
    def kind_of(cls, name: str) -> type[Query]:
        """The first question with this parameter.

        Raises
        ------
        KeyError
            When no question has it.
        """
        for kind in cls.kinds():
            if name in kind.parameters():
                return kind
        raise KeyError(name)

    def main(self) -> PeriodQuery | None:
        """The question whose window is the page's; None where the page is about no window."""
        kind = self.questions[0] if self.questions else None
        return self.ask(kind) if kind is not None and issubclass(kind, PeriodQuery) else None

    def _checked(self, snapshot: Snapshot) -> None:
        """Leave out what only the data can tell to be wrong, and say so."""
        for kind in dict.fromkeys(q for part in self.parts() for q in part.questions):
            for problem in self.ask(kind).check(snapshot):
                if problem not in self.problems:
                    self.problems.append(problem)
                parameter = kind.parameters().get(problem.param)
                if isinstance(parameter, Names):
                    left = [w for w in getattr(self.ask(kind), problem.param) if w != problem.value]
                    text = kind(**{problem.param: left}).texts().get(problem.param)
                    self.texts.pop(problem.param, None)
                    if text:
                        self.texts[problem.param] = text
                else:
                    for name in ("start", "end"):
                        self.texts.pop(name, None)

    # -- what the visitor does -----------------------------------------------------------------------

    def _asked(self, message: dict[str, Any]) -> None:
        """A message of the control bar. Anything may come from a browser: what is not understood is ignored."""
        try:
            if "search" in message:
                self.read(str(message["search"]))
                self.refresh(passing=True)
                return
            changes = controls.changes(self, shared.current(), message)
        except (ValueError, TypeError, KeyError):
            changes = None
        try:
            if changes is None:
                log.info("ignored a message of the control bar: %.200r", message)
                self.bar.tell()  # the browser waits for an answer
            else:
                self.change(**changes)
        except (ValueError, TypeError, KeyError):
            log.info("ignored a message of the control bar: %.200r", message)
            self.refresh()

    def _zoomed(self, start: pd.Timestamp, end: pd.Timestamp) -> None:
        """A window was dragged over: it is asked for anew, at the interval that suits it; Back returns."""
        changes: dict[str, Any] = {"start": start, "end": end, "last": "1d"}
        if any("interval" in kind.parameters() for kind in self.kinds()):
            changes["interval"] = "auto"
        self.change(**changes)

    def _retried(self, message: dict[str, Any]) -> None:
        if message.get("action") == "retry":
            self.refresh()

    def _recoloured(self, event: param.parameterized.Event) -> None:
        self.dark = bool(event.new)
        for charts in (self.charts(), *(view.charts() for view, _ in self.made.values())):
            for chart in charts:
                chart.recolour(self.theme)
        self.refresh()

    # -- drawing -------------------------------------------------------------------------------------

    def follow(self) -> None:
        """A newer version has been published."""
        if shared.current().version != self.version:
            self.refresh()

    def refresh(self, *, passing: bool = False, prepared: int = 0) -> None:
        """Ask everything again and feed the page; it never raises: what went wrong is said in the cards.

        What takes long is answered first, beside the loop, but for the rounds of questions that are ``prepared``.
        """
        self.turn += 1
        self.drawing = True
        try:
            self._refresh(passing, prepared)
        finally:
            self.drawing = False
            self.put.clear()

    def _refresh(self, passing: bool, prepared: int) -> None:
        # Before the browser has said that it is ready, Panel drops what was held back.
        with pn.io.hold() if pn.state.loaded else nullcontext():
            snapshot = shared.current()
            self.version = snapshot.version
            self._show()
            self._checked(snapshot)
            for turn, questions in enumerate((self._first, self._questions), 1):
                if prepared < turn and waiting.has_to_wait(self, questions(snapshot), snapshot, passing, turn):
                    return
            if snapshot.empty:
                first, *others = self._cards()
                first.empty(NO_DATA, commands=GET_DATA)
                for card in others:
                    card.hide()
                self._controls(snapshot, passing)
            else:
                self._drawn(snapshot, self.parts(), self._everywhere)
                self._controls(snapshot, passing)
                self._menus(snapshot, self.parts())

    def _drawn(self, snapshot: Snapshot, parts: Sequence[Dashboard | View], everywhere: Everywhere) -> None:
        """Draw parts; what goes wrong is told ``everywhere``."""
        try:
            for part in parts:
                for chart in part.charts():
                    if isinstance(chart, TimePlot):
                        chart.place = self._place()
            for part in parts:
                part.draw(snapshot)
        except DashboardError as wrong:
            reason = str(wrong)
            everywhere(lambda card: card.error(reason))
        except Exception:
            log.exception("page %s at %s", self.slug, address.join(self.texts))
            everywhere(lambda card: card.error("This could not be worked out; the server's log says why."))

    def _menus(self, snapshot: Snapshot, parts: Sequence[Dashboard | View]) -> None:
        for card, questions in (link for part in parts for link in part.links(snapshot)):
            newest = self._newest(questions, snapshot)
            card.head.param.update(offers=True, newest_iso=newest, **data_links.menu(questions))

    def go_on(self, turn: int, passing: bool, prepared: int) -> None:
        """The answers that a change waited for are there; nothing where another change came after it."""
        if turn == self.turn:
            self.refresh(passing=passing, prepared=prepared)

    def _first(self, snapshot: Snapshot) -> list[Query]:
        """What must be known to tell what the cards are about to show."""
        if snapshot.empty:
            return []
        try:
            return [q for part in self.parts() for q in part.asks_first(snapshot)]
        except Exception:  # the same goes wrong, and is told, when the page is drawn
            return []

    def _questions(self, snapshot: Snapshot) -> list[Query]:
        """What the cards are about to show; none where that cannot be told (drawing says why)."""
        if snapshot.empty:
            return []
        try:
            shown = [
                q
                for part in self.parts()
                for _, asked in part.links(snapshot)
                for label, q in asked
                if part.draws(label)
            ]
            return shown + [q for part in self.parts() for q in part.asks_besides(snapshot)]
        except Exception:  # the same goes wrong, and is told, when the page is drawn
            return []

    def _newest(self, questions: Sequence[tuple[str, Query]], snapshot: Snapshot) -> str:
        """Newest stamp of what a card shows where it should be live: no invented data, no window that has an end."""
        dataset = next((q.dataset for _, q in questions), "")
        newest = snapshot.last(dataset) if dataset and not snapshot.is_demo and "end" not in self.texts else None
        return words.iso(newest) if newest is not None else ""

    def _everywhere(self, tell: Callable[[shell.Card], None]) -> None:
        for card in self._cards():
            tell(card)

    def _controls(self, snapshot: Snapshot, passing: bool) -> None:
        main = self.main()
        self._head(snapshot.last(main.dataset if main else "scada"), snapshot)
        self.bar.tell(
            **controls.state(self, snapshot), problems=[words.sentence(p) for p in self.problems],
            search=address.join(self.texts), passing=passing,
        )  # fmt: skip
        self._footnotes(snapshot)

    def _footnotes(self, snapshot: Snapshot) -> None:
        cities = sorted({c.night_city for c in self._time_plots()} - {""})
        shaded = [f"Shaded: night in {' and '.join(cities)}, from sunset to sunrise."] if cities else []
        self.footer.param.update(
            notes=[n for part in self.parts() for n in part.notes()] + shaded,
            source=words.attribution(snapshot.sources),
        )

    def ask_region(self) -> Sequence[str]:
        """Regions of the address, whichever question they belong to."""
        kind = next((q for q in self.questions if "region" in q.parameters()), None)
        return getattr(self.ask(kind), "region", []) if kind else []

    def _head(self, newest: pd.Timestamp | None, snapshot: Snapshot) -> None:
        carried = address.join({k: self.texts[k] for k in CARRIED if k in self.texts})
        names = " + ".join(words.SOURCES.get(s, s) for s in snapshot.sources)
        self.masthead.param.update(
            pages=[{"label": t, "href": f"./{s}{carried}", "current": s == self.slug} for s, t in PAGES.items()],
            newest_text=f"{formats.stamp(newest)}" if newest is not None else "",
            newest_iso=words.iso(newest) if newest is not None else "",
            source_text=names or "No data", demo=snapshot.is_demo,
        )  # fmt: skip

    # -- words ---------------------------------------------------------------------------------------

    def describe(self, window: Window, *more: str) -> str:
        """Window and interval in words, for a card's head."""
        only = [f"only {n} {', '.join(self.texts[n])}" for n in ("month", "weekday", "hour") if n in self.texts]
        parts = [
            formats.window(window.start, window.end),
            f"by {formats.INTERVAL_LABELS[window.interval]}",
            *only,
            *more,
        ]
        return " · ".join(p for p in parts if p)

    def covered(self, result: Result) -> str:
        """How much of the window is there, where it is not all of it."""
        share = result.present / result.expected if result.expected else 1.0
        return "" if share >= 0.9995 else f"coverage {formats.percent(share)}"

    def nearest_window(
        self, snapshot: Snapshot, dataset: str, window: Window, keys: Sequence[str] | None = None
    ) -> list[dict[str, str]]:
        """A link to the data nearest to a window that has none; of some units or regions only, with ``keys``."""
        chunks = [c for c in snapshot.chunks(dataset) if keys is None or any(k in c.position for k in keys)]
        if not chunks:
            return []
        step = pd.Timedelta(minutes=5)
        spans = [(pd.Timestamp(c.first) - step, pd.Timestamp(c.last)) for c in chunks]
        begin, last = min(spans, key=lambda s: max(s[0] - window.end, window.start - s[1]))
        length = min(max(window.end - window.start, pd.Timedelta(days=1)), pd.Timedelta(days=30))
        after = window.start >= last
        start = max(last - length, begin) if after else begin
        end = last if after else min(begin + length, last)
        texts = {k: v for k, v in self.texts.items() if k not in ("start", "end", "last")}
        texts |= PeriodQuery(start=start, end=end).texts()
        return [{"label": f"Show {formats.window(start, end)}", "href": f"./{self.slug}" + address.join(texts)}]
