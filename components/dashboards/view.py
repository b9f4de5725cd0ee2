"""Views: the faces of one page. Each is made at its first showing and fed only while it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from components.dashboards import shell
from components.queries.base import Query
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard


@dataclass(frozen=True)
class Choice:
    """A choice of the page alone (how something is drawn), kept in the address beside the questions' parameters.

    Parameters
    ----------
    help : what is chosen, in words.
    options : text in the address -> label; the first one is the default, which the address leaves out.
    """

    help: str
    options: Mapping[str, str]

    @property
    def default(self) -> str:
        """The first option."""
        return next(iter(self.options))


class View:
    """One tab of a page.

    Class attributes
    ----------------
    slug, label, help : text in the address (``?view=slug``), on the tab, and beside it.
    questions : questions whose parameters the address may hold besides those of the page.
    choices : choices of the page alone, by their name in the address.
    toggles, selects : as on ``Dashboard``, shown while the view is.
    by_interval : whether the interval changes what is shown; the picker is there only where it does.
    """

    slug: ClassVar[str] = ""
    label: ClassVar[str] = ""
    help: ClassVar[str] = ""
    questions: ClassVar[tuple[type[Query], ...]] = ()
    choices: ClassVar[Mapping[str, Choice]] = {}
    toggles: ClassVar[Mapping[str, str]] = {}
    selects: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    by_interval: ClassVar[bool] = True

    def __init__(self, page: Dashboard):
        self.page = page
        self.cards: list[shell.Card] = []

    def build(self) -> Sequence[Any]:
        """Make everything of the view, once."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        """Feed what :meth:`build` made with the answers of one snapshot."""
        raise NotImplementedError

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

    def charts(self) -> Sequence[Any]:
        """Charts that follow the theme."""
        return ()

    def notes(self) -> Sequence[str]:
        """Sentences for the footer."""
        return ()

    def card(self, heading: str, *body: Any) -> shell.Card:
        """A card of this view whose "try again" works."""
        made = self.page.new_card(heading, *body)
        self.cards.append(made)
        return made
