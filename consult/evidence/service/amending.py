"""Amend a submission: a new version of it, in which what did not change stays as it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import (
    Declaration,
    ReplacedAnswer,
    ReplacedText,
    Respondent,
    SourceText,
    Submission,
    SubmissionVersion,
)
from consult.evidence.queries.versions import StandingAnswer, standing_answers
from consult.evidence.rules import SubmissionState, paragraphs_of
from consult.evidence.rules_desk import words_sha256
from consult.evidence.service.amending_documents import (
    DocumentChanges,
    amend_documents,
    document_changes,
)
from consult.evidence.service.documents import state_by_documents
from consult.evidence.service.given import GivenAnswer, GivenConfidence, GivenEvidence, check
from consult.evidence.service.moves import move_all
from consult.evidence.service.receiving import ask_for_passages, respondent_values, version_values
from consult.evidence.service.storing import Room, store_answers, store_confidences, store_declarations
from consult.foundation import audit
from consult.foundation.errors import NotFound, Refused
from consult.foundation.security import Actor

AMEND = "amend submission"


@dataclass(frozen=True)
class Changes:
    """What a new version changes: answers given, answers that stand no more, marks added to words kept."""

    new: tuple[GivenAnswer, ...]
    gone: tuple[StandingAnswer, ...]
    marked: tuple[tuple[int, tuple[GivenConfidence, ...]], ...]

    @property
    def any(self) -> bool:
        """Tell whether any answer changes."""
        return bool(self.new or self.gone or self.marked)


def amend_submission(
    session: Session,
    submission_id: int,
    evidence: GivenEvidence,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Submission:
    """Store a new version of a submission and return the submission, new to the clerk where answers changed.

    Unchanged answers keep their texts, passages and codings; what is changed or taken back stays stored and
    stands no more. A `send_key` used before, or evidence that changes nothing, adds no version. Refused once
    it is withdrawn; NotFound, BadInput and Refused as `receive_submission`.
    """
    submission = held(session, submission_id, inquiry_id)
    if _was_sent(session, evidence.send_key):
        return submission
    if submission.state is SubmissionState.WITHDRAWN:
        raise Refused("This evidence has been withdrawn, so it cannot be changed.")
    check(session, [evidence], inquiry_id)
    was = _version_that_stands(session, submission)
    changes = _changes(standing_answers(session, submission_id).values(), evidence)
    respondent_id = _respondent_of(session, submission, evidence)
    values = version_values(submission_id, respondent_id, evidence, at=at, number=submission.version + 1)
    documents = document_changes(session, submission_id, evidence)
    if not (changes.any or documents.any) and all(getattr(was, name) == values[name] for name in ABOUT):
        return submission
    session.execute(insert(SubmissionVersion), [values])
    _write(session, submission, evidence, changes, at=at)
    amend_documents(session, submission_id, evidence, documents, at=at, version=submission.version + 1)
    _renew(session, submission, evidence, was, respondent_id)
    if changes.any or documents.any:
        _begin_again(session, submission, actor=actor, at=at)
    detail = {"reference": submission.reference, "version": submission.version, **_counts(changes, documents)}
    act = audit.Act(AMEND, "submission", submission_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return submission


def _begin_again(session: Session, submission: Submission, *, actor: Actor, at: datetime) -> None:
    """Let words that are new be looked at and cut as those of a submission that has just come."""
    why = f"Its writer amended it: version {submission.version}."
    state = state_by_documents(session, submission.id)
    move_all(session, Submission.id == submission.id, state, why=why, actor=actor, at=at)
    ask_for_passages(session, submission.inquiry_id, actor, at)


# What a version says beside its answers.
ABOUT = ("respondent_id", "respondent_type_id", "place_id", "publication", "declared")


def held(session: Session, submission_id: int, inquiry_id: int) -> Submission:
    """Return a submission of this inquiry as it stands now, held until the commit; NotFound for any other."""
    wanted = (
        select(Submission)
        .where(Submission.id == submission_id, Submission.inquiry_id == inquiry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    submission = session.scalar(wanted)
    if submission is None:
        raise NotFound("There is no such submission in this inquiry.")
    return submission


def given_again(answer: StandingAnswer) -> GivenAnswer:
    """Return a stored answer as it would be given again."""
    return GivenAnswer(
        question_id=answer.question_id,
        text=answer.text,
        option_ids=answer.option_ids,
        number=answer.number,
        place_id=answer.place_id,
        cells=answer.cells,
        district=answer.district,
        declined=answer.declined,
        publication=answer.publication,
        confidences=tuple(GivenConfidence(bounds, harm) for bounds, harm in answer.confidences),
    )


def _was_sent(session: Session, send_key: str | None) -> bool:
    sent = select(SubmissionVersion.id).where(SubmissionVersion.send_key == send_key)
    return send_key is not None and session.scalar(sent) is not None


def _version_that_stands(session: Session, submission: Submission) -> SubmissionVersion:
    return session.scalars(
        select(SubmissionVersion).where(
            SubmissionVersion.submission_id == submission.id, SubmissionVersion.number == submission.version
        )
    ).one()


def _changes(standing: Iterable[StandingAnswer], evidence: GivenEvidence) -> Changes:
    """Compare what is given with what stands; more words kept back leave the answer and its codings alone."""
    before = {answer.question_id: answer for answer in standing}
    new, kept, marked = [], set(), []
    for answer in (answer for answer in evidence.answers if not answer.is_empty):
        was = before.get(answer.question_id)
        more = _marked_since(was, answer) if was else None
        if was is None or more is None:
            new.append(answer)
            continue
        kept.add(answer.question_id)
        if more and was.source_text_id:
            marked.append((was.source_text_id, more))
    gone = tuple(answer for key, answer in before.items() if key not in kept)
    return Changes(tuple(new), gone, tuple(marked))


def _marked_since(was: StandingAnswer, answer: GivenAnswer) -> tuple[GivenConfidence, ...] | None:
    """Return the words kept back in addition to those before, or None for an answer otherwise changed."""
    before = given_again(was)
    if replace(before, confidences=()).said != replace(answer, confidences=()).said:
        return None
    spans = {each.bounds for each in before.confidences}
    if not spans <= {each.bounds for each in answer.confidences}:
        return None
    return tuple(each for each in answer.confidences if each.bounds not in spans)


def _respondent_of(session: Session, submission: Submission, evidence: GivenEvidence) -> int:
    """Return who sends this version: the respondent as stored, or a new row where their details differ.

    The old row stays with the versions that were sent in its name.
    """
    was = session.get_one(Respondent, submission.respondent_id)
    if (was.name, was.organisation, was.email) == (evidence.name, evidence.organisation, evidence.email):
        return was.id
    respondent = Respondent(**respondent_values(evidence, submission.inquiry_id))
    session.add(respondent)
    session.flush()  # the version names the new id
    return respondent.id


def _write(
    session: Session, submission: Submission, evidence: GivenEvidence, changes: Changes, *, at: datetime
) -> None:
    version = submission.version + 1
    _replace(session, changes.gone, version)
    room = _room_after(session, submission.id, version)
    store_answers(session, [(submission.id, replace(evidence, answers=changes.new))], room, at=at)
    store_confidences(session, changes.marked, at=at)
    session.execute(delete(Declaration).where(Declaration.submission_id == submission.id))
    store_declarations(session, [(submission.id, evidence)])


def _room_after(session: Session, submission_id: int, version: int) -> Room:
    """Return where the texts of a new version go: at places and numbers that never meant other words."""
    last = session.execute(
        select(SourceText.position, SourceText.first_paragraph, SourceText.body)
        .where(SourceText.submission_id == submission_id)
        .order_by(SourceText.position.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return Room(version)
    return Room(version, last.position, last.first_paragraph + len(paragraphs_of(last.body)))


def _replace(session: Session, gone: Sequence[StandingAnswer], version: int) -> None:
    answers = [{"answer_id": answer.id, "version": version} for answer in gone]
    texts = [
        {"source_text_id": answer.source_text_id, "version": version}
        for answer in gone
        if answer.source_text_id
    ]
    if answers:
        session.execute(insert(ReplacedAnswer), answers)
    if texts:
        session.execute(insert(ReplacedText), texts)


def _renew(
    session: Session,
    submission: Submission,
    evidence: GivenEvidence,
    was: SubmissionVersion,
    respondent_id: int,
) -> None:
    """Let the submission say what its newest version says."""
    # A clerk may have made the choice closer since: only another choice of the respondent's changes it.
    if evidence.publication is not was.publication:
        submission.publication = evidence.publication
    submission.respondent_id = respondent_id
    submission.respondent_type_id = evidence.respondent_type_id
    submission.place_id = evidence.place_id
    submission.language = evidence.language
    submission.word_count = evidence.words
    submission.words_sha256 = words_sha256(evidence.texts)
    submission.version += 1
    session.flush()  # what is read next in this transaction counts the new version


def _counts(changes: Changes, documents: DocumentChanges) -> dict[str, int]:
    return {
        "answers": len(changes.new),
        "replaced": len(changes.gone),
        "documents": len(documents.new) + len(documents.gone),
        "kept_back": len(changes.marked) + len(documents.marked),
    }
