"""Prepared pages of the chair's room: every figure with its base and its link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.evidence.rules import PublicationChoice
from consult.publication.rules import QUOTING
from consult.themes import queries
from consult.themes.campaigns import CampaignPart, campaign_part
from consult.themes.models import Theme
from consult.themes.queries.facets import FILTERS, Facet, Named
from consult.themes.queries.figures import NOTHING, Base, Received, base, by_code, by_theme, figures
from consult.themes.queries.lists import Quote, first_quotes
from consult.themes.queries.suggested import suggested_quotes
from consult.themes.rules import Counts, QuoteKind, Selection, Unit, percentage, share
from consult.themes.scope import FIELDS, Number, Scope

FILTER_WORDS = {
    Facet.PHASE: ("Phase", "All phases"),
    Facet.CALL: ("Call", "All calls"),
    Facet.TYPE: ("Respondent type", "All respondent types"),
    Facet.PLACE: ("Place", "All places"),
}


@dataclass(frozen=True)
class FilterField:
    """A filter's name in the address, its wording, and its values with the chosen one marked."""

    name: str
    wording: str
    everything: str
    values: Sequence[tuple[Named, bool]]


@dataclass(frozen=True)
class FigureRow:
    """One row of figures: submissions against their base, and passages and respondents beside them."""

    name: str
    anchor: str
    submissions: Number
    base: Number
    percentage: str
    width: float
    passages: Number
    respondents: Number


@dataclass(frozen=True)
class ShownQuote:
    """A quote with where it stands and who may be told."""

    quote: Quote
    href: str
    quoting: str
    part_withheld: bool


@dataclass(frozen=True)
class CodeSection:
    """A code of a theme with its figures and its first quotes."""

    row: FigureRow
    definition: str
    retired: bool
    quotes: Sequence[ShownQuote]


@dataclass(frozen=True)
class SuggestedPart:
    """A suggested quote as it is shown: what for, and why."""

    shown: ShownQuote
    apart: bool
    why: str


@dataclass(frozen=True)
class BaseLine:
    """What was received and how much of it is coded, each openable."""

    received: Number
    respondents: Number
    coded: Number
    out_of_scope: Number
    complete: bool


@dataclass(frozen=True)
class ThemePage:
    """A theme's figures under the chosen filters."""

    title: str
    description: str
    total: FigureRow
    respondent_share: str
    base: BaseLine
    types: Sequence[FigureRow]
    places: Sequence[FigureRow]
    codes: Sequence[CodeSection]
    words: Sequence[str]
    filters: Sequence[FilterField]
    campaigns: CampaignPart | None
    suggested: Sequence[SuggestedPart]


@dataclass(frozen=True)
class IndexRow:
    """A theme in the list of themes."""

    slug: str
    description: str
    codes: Sequence[str]
    row: FigureRow


@dataclass(frozen=True)
class IndexPage:
    """All themes of an inquiry, and the codes that none of them gathers."""

    themes: Sequence[IndexRow]
    loose_codes: Sequence[str]
    base: BaseLine
    campaigns: CampaignPart | None


@dataclass(frozen=True)
class Line:
    """What one row of figures counts, before it has words and links."""

    name: str
    selection: Selection
    counts: Counts
    received: int
    anchor: str = ""


def figure_row(scope: Scope, line: Line) -> FigureRow:
    """Return a row of figures, each number opening its own list."""
    selection, counts = line.selection, line.counts
    numbers = {unit: scope.number(unit, counts.of(unit), selection) for unit in Unit}
    return FigureRow(
        line.name,
        line.anchor,
        numbers[Unit.SUBMISSIONS],
        scope.number(Unit.SUBMISSIONS, line.received, selection.everything),
        percentage(counts.submissions, line.received),
        round(share(counts.submissions, line.received), 1),
        numbers[Unit.PASSAGES],
        numbers[Unit.RESPONDENTS],
    )


def base_line(scope: Scope, found: Base, selection: Selection) -> BaseLine:
    """Return the base of a selection's figures in words and links."""
    everything = selection.everything
    total = found.total
    return BaseLine(
        scope.number(Unit.SUBMISSIONS, total.submissions, everything),
        scope.number(Unit.RESPONDENTS, total.respondents, everything),
        scope.number(Unit.SUBMISSIONS, total.coded, everything.but(coded=True)),
        scope.number(Unit.SUBMISSIONS, found.out_of_scope, everything.but(out_of_scope=True)),
        total.coded == total.submissions,
    )


