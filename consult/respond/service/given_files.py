"""The files of a draft when it is sent or erased."""

from collections.abc import Iterator

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.evidence.extraction import Extraction
from consult.evidence.service import GivenAttachment, GivenConfidence
from consult.respond.confidences import bounds_in
from consult.respond.documents import files_sent
from consult.respond.logic import shown_questions
from consult.respond.models import DraftFile
from consult.respond.queries import CallToAnswer, DraftHeld


def given_files(session: Session, draft: DraftHeld, call: CallToAnswer) -> Iterator[GivenAttachment]:
    """Return the files of a draft as they are given: in its order, each for the question it answers.

    A file stays with a question in words that is not put any more only as a document beside the answers.
    """
    shown = shown_questions(call.questions, draft.answers)
    question_ids = {asked.slug: asked.id for asked in shown}
    sent = {each.id for each in files_sent(draft.files, call.questions, shown)}
    if not sent:
        return
    for file in files_in(session, draft.id):
        if file.id in sent:
            found = Extraction.from_json(file.extraction)
            kept_back = bounds_in(draft.confidences, found.text, document=file.sha256)
            yield GivenAttachment(
                sha256=file.sha256,
                name=file.name,
                size=file.size,
                extraction=found,
                question_id=question_ids.get(file.question),
                confidences=tuple(GivenConfidence(bounds, harm) for bounds, harm in kept_back),
            )


def files_in(session: Session, draft_id: int) -> list[DraftFile]:
    """Return the rows of a draft's files, in the order in which they were added."""
    return list(
        session.scalars(select(DraftFile).where(DraftFile.draft_id == draft_id).order_by(DraftFile.id))
    )


def erase_files(session: Session, draft_id: int) -> None:
    """Let a draft have no files any more; what nobody else names leaves the store with the next sweep."""
    gone = delete(DraftFile).where(DraftFile.draft_id == draft_id)
    session.execute(gone.execution_options(synchronize_session=False))
