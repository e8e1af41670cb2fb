"""What people decide about campaigns; what the machine proposes decides nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.evidence.models import Passage, Submission
from consult.evidence.models_campaigns import Campaign, CampaignDecision, CampaignMember, RepeatedPassage
from consult.evidence.queries.campaigns import letters_waiting, proposed_group
from consult.evidence.rules import SubmissionState, storable
from consult.evidence.rules_campaigns import (
    MOVED_TO_CAMPAIGN,
    CampaignVerdict,
    CountingRule,
    checked_name,
    usual_verdict,
)
from consult.evidence.service.grouping import want_campaigns
from consult.evidence.service.moves import move_all
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

AT_ONCE = 5_000
JOINED = "A letter of a confirmed campaign."
LEFT = "Taken out of its campaign."
Item = TypeVar("Item")


@dataclass(frozen=True)
class Wording:
    """How a campaign is called and counted, and why."""

    name: str
    rule: CountingRule
    note: str = ""


def confirm_campaign(
    session: Session,
    reference: str,
    wording: Wording,
    *,
    template_alone: bool = False,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Campaign:
    """Confirm that the letters grouped with this one are a campaign, of which it shows the template.

    Letters with much of their own are counted by themselves until somebody says otherwise. With
    `template_alone` the others wait to be decided one by one. NotFound where no such group waits.
    """
    _hold(session, inquiry_id)
    group = proposed_group(session, inquiry_id, reference)
    letters = letters_waiting(session, group.template_id, None)
    verdicts = {submission_id: usual_verdict(own_share) for submission_id, own_share in letters}
    verdicts = {} if template_alone else verdicts
    campaign = _made(session, wording, group.template_id, inquiry_id=inquiry_id, actor=actor, at=at)
    verdicts[group.template_id] = CampaignVerdict.IN
    _decide(session, campaign.id, verdicts, inquiry_id=inquiry_id, actor=actor, at=at)
    _told(session, "confirm campaign", campaign, {"letters": len(verdicts)}, actor=actor, at=at)
    return campaign


def refuse_group(session: Session, reference: str, *, inquiry_id: int, actor: Actor, at: datetime) -> int:
    """Say that the letters grouped with this one are no campaign; return how many.

    They are not proposed again for a new campaign. Each stays the submission that it was.
    """
    _hold(session, inquiry_id)
    group = proposed_group(session, inquiry_id, reference)
    letters = letters_waiting(session, group.template_id, None)
    verdicts = {submission_id: CampaignVerdict.NOT_IN for submission_id, _ in letters}
    _decide(session, None, verdicts, inquiry_id=inquiry_id, actor=actor, at=at)
    detail = {"reference": reference, "letters": len(verdicts)}
    act = audit.Act("refuse campaign", "submission", group.template_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return len(verdicts)


def decide_letters(
    session: Session,
    campaign_id: int,
    references: Sequence[str],
    verdict: CampaignVerdict,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Put letters into a campaign, count them by themselves or take them out; return how many changed.

    A letter of another campaign is moved. Refused for taking out the one that shows the template.
    """
    _hold(session, inquiry_id)
    campaign = _campaign(session, campaign_id, inquiry_id)
    ids = _ids_of(session, references, inquiry_id)
    if verdict is not CampaignVerdict.IN and campaign.template_id in ids:
        raise Refused("This letter shows the template of the campaign, so it stays in it.")
    _check_no_template(session, set(ids) - {campaign.template_id})
    changed = _decide(
        session, campaign.id, dict.fromkeys(ids, verdict), inquiry_id=inquiry_id, actor=actor, at=at
    )
    if changed:
        _told(
            session, "decide letters", campaign, {"letters": changed, "verdict": verdict}, actor=actor, at=at
        )
    return changed


