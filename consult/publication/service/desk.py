"""What a clerk decides at the redaction desk. Nothing is changed: a later decision undoes an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consult.evidence.models import ConfidentialPassage, SourceText, Submission
from consult.evidence.rules import Bounds, SubmissionState, quote_of, storable, trimmed
from consult.evidence.service import change_state
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor
from consult.publication.models import Redaction, RedactionDecision, RedactionProposal
from consult.publication.queries import open_count, public_spans, undone
from consult.publication.rules import AWAITS_REDACTION, Ground, Verdict
from consult.publication.service.searching import refresh_published_words


@dataclass(frozen=True)
class Words:
    """Which words of which text are to be withheld, and why."""

    source_text_id: int
    bounds: Bounds
    ground: Ground


@dataclass(frozen=True)
class About:
    """What a decision answers: a proposal, a passage in confidence, or a redaction that it replaces."""

    proposal_id: int | None = None
    confidence_id: int | None = None
    redaction_id: int | None = None


OF_ONES_OWN = About()


@dataclass(frozen=True)
class Deed:
    """One decision among several that are made at once; `words` matter where they are withheld."""

    verdict: Verdict
    about: About
    words: Words
    why: str = ""
    act_key: str | None = None


@dataclass(frozen=True)
class _Desk:
    """One text on the desk, and who decides on it when; its submission is held until the commit."""

    session: Session
    source_text_id: int
    body: str
    reference: str
    inquiry_id: int
    actor: Actor
    at: datetime

    def keep(self, verb: str, verdict: Verdict, why: str = "", **values: Any) -> RedactionDecision:
        """Store a decision and record it in the audit log."""
        decision = self.decision(verdict, why, **values)
        detail = {
            "reference": self.reference,
            "source_text": self.source_text_id,
            "published": self.source_text_id in public_spans(self.session, [self.source_text_id]),
        }
        act = audit.Act(verb, "redaction decision", decision.id, why=decision.why, detail=detail)
        audit.record(self.session, act, inquiry_id=self.inquiry_id, actor=self.actor, at=self.at)
        return decision

    def decision(self, verdict: Verdict, why: str = "", **values: Any) -> RedactionDecision:
        """Store a decision; what readers outside may search for follows at once."""
        decision = RedactionDecision(
            inquiry_id=self.inquiry_id,
            source_text_id=self.source_text_id,
            verdict=verdict,
            why=storable(why.strip()),
            user_id=self.actor.user_id,
            at=self.at,
            **values,
        )
        self.session.add(decision)
        self.session.flush()  # what is asked later in this transaction must see it
        refresh_published_words(self.session, [self.source_text_id])
        return decision

    def undo_standing(self, about: About) -> None:
        """Take back what was decided before on the same thing."""
        if about == OF_ONES_OWN:
            return
        same = {
            RedactionDecision.redaction_id: about.redaction_id,
            RedactionDecision.proposal_id: None if about.redaction_id else about.proposal_id,
            RedactionDecision.confidence_id: None if about.redaction_id else about.confidence_id,
        }
        ours = [column == value for column, value in same.items() if value is not None]
        for decision in self.session.scalars(_standing().where(*ours)).all():
            self.decision(Verdict.UNDO, "Decided anew.", undoes_id=decision.id)


def decide_all(
    session: Session, deeds: Sequence[Deed], *, inquiry_id: int, actor: Actor, at: datetime
) -> list[RedactionDecision]:
    """Make several decisions, all or none; raises as `withhold` and `release`."""
    who: dict[str, Any] = {"inquiry_id": inquiry_id, "actor": actor, "at": at}
    return [
        withhold(session, deed.words, about=deed.about, why=deed.why, act_key=deed.act_key, **who)
        if deed.verdict is Verdict.WITHHOLD
        else release(session, deed.about, why=deed.why, act_key=deed.act_key, **who)
        for deed in deeds
    ]


def withhold(
    session: Session,
    words: Words,
    *,
    about: About = OF_ONES_OWN,
    why: str = "",
    act_key: str | None = None,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> RedactionDecision:
    """Withhold words from readers outside; what was decided before on the same thing is undone.

    White space at the ends is left out. Refused when the bounds lie outside the text or hold no words,
    NotFound when the text, or what the decision is about, is not of this inquiry.
    """
    desk = _desk(session, words.source_text_id, inquiry_id, actor, at)
    done = _made(session, act_key)
    if done:
        return done
    quote_of(desk.body, words.bounds)
    bounds = trimmed(desk.body, words.bounds)
    about = _belonging(session, about, words.source_text_id)
    desk.undo_standing(about)
    redaction = _redaction(desk, bounds, words.ground)
    answered = {"proposal_id": about.proposal_id, "confidence_id": about.confidence_id}
    return desk.keep(
        "withhold words", Verdict.WITHHOLD, why, redaction_id=redaction.id, act_key=act_key, **answered
    )


def release(
    session: Session,
    about: About,
    *,
    why: str = "",
    act_key: str | None = None,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> RedactionDecision:
    """Decide that words proposed, or marked confidential by their writer, may be read outside.

    BadInput for words in confidence without a reason; NotFound for what is not of this inquiry.
    """
    desk = _desk(session, _text_of(session, about), inquiry_id, actor, at)
    done = _made(session, act_key)
    if done:
        return done
    if about.confidence_id and not why.strip():
        raise BadInput("Say why words that their writer marked confidential may be published.")
    desk.undo_standing(about)
    answered = {"proposal_id": about.proposal_id, "confidence_id": about.confidence_id}
    return desk.keep("release words", Verdict.RELEASE, why, act_key=act_key, **answered)


def undo(
    session: Session, decision_id: int, *, why: str = "", inquiry_id: int, actor: Actor, at: datetime
) -> RedactionDecision:
    """Take a decision back: what it answered is undecided again, and so withheld.

    Refused when it has been taken back already; NotFound when it is not of this inquiry.
    """
    decision = session.get(RedactionDecision, decision_id)
    if decision is None or decision.inquiry_id != inquiry_id or decision.verdict is Verdict.UNDO:
        raise NotFound("There is no such decision in this inquiry.")
    desk = _desk(session, decision.source_text_id, inquiry_id, actor, at)
    if session.scalar(select(RedactionDecision.id).where(RedactionDecision.undoes_id == decision.id)):
        raise Refused("This was taken back already. Load the page again.")
    return desk.keep("undo redaction decision", Verdict.UNDO, why, undoes_id=decision.id)


def finish(session: Session, reference: str, *, inquiry_id: int, actor: Actor, at: datetime) -> Submission:
    """Mark the redaction of a submission as done, which accepts it where it waited for this.

    Refused while anything is undecided; NotFound for a reference of another inquiry.
    """
    submission = session.scalar(
        select(Submission).where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    )
    if submission is None:
        raise NotFound(f"There is no submission {reference} in this inquiry.")
    left = open_count(session, submission.id)
    if left:
        raise Refused(f"{left} {'is' if left == 1 else 'are'} still undecided. Decide first, then finish.")
    who: dict[str, Any] = {"inquiry_id": inquiry_id, "actor": actor, "at": at}
    if submission.state in AWAITS_REDACTION:
        change_state(session, reference, SubmissionState.ACCEPTED, why="Redaction done.", **who)
    act = audit.Act("finish redaction", "submission", submission.id, detail={"reference": reference})
    audit.record(session, act, **who)
    return submission


def _desk(session: Session, source_text_id: int | None, inquiry_id: int, actor: Actor, at: datetime) -> _Desk:
    """Return a text, its submission held, so that two clerks' decisions on it come one after the other."""
    if actor.user_id is None:
        raise Refused("Only a named member can decide. Sign in and try again.")
    row = session.execute(
        select(SourceText.id, SourceText.body, Submission.reference)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(SourceText.id == source_text_id, Submission.inquiry_id == inquiry_id)
        .with_for_update(of=Submission)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such text in this inquiry.")
    return _Desk(session, row.id, row.body, row.reference, inquiry_id, actor, at)


def _redaction(desk: _Desk, bounds: Bounds, ground: Ground) -> Redaction:
    redaction = Redaction(
        inquiry_id=desk.inquiry_id,
        source_text_id=desk.source_text_id,
        start=bounds.start,
        end=bounds.end,
        ground=ground,
        user_id=desk.actor.user_id,
        at=desk.at,
    )
    desk.session.add(redaction)
    desk.session.flush()  # the decision names its id
    return redaction


def _text_of(session: Session, about: About) -> int | None:
    if about.proposal_id:
        text = select(RedactionProposal.source_text_id).where(RedactionProposal.id == about.proposal_id)
        return session.scalar(text)
    mark = select(ConfidentialPassage.source_text_id).where(ConfidentialPassage.id == about.confidence_id)
    return session.scalar(mark)


def _belonging(session: Session, about: About, source_text_id: int) -> About:
    """Return what a decision answers, which must lie in its text; a replacement answers what was answered."""
    if about.redaction_id:
        earlier = session.scalar(_standing().where(RedactionDecision.redaction_id == about.redaction_id))
        if earlier is None or earlier.source_text_id != source_text_id:
            raise NotFound("This redaction was withdrawn or is not of this text. Load the page again.")
        return About(earlier.proposal_id, earlier.confidence_id, about.redaction_id)
    if about != OF_ONES_OWN and _text_of(session, about) != source_text_id:
        raise NotFound("There is no such proposal on this text.")
    return about


def _standing() -> Select[Any]:
    return select(RedactionDecision).where(RedactionDecision.verdict != Verdict.UNDO, ~undone())


def _made(session: Session, act_key: str | None) -> RedactionDecision | None:
    """Return what this very act has already decided: a double click or a repeated request is one act."""
    if not act_key:
        return None
    return session.scalar(select(RedactionDecision).where(RedactionDecision.act_key == act_key))
