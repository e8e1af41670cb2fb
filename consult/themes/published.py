"""Choosing published evidence by theme: by codings that stand on words which readers outside have."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from consult.coding.models import Coding
from consult.coding.queries import stands
from consult.evidence.models import Passage, Submission
from consult.foundation.language import ENGLISH, Words, lazy
from consult.publication.filters import EvidenceFilter, evidence_filter
from consult.publication.queries import spans_kept_back, texts_on_show
from consult.themes.models import Theme, ThemeCode


@evidence_filter
def by_theme(session: Session, inquiry_id: int) -> EvidenceFilter:
    """Offer the themes under which something published stands; others would tell of what is withheld."""
    themes = (
        select(Theme.slug, Theme.title)
        .where(
            Theme.inquiry_id == inquiry_id,
            Theme.id.in_(_coded(inquiry_id).with_only_columns(ThemeCode.theme_id)),
        )
        .order_by(Theme.position, Theme.id)
    )
    values = {row.slug: Words(row.title, ENGLISH) for row in session.execute(themes)}

    def under(slug: str) -> ColumnElement[bool]:
        named = select(Theme.id).where(Theme.inquiry_id == inquiry_id, Theme.slug == slug).scalar_subquery()
        return Submission.id.in_(_coded(inquiry_id).where(ThemeCode.theme_id == named))

    return EvidenceFilter("theme", lazy("Theme"), lazy("All themes"), values, under)


def _coded(inquiry_id: int) -> Select[int]:
    """Select the submissions with a coding, gathered by a theme, on words of which none is withheld."""
    return (
        select(Passage.submission_id)
        .join(Coding, Coding.passage_id == Passage.id)
        .join(ThemeCode, ThemeCode.code_id == Coding.code_id)
        .where(
            Passage.inquiry_id == inquiry_id,
            stands(),
            Passage.source_text_id.in_(texts_on_show()),
            ~spans_kept_back(Passage.source_text_id, Passage.start, Passage.end),
        )
    )
