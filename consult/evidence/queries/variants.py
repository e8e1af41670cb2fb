"""The letters of a campaign or group as a page shows them: those with the same words once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.models_campaigns import CampaignMember, CampaignProposal
from consult.evidence.queries.letters import IDS_AT_ONCE, newest
from consult.evidence.queries.standing import text_stands
from consult.evidence.queries.submission import who
from consult.evidence.rules_campaigns import Piece, pieces_of

VARIANTS_A_PAGE = 20
NAMED = 12
Words = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A letter by its reference and its writer."""

    submission_id: int
    reference: str
    who: str


@dataclass(frozen=True)
class Variant:
    """Letters with the same words: some of them by name, the references of all, and the words in pieces."""

    named: Sequence[Named]
    references: Sequence[str]
    similarity: float
    own_share: float
    texts: Sequence[Sequence[Piece]]
    languages: Sequence[str]
    by_itself: bool

    @property
    def letters(self) -> int:
        """Return how many letters have these words."""
        return len(self.references)

    @property
    def own(self) -> bool:
        """Tell whether there are words of the writer's own."""
        return self.own_share > 0


@dataclass(frozen=True)
class VariantPage:
    """One page of variants, of all there are."""

    variants: Sequence[Variant]
    count: int
    more: bool


def variant_page(session: Session, letters: Sequence[tuple[int, float]], page: int) -> VariantPage:
    """Return one page of the different letters among these, in the order given.

    `letters` are submissions with their own shares. Counted by itself and not are never one variant.
    """
    ids = [submission_id for submission_id, _ in letters]
    alike = _alike(session, ids)
    start = VARIANTS_A_PAGE * (page - 1)
    shown = alike[start : start + VARIANTS_A_PAGE]
    return VariantPage(_variants(session, shown), len(alike), more=start + VARIANTS_A_PAGE < len(alike))


def template_texts(session: Session, submission_id: int) -> list[tuple[str, str]]:
    """Return the texts of a template in order, each with its language."""
    rows = select(SourceText.body, SourceText.language).where(
        SourceText.submission_id == submission_id, text_stands()
    )
    return [(row.body, row.language) for row in session.execute(rows.order_by(SourceText.position))]


def _alike(session: Session, ids: Sequence[int]) -> list[list[int]]:
    """Return submissions with the same words together, by the hashes of their texts."""
    hashes: dict[int, Words] = {}
    alone: set[int] = set()
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        rows = select(SourceText.submission_id, SourceText.sha256).where(
            SourceText.submission_id.in_(some), text_stands()
        )
        for submission_id, sha256 in session.execute(
            rows.order_by(SourceText.submission_id, SourceText.position)
        ):
            hashes[submission_id] = (*hashes.get(submission_id, ()), sha256)
        members = select(CampaignMember.submission_id).where(CampaignMember.by_itself)
        alone |= set(session.scalars(members.where(CampaignMember.submission_id.in_(some))))
    found: dict[tuple[Words, bool], list[int]] = {}
    for submission_id in ids:
        found.setdefault((hashes.get(submission_id, ()), submission_id in alone), []).append(submission_id)
    return list(found.values())


def _variants(session: Session, shown: Sequence[Sequence[int]]) -> list[Variant]:
    firsts = [ids[0] for ids in shown]
    compared = _compared(session, firsts)
    texts = _texts(session, firsts)
    references = _references(session, [each for ids in shown for each in ids])
    people = _people(session, [each for ids in shown for each in ids[:NAMED]])
    alone = set(
        session.scalars(
            select(CampaignMember.submission_id).where(
                CampaignMember.submission_id.in_(firsts), CampaignMember.by_itself
            )
        )
    )
    found = []
    for ids in shown:
        similarity, own_share, own = compared.get(ids[0], (1.0, 0.0, ()))
        bodies = texts.get(ids[0], [])
        found.append(
            Variant(
                [people[each] for each in ids[:NAMED]],
                [references[each] for each in ids],
                similarity,
                own_share,
                [pieces_of(body, [(s, e) for t, s, e in own if t == text_id]) for text_id, body, _ in bodies],
                [language for _, _, language in bodies],
                ids[0] in alone,
            )
        )
    return found


Compared = tuple[float, float, Sequence[Sequence[int]]]


def _compared(session: Session, ids: Sequence[int]) -> dict[int, Compared]:
    rows = select(CampaignProposal).where(CampaignProposal.submission_id.in_(ids), newest())
    return {row.submission_id: (row.similarity, row.own_share, row.own) for row in session.scalars(rows)}


def _texts(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, str, str]]]:
    rows = (
        select(SourceText.submission_id, SourceText.id, SourceText.body, SourceText.language)
        .where(SourceText.submission_id.in_(ids), text_stands())
        .order_by(SourceText.submission_id, SourceText.position)
    )
    found: dict[int, list[tuple[int, str, str]]] = {}
    for submission_id, text_id, body, language in session.execute(rows):
        found.setdefault(submission_id, []).append((text_id, body, language))
    return found


def _references(session: Session, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = select(Submission.id, Submission.reference).where(
            Submission.id.in_(ids[start : start + IDS_AT_ONCE])
        )
        found |= {row[0]: row[1] for row in session.execute(some)}
    return found


def _people(session: Session, ids: Sequence[int]) -> dict[int, Named]:
    rows = session.execute(
        select(Submission.id, Submission.reference, Respondent.name, Respondent.organisation)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .where(Submission.id.in_(ids))
    )
    return {row.id: Named(row.id, row.reference, who(row.name, row.organisation)) for row in rows}
