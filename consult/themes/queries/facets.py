"""What evidence can be selected by: phases, calls, respondent types, places, themes and codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from consult.calls.models import Call, Phase, Place, RespondentType
from consult.codebook.models import Code, Codebook
from consult.foundation.errors import NotFound
from consult.themes.models import Theme
from consult.themes.rules import NOT_STATED

# In an address it stands for evidence without a type or place; no slug is a lone hyphen.
UNSTATED_SLUG = "-"


class Facet(StrEnum):
    """A way of selecting; the value is its word in addresses."""

    PHASE = "phase"
    CALL = "call"
    TYPE = "type"
    PLACE = "place"
    THEME = "theme"
    CODE = "code"


FILTERS = (Facet.PHASE, Facet.CALL, Facet.TYPE, Facet.PLACE)
# Evidence may come without these.
MAY_BE_UNSTATED = {Facet.TYPE: "Respondent type not stated", Facet.PLACE: "Place not stated"}


@dataclass(frozen=True)
class Named:
    """A row by its id, its slug in addresses and its name on pages."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class Facets:
    """Every value that each facet of one inquiry can have, in order."""

    values: dict[Facet, Sequence[Named]]

    def of(self, facet: Facet) -> list[Named]:
        """Return the values of a facet; "not stated" comes last where it can occur."""
        unstated = MAY_BE_UNSTATED.get(facet)
        last = [Named(NOT_STATED, UNSTATED_SLUG, unstated)] if unstated else []
        return [*self.values[facet], *last]

    def by_slug(self, facet: Facet, slug: str) -> Named:
        """Return the value that an address names; NotFound for any other."""
        for value in self.of(facet):
            if value.slug == slug:
                return value
        raise NotFound(f"This inquiry has no {facet} “{slug}”.")

    def by_id(self, facet: Facet, key: int) -> Named:
        """Return the value with an id of this inquiry."""
        return next(value for value in self.of(facet) if value.id == key)


def facets_of(session: Session, inquiry_id: int) -> Facets:
    """Return all facets of an inquiry by one statement."""
    named = [
        _named(Facet.PHASE, Phase, Phase.title).where(Phase.inquiry_id == inquiry_id),
        # Calls have no position: they stand in the order of their ids.
        _named(Facet.CALL, Call, Call.title, Call.id).where(Call.inquiry_id == inquiry_id),
        _named(Facet.TYPE, RespondentType, RespondentType.name).where(
            RespondentType.inquiry_id == inquiry_id
        ),
        _named(Facet.PLACE, Place, Place.name).where(Place.inquiry_id == inquiry_id),
        _named(Facet.THEME, Theme, Theme.title).where(Theme.inquiry_id == inquiry_id),
        _named(Facet.CODE, Code, Code.name).join(Codebook).where(Codebook.inquiry_id == inquiry_id),
    ]
    values: dict[Facet, list[Named]] = {facet: [] for facet in Facet}
    for row in session.execute(union_all(*named).order_by("position", "id")):
        values[Facet(row.facet)].append(Named(row.id, row.slug, row.name))
    return Facets({**values})


def _named(facet: Facet, model: Any, name: Any, position: Any = None) -> Select[Any]:
    order = model.position if position is None else position
    return select(
        literal(facet.value).label("facet"),
        model.id.label("id"),
        model.slug.label("slug"),
        name.label("name"),
        order.label("position"),
    )
