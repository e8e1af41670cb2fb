"""How good suggestions have been: what was decided on them, and what the blind sample says.

The population is the passages that a run has read, cut by the machine, standing, of evidence that counts,
and read by themselves. What was proposed for a passage read blind is what was kept back from its reader,
not what a later run proposes that has learned from the reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from consult.codebook.models import Code, Codebook
from consult.codebook.rules import CodeState
from consult.coding.models import Coding, CodingWithdrawal, Decision, LatestRun, Suggestion
from consult.coding.models_quality import BlindPassage, BlindReading
from consult.coding.queries.standing import settlements, taken_back
from consult.coding.rules import MOST_SHOWN, SETTLING, CodingOrigin, Verdict
from consult.evidence.models import Passage, Submission
from consult.evidence.queries import counted, in_cut, passage_stands
from consult.evidence.queries.repeats import repeated

# What was decided long ago was decided on scores of another model.
JUDGED_AT_MOST = 5_000
NONE = (0, 0, 0)


@dataclass(frozen=True)
class JudgedSuggestion:
    """A suggestion that somebody settled, with the score it had before."""

    code_slug: str
    score: float
    accepted: bool


@dataclass(frozen=True)
class CodeCounts:
    """One code: suggestions settled and accepted; of the blind sample, how many were proposed, right, missed.

    `population` and `proposed_of_all` count all passages and those the code is proposed for; `begun` those
    decided on otherwise than in a blind reading, `found_before` those to which it was applied there.
    """

    slug: str
    name: str
    decided: int
    accepted: int
    sample: int
    proposed: int
    right: int
    missed: int
    population: int
    begun: int
    proposed_of_all: int
    found_before: int


@dataclass(frozen=True)
class SampleSize:
    """The blind sample: passages drawn, those read, all passages it stands for, and those read otherwise."""

    drawn: int
    read: int
    population: int
    begun: int


def judged_suggestions(session: Session, inquiry_id: int) -> list[JudgedSuggestion]:
    """Return the newest settled suggestions with their scores, for calibration."""
    settled = settlements().where(Decision.inquiry_id == inquiry_id).add_columns(Suggestion.score).subquery()
    rows = session.execute(
        select(Code.slug, settled.c.score, settled.c.verdict)
        .join(Code, Code.id == settled.c.code_id)
        .order_by(settled.c.id.desc())
        .limit(JUDGED_AT_MOST)
    )
    return [JudgedSuggestion(row.slug, row.score, row.verdict is Verdict.ACCEPT) for row in rows]


def sample_size(session: Session, inquiry_id: int) -> SampleSize:
    """Return how large the blind sample is, how far it was read, and what it stands for."""
    everything = population(inquiry_id)
    drawn = select(func.count(BlindPassage.passage_id), func.count(BlindReading.passage_id)).select_from(
        BlindPassage
    )
    drawn = (
        drawn.join(Passage, Passage.id == BlindPassage.passage_id)
        .outerjoin(BlindReading, BlindReading.passage_id == BlindPassage.passage_id)
        .where(BlindPassage.inquiry_id == inquiry_id, *everything)
    )
    every = (
        select(func.count())
        .select_from(LatestRun)
        .join(Passage, Passage.id == LatestRun.passage_id)
        .where(*everything)
    )
    begun = (
        select(func.count(Suggestion.passage_id.distinct()))
        .select_from(Decision)
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .where(
            Decision.inquiry_id == inquiry_id,
            Decision.verdict.in_(SETTLING),
            ~taken_back(),
            ~exists().where(BlindReading.passage_id == Suggestion.passage_id),
            *everything,
        )
    )
    sizes = session.execute(drawn).one()
    return SampleSize(*sizes, session.scalar(every) or 0, session.scalar(begun) or 0)


def counts_by_code(session: Session, inquiry_id: int) -> list[CodeCounts]:
    """Return what is known of each active code, in the order of the codebook."""
    size = sample_size(session, inquiry_id)
    decided, sample = _by_code(session, _decided(inquiry_id)), _by_code(session, _sample_of(inquiry_id))
    proposed = _by_code(session, _proposed_of_all(inquiry_id))
    found = _by_code(session, _found_before(inquiry_id))
    last_codes = _last_codes(session, inquiry_id)
    codes = session.execute(
        select(Code.id, Code.slug, Code.name)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == inquiry_id, Code.state == CodeState.ACTIVE)
        .order_by(Code.position, Code.id)
    )
    return [
        CodeCounts(
            slug=code.slug,
            name=code.name,
            decided=decided.get(code.id, NONE)[0],
            accepted=decided.get(code.id, NONE)[1],
            # A reading made before the code was there says nothing of it.
            sample=sum(last >= code.id for last in last_codes),
            proposed=sample.get(code.id, NONE)[0],
            right=sample.get(code.id, NONE)[1],
            missed=sample.get(code.id, NONE)[2],
            population=size.population,
            begun=size.begun,
            proposed_of_all=proposed.get(code.id, NONE)[0],
            found_before=found.get(code.id, NONE)[0],
        )
        for code in codes
    ]


def population(inquiry_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a passage one of those that figures of an inquiry's suggestions are about."""
    outside = select(Submission.id).where(Submission.inquiry_id == inquiry_id, ~counted())
    return (
        Passage.inquiry_id == inquiry_id,
        in_cut(),
        Passage.submission_id.not_in(outside),
        passage_stands(),
        ~repeated(),
    )


