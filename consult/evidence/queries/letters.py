"""What the machine reads to group letters, and what it found before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from consult.calls.models import Call, Question
from consult.evidence.models import SourceText, Submission, SubmissionVersion
from consult.evidence.models_campaigns import (
    Campaign,
    CampaignMember,
    CampaignProposal,
    CampaignRun,
)
from consult.evidence.queries.standing import text_stands
from consult.evidence.queries.states import counted
from consult.evidence.rules_campaigns import Held

TEXTS_AT_ONCE = 2_000
# Under half of what SQLite takes in one statement.
IDS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Letter:
    """A submission's words: its texts in order, each with its id."""

    submission_id: int
    texts: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Finding:
    """How a letter compares with its template; none where it is alone. `own`: (source text, start, end)."""

    template_id: int | None
    similarity: float = 0.0
    own_share: float = 0.0
    own: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Confirmed:
    """The campaigns that people have confirmed: the template of each, and the campaign of each member."""

    templates: dict[int, int]
    members: dict[int, int]


def letters_to_group(session: Session, inquiry_id: int) -> list[Letter]:
    """Return every submission with words that counts, or that shows a campaign's template, in order."""
    shows = exists().where(Campaign.template_id == Submission.id)
    rows = session.execute(
        select(SourceText.submission_id, SourceText.id, SourceText.body)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(Submission.inquiry_id == inquiry_id, or_(counted(), shows), text_stands())
        .order_by(SourceText.submission_id, SourceText.position)
        .execution_options(yield_per=TEXTS_AT_ONCE)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for submission_id, text_id, body in rows:
        found.setdefault(submission_id, []).append((text_id, body))
    return [Letter(submission_id, tuple(texts)) for submission_id, texts in found.items()]


def prompts_of(session: Session, inquiry_id: int) -> list[str]:
    """Return what the calls of an inquiry ask, which letters repeat without having copied one another."""
    rows = session.execute(
        select(Question.prompt, Question.hint)
        .join(Call, Call.id == Question.call_id)
        .where(Call.inquiry_id == inquiry_id)
    )
    return [text for row in rows for text in row if text]


def confirmed_campaigns(session: Session, inquiry_id: int) -> Confirmed:
    """Return the campaigns of an inquiry with their templates and members."""
    templates = select(Campaign.id, Campaign.template_id).where(Campaign.inquiry_id == inquiry_id)
    members = (
        select(CampaignMember.submission_id, CampaignMember.campaign_id)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(Campaign.inquiry_id == inquiry_id)
    )
    return Confirmed(
        {row[0]: row[1] for row in session.execute(templates.order_by(Campaign.id))},
        {row[0]: row[1] for row in session.execute(members)},
    )


def newest() -> ColumnElement[bool]:
    """Hold for the newest proposal on each letter."""
    later = aliased(CampaignProposal)
    return ~exists().where(
        later.submission_id == CampaignProposal.submission_id, later.id > CampaignProposal.id
    )


def findings_of(session: Session, inquiry_id: int) -> dict[int, Finding]:
    """Return what was last found on each letter of an inquiry."""
    rows = session.execute(
        select(
            CampaignProposal.submission_id,
            CampaignProposal.template_id,
            CampaignProposal.similarity,
            CampaignProposal.own_share,
            CampaignProposal.own,
        )
        .join(CampaignRun, CampaignRun.id == CampaignProposal.run_id)
        .where(CampaignRun.inquiry_id == inquiry_id, newest())
    )
    return {row[0]: Finding(row[1], row[2], row[3], spans_in(row[4])) for row in rows}


def spans_in(stored: Iterable[Sequence[int]]) -> tuple[tuple[int, int, int], ...]:
    """Return own words as they are stored: (source text, start, end)."""
    return tuple((text_id, start, end) for text_id, start, end in stored)


def last_run(session: Session, inquiry_id: int) -> CampaignRun | None:
    """Return the newest grouping of an inquiry's letters."""
    runs = select(CampaignRun).where(CampaignRun.inquiry_id == inquiry_id)
    return session.scalar(runs.order_by(CampaignRun.id.desc()).limit(1))


def held_letters(session: Session, inquiry_id: int) -> Held:
    """Return how many submissions count, and how many of them came after the last grouping."""
    run = last_run(session, inquiry_id)
    letters = select(func.count()).select_from(Submission).where(Submission.inquiry_id == inquiry_id)
    letters = letters.where(counted())
    since = letters.where(_new_since(run)) if run else letters
    return Held(session.scalar(letters) or 0, session.scalar(since) or 0)


def _new_since(run: CampaignRun) -> ColumnElement[bool]:
    """Hold for submissions that came, or were amended, after a run."""
    amended = exists().where(
        SubmissionVersion.submission_id == Submission.id, SubmissionVersion.sent_at > run.found_at
    )
    return or_(Submission.id > run.last_submission_id, amended)