def filter_fields(scope: Scope, selection: Selection) -> list[FilterField]:
    """Return the filters of a page as they stand."""
    return [
        FilterField(
            facet.value,
            *FILTER_WORDS[facet],
            [(value, value.id == getattr(selection, FIELDS[facet])) for value in scope.facets.of(facet)],
        )
        for facet in FILTERS
    ]


def facet_rows(
    scope: Scope,
    facet: Facet,
    selection: Selection,
    counts: Mapping[int, Counts],
    received: Mapping[int, Received],
) -> list[FigureRow]:
    """Return a row for each value of a facet; a silent respondent type or place is a finding, so it stays."""
    field = FIELDS[facet]
    chosen = getattr(selection, field)
    lines = [
        Line(
            value.name,
            selection.but(**{field: value.id}),
            counts.get(value.id, NOTHING),
            received.get(value.id, Received()).submissions,
        )
        for value in scope.facets.of(facet)
        if (chosen is None and (value in scope.facets.values[facet] or value.id in received))
        or value.id == chosen
    ]
    return [figure_row(scope, line) for line in lines]


def shown_quote(scope: Scope, quote: Quote) -> ShownQuote:
    """Return a quote with its link and its mark."""
    href = scope.paragraph(quote.reference, quote.paragraph)
    quotable = quote.publication is not PublicationChoice.NOT_PUBLISHED
    return ShownQuote(quote, href, QUOTING[quote.publication], quotable and quote.part_withheld)


def theme_page(session: Session, scope: Scope, theme: Theme, selection: Selection, here: str) -> ThemePage:
    """Return a theme's page under the chosen filters."""
    selection = selection.filters.but(theme_id=theme.id)
    found, against = figures(session, selection), base(session, selection)
    total = Line(theme.title, selection, found.total, against.total.submissions)
    return ThemePage(
        theme.title,
        theme.description,
        figure_row(scope, total),
        percentage(found.total.respondents, against.total.respondents),
        base_line(scope, against, selection),
        facet_rows(scope, Facet.TYPE, selection, found.by_type, against.by_type),
        facet_rows(scope, Facet.PLACE, selection, found.by_place, against.by_place),
        code_sections(session, scope, selection, against.total.submissions),
        scope.words(selection.but(theme_id=None)),
        filter_fields(scope, selection),
        campaign_part(session, scope, selection, here),
        [
            SuggestedPart(shown_quote(scope, one.quote), one.kind is QuoteKind.DISSENTING, one.why)
            for one in suggested_quotes(session, scope.inquiry_id, theme.id)
        ],
    )


def code_sections(session: Session, scope: Scope, selection: Selection, received: int) -> list[CodeSection]:
    """Return each code of the selection's theme with figures and first quotes."""
    mine = queries.gathered(session, selection.inquiry_id).get(selection.theme_id or 0, frozenset())
    codes = [code for code in queries.codes_in_order(session, selection.inquiry_id) if code.id in mine]
    counts, quotes = by_code(session, selection), first_quotes(session, selection)
    return [
        CodeSection(
            figure_row(
                scope,
                Line(
                    code.name,
                    selection.but(code_id=code.id),
                    counts.get(code.id, NOTHING),
                    received,
                    f"code-{code.id}",
                ),
            ),
            code.definition,
            code.retired,
            [shown_quote(scope, quote) for quote in quotes.get(code.id, [])],
        )
        for code in codes
    ]


def index_page(session: Session, scope: Scope, selection: Selection, here: str) -> IndexPage:
    """Return every theme with its counts."""
    everything = Selection(scope.inquiry_id, counting=selection.filters.counting)
    counts, against = by_theme(session, everything), base(session, everything)
    codes = queries.codes_in_order(session, scope.inquiry_id)
    gathered = queries.gathered(session, scope.inquiry_id)
    themes = []
    for theme in queries.themes_of(session, scope.inquiry_id):
        mine = gathered.get(theme.id, frozenset())
        line = Line(
            theme.title,
            everything.but(theme_id=theme.id),
            counts.get(theme.id, NOTHING),
            against.total.submissions,
        )
        names = [code.name for code in codes if code.id in mine]
        themes.append(IndexRow(theme.slug, theme.description, names, figure_row(scope, line)))
    held = frozenset().union(*gathered.values())
    loose = [code.name for code in codes if code.id not in held and not code.retired]
    part = campaign_part(session, scope, everything, here)
    return IndexPage(themes, loose, base_line(scope, against, everything), part)
