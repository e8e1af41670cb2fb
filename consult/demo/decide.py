"""Code a demo submission as its author says a careful reader would."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from consult.codebook.queries import codes_of
from consult.coding.models import LatestRun, Suggestion
from consult.coding.queries.blind import kept_back
from consult.coding.rules import Verdict
from consult.coding.service import apply_code, decide_suggestion, read_passage_blind
from consult.evidence.models import Passage
from consult.evidence.queries import SubmissionRead, submission_by_reference
from consult.evidence.rules import Bounds
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.security import Actor


@dataclass(frozen=True)
class Reading:
    """One code that a careful reader sees in certain words."""

    source_text_id: int
    bounds: Bounds
    code_id: int


def decide_submission(reference: str, file: dict[str, Any], inquiry_id: int, reader: Actor) -> None:
    """Decide each suggestion by whether the reader sees its code there, then add what was not suggested."""
    with transaction() as session:
        submission = submission_by_reference(session, inquiry_id, reference)
        readings = list(readings_of(file, submission, inquiry_id))
        found = read_without_suggestions(submission.id, readings, inquiry_id, reader)
        for suggestion, passage in suggestions_on(submission.id):
            seen = [r for r in readings if r.code_id == suggestion.code_id and touches(r, passage)]
            found.update(seen)
            verdict = Verdict.ACCEPT if seen else Verdict.REJECT
            decide_suggestion(session, suggestion.id, verdict, inquiry_id=inquiry_id, actor=reader, at=now())
        for reading in (r for r in readings if r not in found):
            apply_code(
                session,
                reading.source_text_id,
                reading.bounds,
                reading.code_id,
                inquiry_id=inquiry_id,
                actor=reader,
                at=now(),
            )


def read_without_suggestions(
    submission_id: int, readings: list[Reading], inquiry_id: int, reader: Actor
) -> set[Reading]:
    """Code the passages drawn by lot as the reader sees them, and say so; return what was seen in them."""
    session = db.session()
    blind = select(Passage).where(Passage.submission_id == submission_id, kept_back()).order_by(Passage.id)
    found: set[Reading] = set()
    for passage in session.scalars(blind).all():
        seen = {reading for reading in readings if touches(reading, passage)}
        bounds = Bounds(passage.start, passage.end)
        for code_id in sorted({reading.code_id for reading in seen}):
            apply_code(
                session,
                passage.source_text_id,
                bounds,
                code_id,
                inquiry_id=inquiry_id,
                actor=reader,
                at=now(),
            )
        read_passage_blind(session, passage.id, inquiry_id=inquiry_id, actor=reader, at=now())
        found |= seen
    return found


def readings_of(file: dict[str, Any], submission: SubmissionRead, inquiry_id: int) -> Iterator[Reading]:
    """Find the words of each coding that the file names."""
    ids = {code.slug: code.id for code in codes_of(db.session(), inquiry_id)}
    texts = {answer.question.slug: answer.text for answer in submission.answers}
    for coding in file["codings"]:
        text = texts[coding["question"]]
        if text is None:
            raise LookupError(f"{submission.reference}: no text under {coding['question']}")
        start = text.body.index(coding["quote"])
        yield Reading(text.id, Bounds(start, start + len(coding["quote"])), ids[coding["code"]])


def suggestions_on(submission_id: int) -> list[tuple[Suggestion, Passage]]:
    """Return the suggestions of the latest run on a submission's passages."""
    rows = db.session.execute(
        select(Suggestion, Passage)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .join(
            LatestRun,
            (LatestRun.passage_id == Suggestion.passage_id) & (LatestRun.run_id == Suggestion.run_id),
        )
        .where(Passage.submission_id == submission_id)
        .order_by(Passage.id, Suggestion.rank)
    )
    return [(row.Suggestion, row.Passage) for row in rows]


def touches(reading: Reading, passage: Passage) -> bool:
    """Tell whether the words read and a passage share a character."""
    return (
        reading.source_text_id == passage.source_text_id
        and reading.bounds.start < passage.end
        and passage.start < reading.bounds.end
    )
