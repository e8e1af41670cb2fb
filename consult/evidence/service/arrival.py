"""What is noticed when evidence arrives: that it is like other evidence, that it is late, that a bot sent it.

Nothing here refuses or hides anything: it says where a submission begins on the desk and what to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import Respondent, Submission
from consult.evidence.models_desk import Mark, Provenance, StateMove
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_desk import MarkKind
from consult.evidence.service.given import GivenEvidence
from consult.evidence.service.storing import table_of
from consult.foundation.security import SYSTEM

SCAN = "A document in it is a picture of pages: somebody has to type what it says."
SAME_WORDS = "The same words have arrived before."
SAME_ADDRESS = "Evidence has come from the same e-mail address before."


@dataclass(frozen=True)
class Arrival:
    """Where one submission begins: the hash of its words, and an earlier one that it is like."""

    words_sha256: str | None
    like: str = ""
    why: str = ""
    has_scan: bool = False

    @property
    def state(self) -> SubmissionState:
        """Return the state in which it arrives."""
        if self.like:
            return SubmissionState.POSSIBLE_DUPLICATE
        return SubmissionState.NEEDS_TRANSCRIPTION if self.has_scan else SubmissionState.NEW


def arrivals(
    session: Session, batch: Sequence[GivenEvidence], references: Sequence[str], inquiry_id: int
) -> list[Arrival]:
    """Compare a batch with what is there and within itself, by two indexed reads."""
    hashes = [evidence.words_sha256 for evidence in batch]
    words = _by_words(session, {each for each in hashes if each}, inquiry_id)
    addresses = _by_address(session, batch, inquiry_id)
    found = []
    for evidence, sha256, reference in zip(batch, hashes, references, strict=True):
        same_words = words.setdefault(sha256, reference) if sha256 else reference
        address = _address_of(evidence)
        same_address = addresses.setdefault(address, reference) if address[1] else reference
        if same_words != reference:
            found.append(Arrival(sha256, same_words, SAME_WORDS))
        elif same_address != reference:
            found.append(Arrival(sha256, same_address, SAME_ADDRESS))
        else:
            found.append(Arrival(sha256, why=SCAN, has_scan=evidence.needs_transcription))
    return found


def _address_of(evidence: GivenEvidence) -> tuple[int, str]:
    return evidence.call_id, evidence.email.strip().lower()


def _by_words(session: Session, hashes: set[str], inquiry_id: int) -> dict[str, str]:
    if not hashes:
        return {}
    rows = session.execute(
        select(Submission.words_sha256, Submission.reference)
        .where(
            Submission.inquiry_id == inquiry_id,
            Submission.words_sha256.in_(hashes),
            Submission.state != SubmissionState.WITHDRAWN,
        )
        .order_by(Submission.id.desc())
    )
    # The earliest comes last and so prevails.
    return {sha256: reference for sha256, reference in rows if sha256}


def _by_address(
    session: Session, batch: Sequence[GivenEvidence], inquiry_id: int
) -> dict[tuple[int, str], str]:
    typed = {evidence.email.strip() for evidence in batch} - {""}
    # An index serves exact words only; a telephone's keyboard begins an address with a capital.
    lower = {address.lower() for address in typed}
    written = typed | lower | {address.capitalize() for address in lower}
    if not typed:
        return {}
    rows = session.execute(
        select(Submission.call_id, Respondent.email, Submission.reference)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .where(
            Respondent.inquiry_id == inquiry_id,
            Respondent.email.in_(written),
            Submission.state != SubmissionState.WITHDRAWN,
        )
        .order_by(Submission.id.desc())
    )
    return {(call_id, email.strip().lower()): reference for call_id, email, reference in rows}


def note_arrivals(
    session: Session,
    stored: Sequence[tuple[int, GivenEvidence, Arrival]],
    *,
    inquiry_id: int,
    at: datetime,
) -> None:
    """Keep what was noticed about submissions just stored."""
    _insert(session, StateMove, _moves_of(session, stored, inquiry_id, at))
    marks = [
        {"submission_id": submission_id, "kind": mark.kind, "note": mark.note}
        for submission_id, evidence, _ in stored
        for mark in {mark.kind: mark for mark in evidence.marks}.values()
    ]
    came = [
        (submission_id, evidence.provenance) for submission_id, evidence, _ in stored if evidence.provenance
    ]
    late = [
        {"submission_id": submission_id, "kind": MarkKind.LATE, "note": provenance.why_late}
        for submission_id, provenance in came
        if provenance.why_late
    ]
    _insert(session, Mark, marks + late)
    provenances = [
        {
            "submission_id": submission_id,
            "received_on": provenance.received_on,
            "event_session_id": provenance.event_session_id,
            "choice_known": provenance.choice_known,
            "note": provenance.note,
            "import_id": provenance.import_id,
        }
        for submission_id, provenance in came
    ]
    _insert(session, Provenance, provenances)


def _moves_of(
    session: Session,
    stored: Sequence[tuple[int, GivenEvidence, Arrival]],
    inquiry_id: int,
    at: datetime,
) -> list[dict[str, Any]]:
    alike = [
        (submission_id, arrival) for submission_id, _, arrival in stored if arrival.like or arrival.has_scan
    ]
    if not alike:
        return []
    named = select(Submission.reference, Submission.id).where(
        Submission.inquiry_id == inquiry_id,
        Submission.reference.in_({each.like for _, each in alike if each.like}),
    )
    ids: dict[str, int] = dict(session.execute(named).all())
    return [
        {
            "submission_id": submission_id,
            "from_state": SubmissionState.NEW,
            "to_state": arrival.state,
            "why": arrival.why,
            "like_id": ids.get(arrival.like),
            "actor_kind": SYSTEM.kind,
            "at": at,
        }
        for submission_id, arrival in alike
    ]


def _insert(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table_of(model)), list(rows))