def _by_code(session: Session, counts: Executable) -> dict[int, tuple[int, ...]]:
    return {row[0]: tuple(int(number or 0) for number in row[1:]) for row in session.execute(counts)}


def _decided(inquiry_id: int) -> Select[int, int, Any]:
    accepted = func.sum(case((Decision.verdict == Verdict.ACCEPT, 1), else_=0))
    return (
        select(Suggestion.code_id, func.count(), accepted)
        .select_from(Decision)
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .where(
            Decision.inquiry_id == inquiry_id,
            Decision.verdict.in_(SETTLING),
            ~taken_back(),
            *population(inquiry_id),
        )
        .group_by(Suggestion.code_id)
    )


def _proposed_of_all(inquiry_id: int) -> Select[int, int]:
    """Count the passages that each code is proposed for, those read blind by what was kept back."""
    run = func.coalesce(BlindReading.run_id, LatestRun.run_id)
    return (
        select(Suggestion.code_id, func.count())
        .select_from(Passage)
        .join(LatestRun, LatestRun.passage_id == Passage.id)
        .outerjoin(BlindReading, BlindReading.passage_id == Passage.id)
        .join(Suggestion, and_(Suggestion.passage_id == Passage.id, Suggestion.run_id == run))
        .where(*population(inquiry_id), Suggestion.rank <= MOST_SHOWN)
        .group_by(Suggestion.code_id)
    )


def _sample_of(inquiry_id: int) -> Select[Any]:
    """Count, by code, of the passages read blind: those proposed, those of them right, and those missed."""
    pairs = union_all(proposed_pairs(inquiry_id), seen_pairs(inquiry_id)).subquery()
    each = (
        select(
            pairs.c.passage_id,
            pairs.c.code_id,
            func.max(pairs.c.proposed).label("proposed"),
            func.max(pairs.c.seen).label("seen"),
        )
        .group_by(pairs.c.passage_id, pairs.c.code_id)
        .subquery()
    )
    return (
        select(
            each.c.code_id,
            func.sum(each.c.proposed),
            func.sum(each.c.proposed * each.c.seen),
            func.sum((1 - each.c.proposed) * each.c.seen),
        )
        .join(BlindReading, BlindReading.passage_id == each.c.passage_id)
        .join(Passage, Passage.id == BlindReading.passage_id)
        .where(*population(inquiry_id), each.c.code_id <= BlindReading.last_code_id)
        .group_by(each.c.code_id)
    )


def proposed_pairs(inquiry_id: int) -> Select[int, int, int, int]:
    """Select passages read blind with each code that had been proposed for them."""
    kept_back = (Suggestion.passage_id == BlindReading.passage_id) & (
        Suggestion.run_id == BlindReading.run_id
    )
    return (
        select(
            BlindReading.passage_id,
            Suggestion.code_id,
            literal(1).label("proposed"),
            literal(0).label("seen"),
        )
        .join(Suggestion, kept_back)
        .where(BlindReading.inquiry_id == inquiry_id, Suggestion.rank <= MOST_SHOWN)
    )


def seen_pairs(inquiry_id: int) -> Select[int, int, int, int]:
    """Select passages read blind with each code that their reader had applied to them or to words in them."""
    read, within = aliased(Passage), aliased(Passage)
    withdrawn = exists().where(
        CodingWithdrawal.coding_id == Coding.id, CodingWithdrawal.at <= BlindReading.at
    )
    return (
        select(
            BlindReading.passage_id, Coding.code_id, literal(0).label("proposed"), literal(1).label("seen")
        )
        .select_from(BlindReading)
        .join(read, read.id == BlindReading.passage_id)
        .join(
            within,
            (within.source_text_id == read.source_text_id)
            & (within.start < read.end)
            & (within.end > read.start),
        )
        .join(Coding, Coding.passage_id == within.id)
        .where(
            BlindReading.inquiry_id == inquiry_id,
            Coding.user_id == BlindReading.user_id,
            # What was accepted afterwards is another matter, even in the same moment.
            Coding.origin == CodingOrigin.OWN,
            Coding.at <= BlindReading.at,
            ~withdrawn,
        )
    )


def _last_codes(session: Session, inquiry_id: int) -> Sequence[int]:
    """Return, for each reading, the newest code there was."""
    readings = (
        select(BlindReading.last_code_id)
        .join(Passage, Passage.id == BlindReading.passage_id)
        .where(*population(inquiry_id))
    )
    return session.scalars(readings).all()


def _found_before(inquiry_id: int) -> Select[int, int]:
    """Count, by code, the passages outside the blind readings to which it stands applied."""
    within = aliased(Passage)
    standing = ~exists().where(CodingWithdrawal.coding_id == Coding.id)
    touching = (
        (within.source_text_id == Passage.source_text_id)
        & (within.start < Passage.end)
        & (within.end > Passage.start)
    )
    return (
        select(Coding.code_id, func.count(Passage.id.distinct()))
        .select_from(Coding)
        .join(within, within.id == Coding.passage_id)
        .join(Passage, touching)
        .join(LatestRun, LatestRun.passage_id == Passage.id)
        .where(
            *population(inquiry_id),
            Coding.inquiry_id == inquiry_id,
            standing,
            ~exists().where(BlindReading.passage_id == Passage.id),
        )
        .group_by(Coding.code_id)
    )
