"""Group letters on one template by nlp, and keep what it finds as proposals.

What people have confirmed is given to it as known templates, and members are only compared with their own: so
no decision changes, confirmed campaigns never merge, and new letters are offered to them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from consult.assist.bridge import Tell
from consult.assist.rules import joined, placed
from consult.evidence.queries.letters import (
    Confirmed,
    Finding,
    Letter,
    confirmed_campaigns,
    findings_of,
    held_letters,
    letters_to_group,
    prompts_of,
)
from consult.evidence.rules_campaigns import is_time_to_group
from consult.evidence.service.grouping import Grouping, mark_repeated, record_findings, start_grouping
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.security import Actor

if TYPE_CHECKING:
    from nlp.duplicates import DuplicateFinder, Group

FINDINGS_AT_ONCE = 2_000
ALONE = Finding(None)


@dataclass(frozen=True)
class Grouped:
    """What a run did: how many letters it read and of how many it found something new."""

    letters: int
    changed: int


def group_waiting(inquiry_id: int, tell: Tell, *, actor: Actor, again: bool = False) -> Grouped:
    """Group an inquiry's letters if enough are new, or `again` in any case, then mark what repeats."""
    session = db.session()
    due = again or is_time_to_group(held_letters(session, inquiry_id))
    grouped = group_letters(inquiry_id, tell, actor=actor) if due else Grouped(0, 0)
    campaigns = confirmed_campaigns(db.session(), inquiry_id).templates
    for done, campaign_id in enumerate(campaigns, start=1):
        with transaction() as writing:
            mark_repeated(writing, campaign_id)
        tell(done, len(campaigns), "Repeated passages found.")
    return grouped


def group_letters(inquiry_id: int, tell: Tell, *, actor: Actor) -> Grouped:
    """Group all letters and record what differs from what was last found."""
    from nlp.duplicates import DuplicateFinder

    session = db.session()
    letters = letters_to_group(session, inquiry_id)
    if not letters:
        return Grouped(0, 0)
    tell(0, len(letters), "Letters read.")
    finder = DuplicateFinder(ignored=prompts_of(session, inquiry_id))
    found = dict(_findings(finder, letters, confirmed_campaigns(session, inquiry_id), tell))
    before = findings_of(session, inquiry_id)
    changed = {key: new for key, new in found.items() if before.get(key, ALONE) != new}
    changed |= {key: ALONE for key, old in before.items() if key not in found and old != ALONE}
    grouping = Grouping(
        finder.name, finder.version, finder.settings(), len(letters), letters[-1].submission_id
    )
    with transaction() as writing:
        run_id = start_grouping(writing, grouping, inquiry_id=inquiry_id, actor=actor, at=now()).id
    _record(run_id, changed, tell)
    return Grouped(len(letters), len(changed))


def _record(run_id: int, changed: dict[int, Finding], tell: Tell) -> None:
    waiting, done = iter(sorted(changed.items())), 0
    while batch := dict(islice(waiting, FINDINGS_AT_ONCE)):
        with transaction() as session:
            done += record_findings(session, run_id, batch)
        tell(done, len(changed), "Similar letters grouped.")


def _findings(
    finder: "DuplicateFinder", letters: Sequence[Letter], confirmed: Confirmed, tell: Tell
) -> Iterator[tuple[int, Finding]]:
    """Yield what is found on every letter that follows another or is a member, by submission."""
    by_id = {letter.submission_id: letter for letter in letters}
    shown = [by_id[template] for template in confirmed.templates.values() if template in by_id]
    templates = {letter.submission_id for letter in shown}
    loose = [
        letter
        for letter in letters
        if letter.submission_id not in confirmed.members and letter.submission_id not in templates
    ]
    given = [*shown, *loose]
    groups = finder.group(
        [joined(letter.texts) for letter in given],
        lambda said: tell(0, len(letters), f"{said[:1].upper()}{said[1:]}."),
        range(len(shown)),
    )
    yield from _in_groups(groups, given)
    yield from _of_members(finder, by_id, confirmed)


def _in_groups(groups: "Iterable[Group]", given: Sequence[Letter]) -> Iterator[tuple[int, Finding]]:
    for group in groups:
        template_id = given[group.template].submission_id
        for member in group.members:
            letter = given[member.index]
            own = placed(((span.start, span.end) for span in member.own), letter.texts)
            finding = Finding(template_id, round(member.similarity, 4), round(member.own_share, 4), own)
            yield letter.submission_id, finding


def _of_members(
    finder: "DuplicateFinder", by_id: dict[int, Letter], confirmed: Confirmed
) -> Iterator[tuple[int, Finding]]:
    """Yield how each member compares with its own campaign's template, whatever else it is like."""
    of_campaign: dict[int, list[Letter]] = {}
    for submission_id, campaign_id in confirmed.members.items():
        if submission_id in by_id:
            of_campaign.setdefault(campaign_id, []).append(by_id[submission_id])
    for campaign_id, members in of_campaign.items():
        template_id = confirmed.templates[campaign_id]
        if template_id not in by_id:
            continue
        compared = finder.compare(
            joined(by_id[template_id].texts), [joined(member.texts) for member in members]
        )
        for letter, member in zip(members, compared, strict=True):
            own = placed(((span.start, span.end) for span in member.own), letter.texts)
            finding = Finding(template_id, round(member.similarity, 4), round(member.own_share, 4), own)
            yield letter.submission_id, finding
