"""What would go out if a submission were published now, and what speaks against it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from consult.evidence.models import Answer, Respondent, SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import answer_stands, counted, text_stands
from consult.evidence.queries.documents import attachment_stands
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.publication.queries.desk import open_counts
from consult.publication.queries.withholding import (
    has_been_read,
    readable,
    readable_answer,
    readable_text,
    withheld_spans,
)
from consult.publication.rules import MAY_READ, Clearance, Flag, Withheld, folded, folded_words, shown, united

# What a clerk has accepted, alone or as one of a campaign.
READY = (SubmissionState.ACCEPTED, SubmissionState.CAMPAIGN)


@dataclass(frozen=True)
class GoingOut:
    """A submission as it would go out: its parts by id, the spans withheld, and what speaks against it."""

    submission_id: int
    reference: str
    named: bool
    answer_ids: tuple[int, ...]
    withheld: dict[int, tuple[Withheld, ...]]
    held_back: int
    undecided: int
    flags: tuple[Flag, ...]

    @property
    def spans(self) -> int:
        """Return how many spans stay withheld."""
        return sum(map(len, self.withheld.values()))

    @property
    def content(self) -> list[object]:
        """Return what goes out, in a form to compare."""
        return content_of(
            self.submission_id, named=self.named, answer_ids=self.answer_ids, withheld=self.withheld
        )


def content_of(
    submission_id: int,
    *,
    named: bool,
    answer_ids: Iterable[int],
    withheld: Mapping[int, Sequence[Withheld]],
) -> list[object]:
    """Return what goes out of a submission, or went out, in a form to compare."""
    texts = [
        [text_id, [[span.start, span.end, span.ground.value] for span in sorted(spans)]]
        for text_id, spans in sorted(withheld.items())
    ]
    return [submission_id, named, sorted(answer_ids), texts]


@dataclass(frozen=True)
class _Facts:
    """What is known of the submissions of a batch, each by a statement of its own."""

    texts: dict[int, list[int]]
    answers: dict[int, list[int]]
    given: dict[int, int]
    withheld: dict[int, list[Withheld]]
    undecided: dict[int, int]
    unread: frozenset[int]
    telling: frozenset[int]


def fingerprint(batch: Sequence[GoingOut]) -> str:
    """Return a hash of all that would go out: what was looked at is what is published."""
    content = json.dumps(sorted((each.content for each in batch), key=str), separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def going_out(session: Session, inquiry_id: int, submission_ids: Sequence[int]) -> list[GoingOut]:
    """Return how each of these submissions would go out now, in the order of their references."""
    rows = session.execute(
        select(
            Submission.id,
            Submission.reference,
            Submission.publication,
            Submission.state,
            counted().label("counted"),
        )
        .where(Submission.inquiry_id == inquiry_id, Submission.id.in_(submission_ids))
        .order_by(Submission.id)
    ).all()
    facts = _facts_of(session, [row.id for row in rows])
    return [
        GoingOut(
            submission_id=row.id,
            reference=row.reference,
            named=row.publication is PublicationChoice.WITH_NAME,
            answer_ids=tuple(facts.answers.get(row.id, ())),
            withheld={
                text_id: tuple(united(facts.withheld.get(text_id, ())))
                for text_id in facts.texts.get(row.id, ())
            },
            held_back=facts.given.get(row.id, 0)
            - len(facts.answers.get(row.id, ()))
            - len(facts.texts.get(row.id, ())),
            undecided=facts.undecided.get(row.id, 0),
            flags=tuple(_flags(row.id, row.publication, row.state, facts, counts=bool(row.counted))),
        )
        for row in rows
    ]


def _flags(
    submission_id: int, choice: PublicationChoice, state: SubmissionState, facts: _Facts, *, counts: bool
) -> list[Flag]:
    raised = {
        Flag.NOT_AGREED: choice not in MAY_READ[Clearance.PUBLIC],
        Flag.SET_ASIDE: not counts,
        Flag.NOT_ACCEPTED: counts and state not in READY,
        Flag.NOTHING_LEFT: submission_id not in facts.texts and submission_id not in facts.answers,
        Flag.UNDECIDED: submission_id in facts.undecided,
        Flag.UNREAD: submission_id in facts.unread,
        Flag.NAME_SHOWN: submission_id in facts.telling,
    }
    return [flag for flag, is_raised in raised.items() if is_raised]


def _facts_of(session: Session, ids: list[int]) -> _Facts:
    texts = _grouped(
        session,
        select(SourceText.submission_id, SourceText.id)
        .where(SourceText.submission_id.in_(ids), readable_text(Clearance.PUBLIC))
        .order_by(SourceText.position),
    )
    withheld = withheld_spans(session, [each for found in texts.values() for each in found], Clearance.PUBLIC)
    return _Facts(
        texts=texts,
        answers=_grouped(session, _closed_answers(ids)),
        given=parts_given(session, ids),
        withheld=withheld,
        undecided=open_counts(session, ids),
        unread=_unread(session, ids),
        telling=_telling(session, ids, withheld),
    )


def _grouped(session: Session, pairs) -> dict[int, list[int]]:  # type: ignore[no-untyped-def]  # a Select of two ids
    found: dict[int, list[int]] = {}
    for submission_id, each in session.execute(pairs):
        found.setdefault(submission_id, []).append(each)
    return found


def _closed_answers(ids: list[int]):  # type: ignore[no-untyped-def]  # a Select of two ids
    """Select answers without words; half a postcode goes out with a name only."""
    in_words = exists().where(SourceText.answer_id == Answer.id)
    where_from = Answer.district.is_(None) | (Submission.publication == PublicationChoice.WITH_NAME)
    return (
        select(Answer.submission_id, Answer.id)
        .join(Submission, Submission.id == Answer.submission_id)
        .where(
            Answer.submission_id.in_(ids),
            ~in_words,
            Answer.declined.is_(False),
            where_from,
            readable(Clearance.PUBLIC),
            readable_answer(Clearance.PUBLIC),
        )
        .order_by(Answer.id)
    )


def parts_given(session: Session, ids: list[int]) -> dict[int, int]:
    """Return how many answers and documents each submission has."""
    answers = select(Answer.submission_id, func.count()).where(
        Answer.submission_id.in_(ids), Answer.declined.is_(False), answer_stands()
    )
    found: dict[int, int] = dict(session.execute(answers.group_by(Answer.submission_id)).all())
    others = select(SourceText.submission_id, func.count()).where(
        SourceText.submission_id.in_(ids),
        SourceText.answer_id.is_(None),
        SourceText.attachment_id.is_(None),
        text_stands(),
    )
    # A scan that nobody has typed was given too, and does not go out.
    documents = select(Attachment.submission_id, func.count()).where(
        Attachment.submission_id.in_(ids), attachment_stands()
    )
    for rows in (others.group_by(SourceText.submission_id), documents.group_by(Attachment.submission_id)):
        for submission_id, number in session.execute(rows):
            found[submission_id] = found.get(submission_id, 0) + number
    return found


def _unread(session: Session, ids: list[int]) -> frozenset[int]:
    return frozenset(
        session.scalars(
            select(SourceText.submission_id)
            .join(Submission, Submission.id == SourceText.submission_id)
            .where(SourceText.submission_id.in_(ids), readable_text(Clearance.PUBLIC), ~has_been_read())
            .distinct()
        )
    )


def _telling(session: Session, ids: list[int], withheld: dict[int, list[Withheld]]) -> frozenset[int]:
    """Return the submissions without name whose words, as they would go out, hold their writer's name."""
    rows = session.execute(
        select(
            SourceText.submission_id,
            SourceText.id,
            SourceText.body,
            Respondent.name,
            Respondent.organisation,
            Respondent.email,
        )
        .join(Submission, Submission.id == SourceText.submission_id)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .where(
            SourceText.submission_id.in_(ids),
            Submission.publication == PublicationChoice.WITHOUT_NAME,
            readable_text(Clearance.PUBLIC),
        )
    )
    telling = set()
    for row in rows:
        words = folded(shown(row.body, withheld.get(row.id, ())))
        names = [folded_words(each.partition(",")[0]) for each in (row.name, row.organisation, row.email)]
        if any(name and f" {' '.join(name)} " in words for name in names):
            telling.add(row.submission_id)
    return frozenset(telling)
