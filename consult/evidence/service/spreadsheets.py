"""Store the responses of another platform's spreadsheet, and remember what its columns meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models_imports import RememberedColumns
from consult.evidence.queries.checking import key_of
from consult.evidence.rules import Channel
from consult.evidence.service.given import GivenAnswer, GivenEvidence, GivenProvenance
from consult.evidence.service.receiving import Received, lock_references, receive_many
from consult.evidence.service.respondent_types import add_missing_types, known_type, types_by_name
from consult.evidence.spreadsheets.layouts import Platform
from consult.evidence.spreadsheets.mapping import ColumnMapping
from consult.evidence.spreadsheets.rows import Reply, Response
from consult.foundation import audit
from consult.foundation.security import Actor


@dataclass(frozen=True)
class Origin:
    """Where responses come from and go to; `why_late` where some came after the call had closed."""

    platform: Platform
    call_id: int
    zone: tzinfo
    why_late: str = ""
    import_id: int | None = None


def store_responses(
    session: Session,
    responses: Sequence[Response],
    origin: Origin,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Received:
    """Store responses without problems as submissions; those already there stay as they are.

    Respondent types that the inquiry lacks are added. A thousand at a time is a good size; raises as
    `receive_many`.
    """
    # First, as whoever changes what calls ask does: two who lock them in turn would stop one another.
    lock_references(session, inquiry_id)
    names = [response.respondent_type for response in responses]
    add_missing_types(session, names, inquiry_id=inquiry_id, actor=actor, at=at)
    types = types_by_name(session, inquiry_id)
    given = [_as_given(response, types, origin, at) for response in responses]
    return receive_many(session, given, inquiry_id=inquiry_id, actor=actor, at=at)


def _as_given(response: Response, types: Mapping[str, int], origin: Origin, at: datetime) -> GivenEvidence:
    came = GivenProvenance(
        (response.sent_at or at).astimezone(origin.zone).date(),
        note=f"{origin.platform.value}, {response.key}",
        why_late=origin.why_late,
        import_id=origin.import_id,
    )
    return GivenEvidence(
        call_id=origin.call_id,
        name=response.name,
        organisation=response.organisation,
        email=response.email,
        respondent_type_id=known_type(types, response.respondent_type),
        place_id=response.place_id,
        publication=response.publication,
        language=response.language,
        title=response.title,
        answers=tuple(_as_answer(question_id, reply) for question_id, reply in response.replies.items()),
        channel=Channel.IMPORTED,
        external_key=key_of(origin.platform, response.key),
        provenance=came,
    )


def _as_answer(question_id: int, reply: Reply) -> GivenAnswer:
    return GivenAnswer(
        question_id,
        text=reply.text,
        option_ids=reply.option_ids,
        number=reply.number,
        place_id=reply.place_id,
        cells=tuple(reply.cells.items()),
    )


def remember_columns(
    session: Session,
    call_id: int,
    signature: str,
    mapping: ColumnMapping,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep what the columns mean, for the next spreadsheet with the same headings."""
    kept = session.scalar(
        select(RememberedColumns).where(
            RememberedColumns.call_id == call_id, RememberedColumns.signature == signature
        )
    )
    if kept is not None and kept.mapping == mapping.as_json():
        return
    if kept is None:
        kept = RememberedColumns(call_id=call_id, signature=signature)
        session.add(kept)
    kept.mapping, kept.saved_at = mapping.as_json(), at
    session.flush()  # the audit event names the new id
    act = audit.Act("settle columns", "column_mapping", kept.id)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
