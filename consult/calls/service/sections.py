"""Verbs that write the sections of a call."""

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consult.calls.models import Question, Section
from consult.calls.rules import LONGEST_PROSE, LONGEST_TITLE, is_storable
from consult.calls.service.calls import call_held, refuse_unless_draft
from consult.calls.service.parts import put_in_order
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.security import Actor


def add_section(
    session: Session,
    title: str,
    introduction: str,
    *,
    call_id: int,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Section:
    """Add a section as the last of a draft call; BadInput names what is wrong with its words."""
    refuse_unless_draft(call_held(session, call_id, inquiry_id))
    title, introduction = _checked(title, introduction)
    position = len(_sections(session, call_id)) + 1
    section = Section(call_id=call_id, position=position, title=title, introduction=introduction)
    session.add(section)
    session.flush()  # the audit event names the new id
    act = audit.Act("add section", "section", section.id, detail={"call": call_id, "title": title})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return section


def edit_section(
    session: Session,
    section_id: int,
    title: str,
    introduction: str,
    *,
    inquiry_id: int,
    why: str = "",
    actor: Actor,
    at: datetime,
) -> Section:
    """Change the words of a section; once its call is published `why` is asked for."""
    section = _section(session, section_id, inquiry_id, draft_only=False)
    title, introduction = _checked(title, introduction)
    was = {"title": section.title, "introduction": section.introduction}
    if (title, introduction) == (section.title, section.introduction):
        return section
    section.title, section.introduction = title, introduction
    act = audit.Act("edit section", "section", section_id, why=why.strip(), detail={"was": was})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return section


def move_section(
    session: Session,
    section_id: int,
    towards: Literal["up", "down"],
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Let a section change places with its neighbour, questions and all; at the end nothing happens."""
    section = _section(session, section_id, inquiry_id)
    sections = _sections(session, section.call_id)
    here = sections.index(section)
    there = here + (-1 if towards == "up" else 1)
    if not 0 <= there < len(sections):
        return
    sections[here], sections[there] = sections[there], sections[here]
    _number(session, sections)
    _put_questions_in_order(session, section.call_id)
    act = audit.Act("move section", "section", section_id, detail={"from": here + 1, "to": there + 1})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def remove_section(session: Session, section_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> None:
    """Take a heading out of a draft; its questions join the section before it."""
    section = _section(session, section_id, inquiry_id)
    sections = _sections(session, section.call_id)
    here = sections.index(section)
    before = sections[here - 1].id if here else None
    session.execute(update(Question).where(Question.section_id == section_id).values(section_id=before))
    session.execute(delete(Section).where(Section.id == section_id))
    _number(session, [other for other in sections if other.id != section_id])
    act = audit.Act(
        "remove section", "section", section_id, detail={"call": section.call_id, "title": section.title}
    )
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def _section(session: Session, section_id: int, inquiry_id: int, *, draft_only: bool = True) -> Section:
    section = session.get(Section, section_id)
    if section is None:
        raise NotFound("There is no such section in this inquiry.")
    call = call_held(session, section.call_id, inquiry_id)
    if draft_only:
        refuse_unless_draft(call)
    return section


def _sections(session: Session, call_id: int) -> list[Section]:
    in_order = select(Section).where(Section.call_id == call_id).order_by(Section.position)
    return list(session.scalars(in_order))


def _number(session: Session, sections: list[Section]) -> None:
    # By way of negative numbers, so that no two are ever the same.
    for section in sections:
        section.position = -section.position
    session.flush()
    for position, section in enumerate(sections, start=1):
        section.position = position
    session.flush()


def _put_questions_in_order(session: Session, call_id: int) -> None:
    in_order = select(Question.id).where(Question.call_id == call_id).order_by(Question.number)
    put_in_order(session, call_id, list(session.scalars(in_order)))


def _checked(title: str, introduction: str) -> tuple[str, str]:
    title, introduction = " ".join(title.split()), introduction.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise BadInput(f"Give the section a title of 1 to {LONGEST_TITLE} characters.")
    if len(introduction) > LONGEST_PROSE or not is_storable(title + introduction):
        raise BadInput(f"Shorten the introduction to {LONGEST_PROSE:,} characters that can be stored.")
    return title, introduction
