"""Carry an erasure out: every store in turn, each with what was found there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from consult.evidence.models import Respondent, Submission, SubmissionVersion
from consult.evidence.models_desk import StateMove
from consult.evidence.models_documents import Attachment
from consult.evidence.service.grouping import want_campaigns
from consult.foundation import audit
from consult.foundation.audit import AuditEvent
from consult.foundation.database import rows_changed
from consult.foundation.erasing import any_of, delete_with_all, doomed_rows
from consult.foundation.errors import NotFound
from consult.foundation.file_keeping import ERASED, named_by
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.security import SYSTEM
from consult.foundation.stores import Scope, reaching
from consult.privacy.models import Erasure, ErasureStep
from consult.privacy.rules import ErasureKind, TargetKind
from consult.privacy.service.blotting import blot_out, let_originals_go
from consult.privacy.service.guards import guards_lifted
from consult.privacy.service.ordering import targets_of
from consult.privacy.service.scanning import probes_of
from consult.privacy.service.scope import scope_of

FILES = "Files"
LOG = "Write-ahead log or dead rows of the database"
SCAN = "Found again by looking through every table"
DONE = "Done"
AUDIT_REASONS = "Reasons in the audit log"


@dataclass
class Reached:
    """What an erasure found, by store; the files to remove, and what to look for when all is done."""

    counts: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    probes: tuple[str, ...] = ()

    def add(self, counts: Mapping[str, int]) -> None:
        """Add what was found."""
        for store, count in counts.items():
            self.counts[store] = self.counts.get(store, 0) + count


def erase(session: Session, erasure_id: int, *, at: datetime) -> Reached:
    """Take away what an erasure names from every table and index, and record what was found where.

    Files are removed by the caller, after the commit. Run again it finds nothing and does no harm.
    """
    erasure = session.get(Erasure, erasure_id)
    if erasure is None:
        raise NotFound("There is no such erasure.")
    scope = scope_of(session, erasure, at=at)
    reached = Reached(probes=probes_of(scope.words, scope.addresses))
    with guards_lifted(session, erasure.id):
        if erasure.kind is ErasureKind.SUBMISSIONS:
            _erase_submissions(session, scope, reached)
        elif erasure.kind is ErasureKind.WORDS:
            _erase_words(session, scope, reached)
        elif erasure.kind is ErasureKind.ADDRESSES:
            _erase_addresses(session, scope, reached)
        elif erasure.kind is ErasureKind.ORIGINALS:
            _erase_originals(session, erasure, reached)
        else:
            _erase_reasons(session, erasure, reached, at)
    _record_steps(session, erasure.id, reached.counts, at)
    return reached


def _erase_submissions(session: Session, scope: Scope, reached: Reached) -> None:
    _reach(session, scope, reached, rows_gone=False)
    if scope.submissions:
        roots = {"submissions": scope.submissions}
        for rows in doomed_rows(session, roots):
            for which in rows.which:
                reached.files |= named_by(session, rows.table.name, which)
            kind = record_kind_of(rows.table.name)
            reasons = [(AuditEvent.record_kind == kind) & AuditEvent.record_id.in_(rows.ids)]
            reached.add({AUDIT_REASONS: audit.erase_reasons(session, or_(*reasons), at=scope.at)})
        reached.add(delete_with_all(session, roots))
        reached.add({"respondents": _erase_senders(session, scope)})
    _reach(session, scope, reached, rows_gone=True)


def record_kind_of(table: str) -> str:
    """Return the name under which the audit log knows the rows of a table."""
    return table.replace("_", " ").removesuffix("s")


def _erase_senders(session: Session, scope: Scope) -> int:
    """Erase respondents of whom nothing is left."""
    left = or_(
        exists().where(Submission.respondent_id == Respondent.id),
        exists().where(SubmissionVersion.respondent_id == Respondent.id),
    )
    mine = delete(Respondent).where(any_of(Respondent.id, scope.respondents), ~left)
    return rows_changed(session, mine) if scope.respondents else 0


def _erase_words(session: Session, scope: Scope, reached: Reached) -> None:
    of_texts = any_of(Attachment.submission_id, scope.part_of) if scope.part_of else Attachment.id < 0
    before = named_by(session, "attachments", of_texts)
    _reach(session, scope, reached, rows_gone=False)
    reached.add(blot_out(session, scope))
    reached.files |= before - named_by(session, "attachments", of_texts)
    said = [AuditEvent.why.contains(words, autoescape=True) for words in scope.words]
    if said:
        mine = AuditEvent.inquiry_id == scope.inquiry_id
        emptied = audit.erase_reasons(session, or_(*said) & mine, at=scope.at)
        reached.add({AUDIT_REASONS: emptied})
    _reach(session, scope, reached, rows_gone=True)


def _erase_addresses(session: Session, scope: Scope, reached: Reached) -> None:
    _reach(session, scope, reached, rows_gone=False)
    if scope.respondents:
        mine = update(Respondent).where(any_of(Respondent.id, scope.respondents), Respondent.email != "")
        reached.add({"respondents": rows_changed(session, mine.values(email=""))})


def _erase_originals(session: Session, erasure: Erasure, reached: Reached) -> None:
    ids = [target.record_id for target in targets_of(session, erasure.id)]
    mine = any_of(Attachment.id, ids) & (Attachment.sha256 != ERASED)
    of_submissions = set(session.scalars(select(Attachment.submission_id).where(mine)))
    names = named_by(session, "attachments", mine)
    reached.files |= names
    reached.add({"attachments": let_originals_go(session, of_submissions, names)})


def _erase_reasons(session: Session, erasure: Erasure, reached: Reached, at: datetime) -> None:
    last = next(t.record_id for t in targets_of(session, erasure.id) if t.kind is TargetKind.EVENT)
    mine = (AuditEvent.inquiry_id == erasure.inquiry_id) & (AuditEvent.id <= last)
    until = session.scalar(select(AuditEvent.at).where(AuditEvent.id == last))
    reached.add({AUDIT_REASONS: audit.erase_reasons(session, mine, at=at)})
    of_inquiry = select(Submission.id).where(Submission.inquiry_id == erasure.inquiry_id)
    moves = update(StateMove).where(
        StateMove.submission_id.in_(of_inquiry), StateMove.at <= until, StateMove.why != ""
    )
    reached.add({"state_moves": rows_changed(session, moves.values(why=""))})


def _reach(session: Session, scope: Scope, reached: Reached, *, rows_gone: bool) -> None:
    for store, reach in reaching(rows_gone=rows_gone).items():
        reached.add({store: reach(session, scope)})


def _record_steps(session: Session, erasure_id: int, counts: Mapping[str, int], at: datetime) -> None:
    rows = [
        {"erasure_id": erasure_id, "store": store, "reached": count, "at": at}
        for store, count in counts.items()
        if count
    ]
    if rows:
        session.execute(insert(ErasureStep), rows)


def finish(
    session: Session,
    erasure_id: int,
    *,
    files: int,
    scrubbed: bool,
    found_again: Mapping[str, int],
    at: datetime,
) -> None:
    """Record the last steps, let what learned from the words learn again without them, and log the end.

    Nothing happens where an earlier run has finished.
    """
    erasure = session.get_one(Erasure, erasure_id)
    if is_done(session, erasure_id):
        return
    last = {FILES: files, LOG: int(scrubbed), **{f"{SCAN}: {t}": n for t, n in found_again.items()}}
    _record_steps(session, erasure_id, last, at)
    session.add(ErasureStep(erasure_id=erasure_id, store=DONE, reached=0, at=at))
    if erasure.kind in {ErasureKind.SUBMISSIONS, ErasureKind.WORDS}:
        learn_again(session, erasure.inquiry_id, at=at)
    act = audit.Act("finish erasure", "erasure", erasure.id, detail={"kind": erasure.kind})
    audit.record(session, act, inquiry_id=erasure.inquiry_id, actor=SYSTEM, at=at)


def learn_again(session: Session, inquiry_id: int, *, at: datetime) -> None:
    """Ask for proposals and groups by models that never saw what was erased."""
    want_campaigns(session, inquiry_id=inquiry_id, actor=SYSTEM, at=at)
    if not waiting_job(session, JobName.SUGGESTIONS_WANTED, inquiry_id):
        enqueue(session, JobName.SUGGESTIONS_WANTED, {}, at=at, inquiry_id=inquiry_id)


def is_done(session: Session, erasure_id: int) -> bool:
    """Tell whether an erasure has reached its last step."""
    done = select(ErasureStep.id).where(ErasureStep.erasure_id == erasure_id, ErasureStep.store == DONE)
    return session.scalar(done.limit(1)) is not None


def unfinished(session: Session, *, before: datetime | None = None) -> Collection[int]:
    """Return the erasures that were ordered, up to a moment or at all, and are not done."""
    done = exists().where(ErasureStep.erasure_id == Erasure.id, ErasureStep.store == DONE)
    waiting = select(Erasure.id).where(~done).order_by(Erasure.id)
    if before is not None:
        waiting = waiting.where(Erasure.ordered_at < before)
    return session.scalars(waiting).all()
