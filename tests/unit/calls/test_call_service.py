"""Verbs on inquiries, lists and calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls import service
from consult.calls.models import Call, Inquiry, Place
from consult.calls.queries import phases_of, places_of, respondent_types_of
from consult.calls.rules import CallDetails, CallState, CallWords
from consult.foundation.audit import AuditEvent, first_break
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM
from tests.builders import NOON, Builder

DAY = timedelta(days=1)
BY = {"actor": SYSTEM, "at": NOON}
WORDS = CallWords("Who decides?", "To hear who decides.", "Anyone may answer.", "People read them.")
DETAILS = CallDetails(WORDS, NOON - DAY, NOON + DAY)


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry()


@pytest.fixture
def draft(session: Session, inquiry: Inquiry) -> Call:
    return service.prepare_call(session, DETAILS, inquiry_id=inquiry.id, **BY)


@pytest.fixture
def published(session: Session, build: Builder, draft: Call) -> Call:
    build.question(draft)
    return service.publish_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY)


def last_event(session: Session, inquiry_id: int) -> AuditEvent:
    newest = select(AuditEvent).where(AuditEvent.inquiry_id == inquiry_id).order_by(AuditEvent.id.desc())
    return session.scalars(newest).first()  # type: ignore[return-value]  # the caller has just recorded one


def test_an_inquiry_begins_its_references_with_its_own_letters(session: Session) -> None:
    made = service.create_inquiry(session, slug="local-power", title=" Local power ", **BY)
    assert (made.reference_prefix, made.title) == ("LOC", "Local power")
    assert last_event(session, made.id).verb == "create inquiry"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"slug": "Not one"}, "small letters"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\x00b"}, "cannot be stored"),
        ({"reference_prefix": "loc"}, "capitals"),
        ({"reference_prefix": "TOOLONGER"}, "capitals"),
        ({"description": "x" * 20_001}, "description"),
    ],
)
def test_an_inquiry_that_cannot_be_is_refused(session: Session, values: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        service.create_inquiry(session, **{"slug": "fine", "title": "Fine", **BY, **values})


def test_a_slug_serves_one_inquiry_only(session: Session, inquiry: Inquiry) -> None:
    with pytest.raises(BadInput, match="already an inquiry"):
        service.create_inquiry(session, slug=inquiry.slug, title="Again", **BY)


def test_lists_grow_at_their_end_and_keep_slugs_when_renamed(session: Session, inquiry: Inquiry) -> None:
    here: dict[str, Any] = {"inquiry_id": inquiry.id, **BY}
    service.add_phase(session, "Call for evidence", **here)
    cornwall = service.add_place(session, "Cornwall", **here)
    service.add_place(session, "Wigan", slug="wigan-metropolitan", **here)
    service.add_respondent_type(session, "Community organisation", slug="community_organisation", **here)
    service.rename_place(session, cornwall.id, "  Cornwall   (Kernow) ", **here)
    assert [(p.slug, p.name) for p in places_of(session, inquiry.id)] == [
        ("cornwall", "Cornwall (Kernow)"),
        ("wigan-metropolitan", "Wigan"),
    ]
    assert last_event(session, inquiry.id).detail == {"was": "Cornwall", "is": "Cornwall (Kernow)"}
    assert [t.slug for t in respondent_types_of(session, inquiry.id)] == ["community_organisation"]
    assert [p.title for p in phases_of(session, inquiry.id)] == ["Call for evidence"]


@pytest.mark.parametrize("words", ["", "   ", "x" * 201, "a\x00", "CORNWALL"])
def test_an_entry_without_a_name_of_its_own_is_refused(
    session: Session, inquiry: Inquiry, words: str
) -> None:
    service.add_place(session, "Cornwall", inquiry_id=inquiry.id, **BY)
    with pytest.raises(BadInput):
        service.add_place(session, words, inquiry_id=inquiry.id, **BY)
    assert len(places_of(session, inquiry.id)) == 1


def test_renaming_to_the_same_name_records_nothing(session: Session, inquiry: Inquiry) -> None:
    place = service.add_place(session, "Cornwall", inquiry_id=inquiry.id, **BY)
    service.rename_place(session, place.id, "Cornwall", inquiry_id=inquiry.id, **BY)
    assert last_event(session, inquiry.id).verb == "add place"


def test_an_entry_of_another_inquiry_is_not_there(session: Session, build: Builder, inquiry: Inquiry) -> None:
    elsewhere = build.place(build.inquiry())
    with pytest.raises(NotFound):
        service.rename_place(session, elsewhere.id, "Mine now", inquiry_id=inquiry.id, **BY)
    assert session.get_one(Place, elsewhere.id).name != "Mine now"


def test_a_call_gets_an_address_from_its_title_that_no_other_has(
    session: Session, inquiry: Inquiry, draft: Call
) -> None:
    again = service.prepare_call(session, DETAILS, inquiry_id=inquiry.id, **BY)
    assert (draft.slug, again.slug) == ("who-decides", "who-decides-2")
    assert draft.state is CallState.DRAFT


def test_an_address_asked_for_must_be_free(session: Session, inquiry: Inquiry, draft: Call) -> None:
    with pytest.raises(BadInput, match="Another call"):
        service.prepare_call(session, replace(DETAILS, slug=draft.slug), inquiry_id=inquiry.id, **BY)


def test_a_phase_of_another_inquiry_cannot_be_chosen(
    session: Session, build: Builder, inquiry: Inquiry
) -> None:
    elsewhere = build.phase(build.inquiry())
    with pytest.raises(NotFound):
        service.prepare_call(session, replace(DETAILS, phase_id=elsewhere.id), inquiry_id=inquiry.id, **BY)


@pytest.mark.parametrize(
    "details",
    [
        replace(DETAILS, words=replace(WORDS, title="")),
        replace(DETAILS, words=replace(WORDS, terms="\x00")),
        replace(DETAILS, closes_at=NOON - DAY),
        replace(DETAILS, slug="A B"),
    ],
)
def test_a_call_that_cannot_be_is_refused_and_nothing_is_stored(
    session: Session, inquiry: Inquiry, details: CallDetails
) -> None:
    with pytest.raises(BadInput):
        service.prepare_call(session, details, inquiry_id=inquiry.id, **BY)
    session.rollback()
    assert session.scalars(select(Call).where(Call.inquiry_id == inquiry.id)).all() == []


def test_a_draft_changes_freely_and_the_log_keeps_what_it_said(session: Session, draft: Call) -> None:
    details = replace(DETAILS, words=replace(WORDS, terms="Adults only."), slug="power", opens_at=NOON)
    service.edit_call(session, draft.id, details, inquiry_id=draft.inquiry_id, **BY)
    event = last_event(session, draft.inquiry_id)
    assert (draft.slug, draft.terms) == ("power", "Adults only.")
    assert set(event.detail["was"]) == {"terms", "slug", "opens_at"}
    assert event.detail["was"]["terms"] == "Anyone may answer."


def test_saving_a_call_unchanged_records_nothing(session: Session, draft: Call) -> None:
    service.edit_call(session, draft.id, DETAILS, inquiry_id=draft.inquiry_id, **BY)
    assert last_event(session, draft.inquiry_id).verb == "prepare call"


def test_a_draft_without_questions_cannot_be_published(session: Session, draft: Call) -> None:
    with pytest.raises(BadInput) as refused:
        service.publish_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY)
    assert refused.value.problems == ["Add at least one question."]
    assert draft.state is CallState.DRAFT


def test_a_call_is_published_once(session: Session, published: Call) -> None:
    assert published.state is CallState.PUBLISHED
    with pytest.raises(Refused, match="already"):
        service.publish_call(session, published.id, inquiry_id=published.inquiry_id, **BY)


def test_a_published_call_keeps_its_address_and_dates(session: Session, published: Call) -> None:
    for details in (
        replace(DETAILS, slug="other"),
        replace(DETAILS, opens_at=NOON),
        replace(DETAILS, closes_at=NOON + 9 * DAY),
    ):
        with pytest.raises(Refused):
            service.edit_call(
                session, published.id, details, inquiry_id=published.inquiry_id, why="To try", **BY
            )


def test_a_published_call_goes_on_to_take_as_many_documents(session: Session, published: Call) -> None:
    with pytest.raises(Refused, match="as many documents"):
        service.edit_call(
            session,
            published.id,
            replace(DETAILS, most_documents=1),
            inquiry_id=published.inquiry_id,
            why="We want papers too.",
            **BY,
        )


def test_a_published_calls_words_are_mended_only_with_a_reason(session: Session, published: Call) -> None:
    mended = replace(DETAILS, words=replace(WORDS, title="Who decides"))
    with pytest.raises(BadInput, match="Say why"):
        service.edit_call(session, published.id, mended, inquiry_id=published.inquiry_id, why="  ", **BY)
    service.edit_call(
        session, published.id, mended, inquiry_id=published.inquiry_id, why="A slip of the pen", **BY
    )
    event = last_event(session, published.inquiry_id)
    assert (event.why, event.detail) == ("A slip of the pen", {"was": {"title": "Who decides?"}})


def test_a_call_is_extended_to_a_later_date_only(session: Session, published: Call) -> None:
    with pytest.raises(BadInput):
        service.extend_call(session, published.id, NOON, inquiry_id=published.inquiry_id, **BY)
    with pytest.raises(BadInput):
        service.extend_call(session, published.id, published.closes_at, inquiry_id=published.inquiry_id, **BY)
    service.extend_call(session, published.id, NOON + 9 * DAY, inquiry_id=published.inquiry_id, **BY)
    assert published.closes_at == NOON + 9 * DAY


def test_closing_takes_effect_at_once_and_extending_opens_again(session: Session, published: Call) -> None:
    service.close_call(session, published.id, inquiry_id=published.inquiry_id, why="Enough", **BY)
    assert (published.state, published.closes_at) == (CallState.CLOSED, NOON)
    with pytest.raises(Refused, match="closed already"):
        service.close_call(session, published.id, inquiry_id=published.inquiry_id, **BY)
    service.extend_call(
        session, published.id, NOON + timedelta(hours=1), inquiry_id=published.inquiry_id, **BY
    )
    assert published.state is CallState.PUBLISHED
    assert last_event(session, published.inquiry_id).detail["was"]["state"] == "closed"


def test_a_call_closed_before_it_opened_keeps_its_dates(session: Session, published: Call) -> None:
    early = {**BY, "at": published.opens_at - DAY}
    service.close_call(session, published.id, inquiry_id=published.inquiry_id, **early)  # type: ignore[arg-type]  # a test's keywords
    assert published.closes_at > published.opens_at


@pytest.mark.parametrize("verb", [service.close_call, service.publish_call])
def test_a_call_of_another_inquiry_is_not_there(
    session: Session, build: Builder, published: Call, verb: Callable[..., Call]
) -> None:
    with pytest.raises(NotFound):
        verb(session, published.id, inquiry_id=build.inquiry().id, **BY)


def test_a_draft_is_neither_extended_nor_closed(session: Session, draft: Call) -> None:
    with pytest.raises(Refused):
        service.close_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY)
    with pytest.raises(Refused):
        service.extend_call(session, draft.id, NOON + 9 * DAY, inquiry_id=draft.inquiry_id, **BY)


def test_every_act_on_a_call_is_in_an_unbroken_chain(session: Session, published: Call) -> None:
    verbs = session.scalars(
        select(AuditEvent.verb).where(AuditEvent.inquiry_id == published.inquiry_id).order_by(AuditEvent.id)
    ).all()
    assert verbs == ["prepare call", "publish call"]
    assert first_break(session, published.inquiry_id) is None