def confirm_waiting(
    session: Session, campaign_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> int:
    """Take all letters that the machine offers to a campaign into it; return how many."""
    _hold(session, inquiry_id)
    campaign = _campaign(session, campaign_id, inquiry_id)
    letters = letters_waiting(session, campaign.template_id, campaign.id)
    verdicts = {submission_id: usual_verdict(own_share) for submission_id, own_share in letters}
    changed = _decide(session, campaign.id, verdicts, inquiry_id=inquiry_id, actor=actor, at=at)
    if changed:
        _told(
            session,
            "decide letters",
            campaign,
            {"letters": changed, "verdict": "proposed"},
            actor=actor,
            at=at,
        )
    return changed


def split_campaign(
    session: Session,
    campaign_id: int,
    references: Sequence[str],
    wording: Wording,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Campaign:
    """Make some letters of a campaign a campaign of their own; the first shows its template."""
    _hold(session, inquiry_id)
    campaign = _campaign(session, campaign_id, inquiry_id)
    ids = _ids_of(session, references, inquiry_id)
    if campaign.template_id in ids:
        raise Refused("This letter shows the template of the campaign, so it stays in it.")
    mine = select(CampaignMember.submission_id).where(CampaignMember.campaign_id == campaign.id)
    if not ids or set(ids) - set(session.scalars(mine)):
        raise BadInput("Choose letters of this campaign that are to be a campaign of their own.")
    made = _made(session, wording, ids[0], inquiry_id=inquiry_id, actor=actor, at=at)
    _decide(
        session, made.id, dict.fromkeys(ids, CampaignVerdict.IN), inquiry_id=inquiry_id, actor=actor, at=at
    )
    _told(session, "split campaign", made, {"letters": len(ids), "from": campaign.id}, actor=actor, at=at)
    return made


def change_campaign(
    session: Session, campaign_id: int, wording: Wording, *, inquiry_id: int, actor: Actor, at: datetime
) -> Campaign:
    """Change how a campaign is called and counted; every figure follows at once."""
    _hold(session, inquiry_id)
    campaign = _campaign(session, campaign_id, inquiry_id)
    before = campaign.rule
    campaign.name, campaign.rule = checked_name(storable(wording.name)), wording.rule
    campaign.note = storable(wording.note.strip())
    _told(session, "change campaign", campaign, {"from": before, "to": campaign.rule}, actor=actor, at=at)
    return campaign


def _hold(session: Session, inquiry_id: int) -> None:
    """Let one decision on an inquiry's campaigns come after the other."""
    session.scalar(select(Inquiry.id).where(Inquiry.id == inquiry_id).with_for_update())


def _campaign(session: Session, campaign_id: int, inquiry_id: int) -> Campaign:
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.inquiry_id != inquiry_id:
        raise NotFound("There is no such campaign in this inquiry.")
    return campaign


def _made(
    session: Session, wording: Wording, template_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> Campaign:
    if actor.user_id is None:
        raise Refused("Only a named member can confirm a campaign. Sign in and try again.")
    campaign = Campaign(
        inquiry_id=inquiry_id,
        name=checked_name(storable(wording.name)),
        rule=wording.rule,
        note=storable(wording.note.strip()),
        template_id=template_id,
        confirmed_by=actor.user_id,
        confirmed_at=at,
    )
    session.add(campaign)
    session.flush()  # decisions and the audit event name the new id
    return campaign


def _ids_of(session: Session, references: Sequence[str], inquiry_id: int) -> list[int]:
    found: dict[str, int] = {}
    for some in _batches(list(dict.fromkeys(references))):
        rows = select(Submission.reference, Submission.id).where(
            Submission.inquiry_id == inquiry_id, Submission.reference.in_(some)
        )
        found |= {row[0]: row[1] for row in session.execute(rows)}
    missing = [reference for reference in references if reference not in found]
    if missing:
        raise NotFound(f"There is no submission {missing[0]} in this inquiry.")
    return [found[reference] for reference in dict.fromkeys(references)]


def _check_no_template(session: Session, ids: Iterable[int]) -> None:
    shown = session.scalar(select(Campaign.name).where(Campaign.template_id.in_(ids)).limit(1))
    if shown is not None:
        raise Refused(f"One of these letters shows the template of “{shown}”, so it stays in that campaign.")


def _decide(
    session: Session,
    campaign_id: int | None,
    verdicts: Mapping[int, CampaignVerdict],
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Write decisions, and let members, marks and states follow; what stands already changes nothing."""
    if actor.user_id is None:
        raise Refused("Only a named member can decide. Sign in and try again.")
    changed = 0
    for some in _batches(list(verdicts)):
        held = _standing(session, some)
        fresh = {each: verdicts[each] for each in some if held.get(each) != (campaign_id, verdicts[each])}
        if not fresh:
            continue
        given = {"inquiry_id": inquiry_id, "campaign_id": campaign_id, "user_id": actor.user_id, "at": at}
        rows = [{**given, "submission_id": each, "verdict": verdict} for each, verdict in fresh.items()]
        session.execute(insert(CampaignDecision), rows)
        _follow(session, campaign_id, fresh, held, actor=actor, at=at)
        changed += len(fresh)
    if changed and campaign_id is not None:
        # Own words are to be told from those of another template, and repeats from other passages.
        want_campaigns(session, inquiry_id=inquiry_id, actor=actor, at=at)
    return changed


def _standing(session: Session, ids: Sequence[int]) -> dict[int, tuple[int | None, CampaignVerdict]]:
    members = select(CampaignMember).where(CampaignMember.submission_id.in_(ids))
    return {
        member.submission_id: (
            member.campaign_id,
            CampaignVerdict.BY_ITSELF if member.by_itself else CampaignVerdict.IN,
        )
        for member in session.scalars(members)
    }


def _follow(
    session: Session,
    campaign_id: int | None,
    verdicts: Mapping[int, CampaignVerdict],
    held: Mapping[int, tuple[int | None, CampaignVerdict]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Bring members, marks of repeated passages and states to what has been decided."""
    gone = [
        each
        for each, verdict in verdicts.items()
        if verdict is not CampaignVerdict.NOT_IN or held.get(each, (None,))[0] == campaign_id
    ]
    session.execute(delete(CampaignMember).where(CampaignMember.submission_id.in_(gone)))
    moved = [each for each in gone if each in held]
    session.execute(delete(RepeatedPassage).where(RepeatedPassage.passage_id.in_(_passages_of(moved))))
    taken = [each for each, verdict in verdicts.items() if verdict is not CampaignVerdict.NOT_IN]
    if taken:
        rows = [
            {"submission_id": each, "by_itself": verdicts[each] is CampaignVerdict.BY_ITSELF}
            for each in taken
        ]
        session.execute(insert(CampaignMember), [{**row, "campaign_id": campaign_id} for row in rows])
    into = Submission.id.in_(taken) & Submission.state.in_(sorted(MOVED_TO_CAMPAIGN))
    move_all(session, into, SubmissionState.CAMPAIGN, why=JOINED, actor=actor, at=at)
    left = [each for each in moved if verdicts[each] is CampaignVerdict.NOT_IN]
    out = Submission.id.in_(left) & (Submission.state == SubmissionState.CAMPAIGN)
    move_all(session, out, SubmissionState.ACCEPTED, why=LEFT, actor=actor, at=at)


def _passages_of(submission_ids: Sequence[int]) -> Select[int]:
    return select(Passage.id).where(Passage.submission_id.in_(submission_ids))


def _batches(ids: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _told(
    session: Session, verb: str, campaign: Campaign, detail: dict[str, object], *, actor: Actor, at: datetime
) -> None:
    act = audit.Act(verb, "campaign", campaign.id, detail={"rule": campaign.rule, **detail})
    audit.record(session, act, inquiry_id=campaign.inquiry_id, actor=actor, at=at)
