"""Keep what the machine found about letters, and which passages of campaigns repeat their template."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import Passage
from consult.evidence.models_campaigns import (
    Campaign,
    CampaignMember,
    CampaignProposal,
    CampaignRun,
    RepeatedPassage,
)
from consult.evidence.queries.letters import Finding
from consult.evidence.queries.standing import in_cut, passage_stands
from consult.foundation import audit
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.security import Actor

_WORD = re.compile(r"\w+")
LETTERS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Grouping:
    """What a run is recorded under: the library's finder with its settings, and what it read."""

    finder: str
    finder_version: str
    settings: dict[str, Any]
    letters: int
    last_submission_id: int


def want_campaigns(session: Session, *, inquiry_id: int, actor: Actor, at: datetime) -> Job:
    """Ask for the letters to be grouped again; asking twice is asking once."""
    waiting = waiting_job(session, JobName.CAMPAIGNS_WANTED, inquiry_id)
    return waiting or enqueue(
        session,
        JobName.CAMPAIGNS_WANTED,
        {},
        at=at,
        inquiry_id=inquiry_id,
        requested_by=actor.user_id,
    )


def start_grouping(
    session: Session, grouping: Grouping, *, inquiry_id: int, actor: Actor, at: datetime
) -> CampaignRun:
    """Record that the machine has grouped an inquiry's letters."""
    run = CampaignRun(
        inquiry_id=inquiry_id,
        finder=grouping.finder,
        finder_version=grouping.finder_version,
        settings=grouping.settings,
        letters=grouping.letters,
        last_submission_id=grouping.last_submission_id,
        found_at=at,
    )
    session.add(run)
    session.flush()  # the audit event names the new id
    act = audit.Act("group letters", "campaign run", run.id, detail={"letters": grouping.letters})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return run


def record_findings(session: Session, run_id: int, findings: Mapping[int, Finding]) -> int:
    """Record what a run found on each letter, by submission; return how many.

    It holds until a later run finds something else. It decides nothing: a person does.
    """
    rows = [
        {
            "run_id": run_id,
            "submission_id": submission_id,
            "template_id": finding.template_id,
            "similarity": finding.similarity,
            "own_share": finding.own_share,
            "own": [list(span) for span in finding.own],
        }
        for submission_id, finding in findings.items()
    ]
    if rows:
        session.execute(insert(CampaignProposal), rows)
    return len(rows)


def mark_repeated(session: Session, campaign_id: int) -> int:
    """Mark the cut passages of a campaign's letters that have the words of one of its template's.

    Case, punctuation and white space make no difference. Doing it again changes only what has changed; what a
    letter no longer has in common is unmarked. Returns how many are marked.
    """
    campaign = session.get_one(Campaign, campaign_id)
    words = _passages(session, [campaign.template_id])
    template = {key: passage_id for passage_id, key in reversed(words)}
    letters = session.scalars(
        select(CampaignMember.submission_id)
        .where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.submission_id != campaign.template_id
        )
        .order_by(CampaignMember.submission_id)
    ).all()
    wanted = dict(_repeats(session, letters, template))
    marks = select(RepeatedPassage.passage_id, RepeatedPassage.template_passage_id)
    held = {
        row[0]: row[1] for row in session.execute(marks.where(RepeatedPassage.campaign_id == campaign_id))
    }
    _unmark(session, [passage for passage in held if wanted.get(passage) != held[passage]])
    fresh = [passage for passage in wanted if held.get(passage) != wanted[passage]]
    _unmark(session, fresh)  # those that another campaign had marked, before a letter was moved
    if fresh:
        rows = [
            {"passage_id": passage, "template_passage_id": wanted[passage], "campaign_id": campaign_id}
            for passage in fresh
        ]
        session.execute(insert(RepeatedPassage), rows)
    return len(wanted)


def _repeats(
    session: Session, letters: Sequence[int], template: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    for start in range(0, len(letters), LETTERS_AT_ONCE):
        for passage_id, key in _passages(session, letters[start : start + LETTERS_AT_ONCE]):
            if key in template:
                yield passage_id, template[key]


def _passages(session: Session, submission_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return the cut passages of submissions in order, each with its words as they are compared."""
    rows = session.execute(
        select(Passage.id, Passage.quote)
        .where(Passage.submission_id.in_(submission_ids), in_cut(), passage_stands())
        .order_by(Passage.id)
    )
    return [(row.id, key) for row in rows if (key := words_compared(row.quote))]


def words_compared(text: str) -> str:
    """Return the words of a text without case, punctuation and white space."""
    return " ".join(_WORD.findall(text.casefold()))


def _unmark(session: Session, passage_ids: Sequence[int]) -> None:
    for start in range(0, len(passage_ids), LETTERS_AT_ONCE):
        some = passage_ids[start : start + LETTERS_AT_ONCE]
        session.execute(delete(RepeatedPassage).where(RepeatedPassage.passage_id.in_(some)))
