"""What goes out in a batch, what stops it, and what the public pages show of it from then on."""

import pytest

from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import Respondent
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.evidence.service import (
    GivenAnswer,
    GivenAttachment,
    change_state,
    record_publication_choice,
)
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.publication import queries, service
from consult.publication.queries import Gone, PublicEvidence, Wanted
from consult.publication.rules import Flag
from consult.publication.service import About
from tests.unit.publication.conftest import Desk

WITHOUT = PublicationChoice.WITHOUT_NAME


def page(desk: Desk, submission: object) -> PublicEvidence:
    found = queries.evidence_page(desk.session, desk.inquiry.id, submission.reference)  # type: ignore[attr-defined]  # a submission
    assert isinstance(found, PublicEvidence)
    return found


def words_of(found: PublicEvidence) -> str:
    return "\n".join(
        run.words for part in found.parts for each in part.paragraphs for run in each.runs
    )  # fmt: skip


def search(desk: Desk, words: str) -> list[str]:
    entries, count = queries.public_entries(desk.session, desk.inquiry.id, Wanted(words=words), 1)
    assert count == len(entries)
    return [entry.reference for entry in entries]


def flags(desk: Desk, submission: object) -> tuple[Flag, ...]:
    (going,) = queries.going_out(desk.session, desk.inquiry.id, [submission.id])  # type: ignore[attr-defined]  # as above
    return going.flags


def test_a_published_page_shows_what_may_be_read_with_stable_paragraph_numbers(desk: Desk) -> None:
    sent = desk.send("First.\n\nSecond, by Mrs Jones.", "Third.")
    desk.withhold(sent, "Mrs Jones", About(proposal_id=desk.propose(sent, "Mrs Jones")))
    desk.publish(sent)
    found = page(desk, sent)
    assert words_of(found) == "First.\nSecond, by \n[Personal information removed]\n.\nThird."
    assert [each.number for part in found.parts for each in part.paragraphs] == [1, 2, 3]
    assert (found.version, found.who, found.held_back) == (1, "Mary Smith", False)


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"publication": PublicationChoice.NOT_PUBLISHED}, Flag.NOT_AGREED),
        ({"state": SubmissionState.OUT_OF_SCOPE}, Flag.SET_ASIDE),
        ({"state": SubmissionState.WITHDRAWN}, Flag.SET_ASIDE),
        ({"state": SubmissionState.NEW}, Flag.NOT_ACCEPTED),
    ],
)
def test_some_things_stop_publication_whatever_the_reason(
    desk: Desk, changes: dict[str, object], flag: Flag
) -> None:
    sent = desk.send(**changes)  # type: ignore[arg-type]  # values of several types
    assert flag in flags(desk, sent)
    with pytest.raises(Refused, match=sent.reference):
        desk.publish(sent, passed_over="I insist.")


def test_what_is_undecided_stops_publication_until_it_is_passed_over_and_then_stays_withheld(
    desk: Desk,
) -> None:
    sent = desk.send(marked="They threatened me.")
    proposal = desk.propose(sent, "Mrs Jones")
    with pytest.raises(Refused, match="undecided"):
        desk.publish(sent)
    desk.publish(sent, passed_over="The chair needs it today.")
    assert "Mrs Jones" not in words_of(page(desk, sent))
    assert "threatened" not in words_of(page(desk, sent))
    desk.release(About(proposal_id=proposal))
    assert "Mrs Jones" not in words_of(page(desk, sent)), "what did not go out needs publishing again"
    desk.release(About(confidence_id=desk.mark_of(sent)), why="Agreed.")
    desk.publish(sent)
    assert "Mrs Jones" in words_of(page(desk, sent))
    assert page(desk, sent).version == 2


def test_what_is_withheld_after_publication_disappears_at_once_from_page_list_and_search(desk: Desk) -> None:
    sent = desk.send("Zanzibar House stands empty.")
    desk.publish(sent)
    assert search(desk, "zanzibar") == [sent.reference]
    desk.withhold(sent, "Zanzibar House")
    assert "Zanzibar" not in words_of(page(desk, sent))
    assert search(desk, "zanzibar") == []
    (entry,), _ = queries.public_entries(desk.session, desk.inquiry.id, Wanted(), 1)
    assert "Zanzibar" not in entry.opening
    assert [each.reference for each in queries.changed_since(desk.session, desk.inquiry.id)] == [
        sent.reference
    ]


def test_search_finds_no_withheld_word_and_joins_no_words_across_one(desk: Desk) -> None:
    sent = desk.send("The café on Mrs Jones street closed.")
    desk.propose(sent, "Mrs Jones")
    desk.publish(sent, passed_over="Later.")
    assert search(desk, "jones") == []
    assert search(desk, '"on street"') == []
    assert search(desk, "CAFE closed") == [sent.reference]
    assert search(desk, '"café on"') == [sent.reference]
    assert search(desk, "caf") == []
    assert search(desk, "100%_\\") == []


def test_an_answer_not_to_be_published_and_an_answer_without_name_stay_off_a_page_with_name(
    desk: Desk,
) -> None:
    questions = [desk.build.question(desk.call) for _ in range(3)]
    choices = [None, PublicationChoice.NOT_PUBLISHED, WITHOUT]
    given = [
        GivenAnswer(question.id, f"Answer {number}.", publication=choice)
        for number, (question, choice) in enumerate(zip(questions, choices, strict=True))
    ]
    named = desk.build.evidence(desk.call, *given)
    nameless = desk.build.evidence(desk.call, *given, publication=WITHOUT, name="Ogden Quill")
    for sent in (named, nameless):
        sent.state = SubmissionState.ACCEPTED
        desk.read(sent)
    desk.session.commit()
    desk.publish(named, nameless)
    assert words_of(page(desk, named)) == "Answer 0."
    assert words_of(page(desk, nameless)) == "Answer 0.\nAnswer 2."
    assert page(desk, named).held_back
    assert page(desk, nameless).who == ""


def test_a_name_in_the_words_of_evidence_without_name_stops_publication(desk: Desk) -> None:
    sent = desk.send("As ogden quill I object.", publication=WITHOUT, name="Ogden Quill, Chair")
    assert flags(desk, sent) == (Flag.NAME_SHOWN,)
    desk.withhold(sent, "ogden quill")
    assert flags(desk, sent) == ()


def test_what_the_machine_has_not_read_is_said(desk: Desk) -> None:
    sent = desk.build.submission(desk.call, "Not read.")
    sent.state = SubmissionState.ACCEPTED
    desk.session.commit()
    assert flags(desk, sent) == (Flag.UNREAD,)


def test_what_changed_after_the_preview_is_not_published(desk: Desk) -> None:
    sent = desk.send()
    looked_at = queries.fingerprint(queries.going_out(desk.session, desk.inquiry.id, [sent.id]))
    made = desk.withhold(sent, "the bus")
    with pytest.raises(Refused, match="changed since you looked"):
        desk.publish(sent, looked_at=looked_at)
    service.undo(desk.session, made.id, **desk.who())
    desk.publish(sent, looked_at=looked_at)


def test_evidence_taken_back_says_why_and_can_go_out_again(desk: Desk) -> None:
    sent = desk.send()
    desk.publish(sent)
    with pytest.raises(BadInput, match="Say why"):
        service.unpublish(desk.session, sent.reference, why=" ", **desk.who())
    service.unpublish(desk.session, sent.reference, why="A name was overlooked.", **desk.who())
    gone = queries.evidence_page(desk.session, desk.inquiry.id, sent.reference)
    assert isinstance(gone, Gone)
    assert gone.why == "A name was overlooked."
    assert search(desk, "bus") == []
    with pytest.raises(NotFound):
        service.unpublish(desk.session, sent.reference, why="Again.", **desk.who())
    desk.publish(sent)
    assert page(desk, sent).version == 2
    assert search(desk, "bus") == [sent.reference]


def test_what_was_never_published_looks_like_what_never_was(desk: Desk) -> None:
    sent = desk.send()
    for reference in (sent.reference, "LOC9999"):
        with pytest.raises(NotFound, match="no published evidence under this reference"):
            queries.evidence_page(desk.session, desk.inquiry.id, reference)


def test_a_closer_choice_or_a_withdrawal_takes_evidence_off_the_pages_at_once(desk: Desk) -> None:
    chosen, withdrawn, kept = desk.send(), desk.send(), desk.send()
    desk.publish(chosen, withdrawn, kept)
    record_publication_choice(
        desk.session, chosen.reference, PublicationChoice.NOT_PUBLISHED, why="Asked.", **desk.who()
    )
    change_state(
        desk.session, withdrawn.reference, SubmissionState.OUT_OF_SCOPE, why="Not ours.", **desk.who()
    )
    entries, count = queries.public_entries(desk.session, desk.inquiry.id, Wanted(), 1)
    assert [entry.reference for entry in entries] == [kept.reference]
    assert count == 1
    for sent in (chosen, withdrawn):
        assert isinstance(queries.evidence_page(desk.session, desk.inquiry.id, sent.reference), Gone)
    listed, _nameless = queries.respondents_listed(desk.session, desk.inquiry.id)
    assert [each.references for each in listed] == [(kept.reference,)]


def test_a_page_that_went_out_with_name_is_gone_when_its_writer_wants_none_until_somebody_looks(
    desk: Desk,
) -> None:
    sent = desk.send("Words of Mary Smith.")
    desk.publish(sent)
    record_publication_choice(desk.session, sent.reference, WITHOUT, why="Telephoned.", **desk.who())
    desk.session.commit()
    assert isinstance(queries.evidence_page(desk.session, desk.inquiry.id, sent.reference), Gone)
    assert search(desk, "words") == []
    assert flags(desk, sent) == (Flag.UNREAD, Flag.NAME_SHOWN)
    desk.read(sent)
    desk.withhold(sent, "Mary Smith")
    assert [each.reference for each in queries.changed_since(desk.session, desk.inquiry.id)] == [
        sent.reference
    ]
    desk.publish(sent)
    assert page(desk, sent).who == ""


def test_a_document_is_kept_back_with_the_answer_that_it_was_given_for(desk: Desk) -> None:
    questions = [desk.build.question(desk.call) for _ in range(2)]
    choices = (None, PublicationChoice.NOT_PUBLISHED)
    answers = [
        GivenAnswer(question.id, f"Answer {number}.", publication=choice)
        for number, (question, choice) in enumerate(zip(questions, choices, strict=True))
    ]
    files = [
        GivenAttachment(
            "0" * 64, f"{number}.txt", 9, Extraction(Outcome.TEXT, "txt", f"File {number}."), each.id
        )
        for number, each in enumerate(questions)
    ]
    sent = desk.build.evidence(desk.call, *answers, attachments=tuple(files))
    sent.state = SubmissionState.ACCEPTED
    desk.read(sent)
    desk.publish(sent)
    assert words_of(page(desk, sent)) == "Answer 0.\nFile 0."
    assert page(desk, sent).held_back


def test_the_list_of_respondents_names_bodies_first_and_only_who_agreed(desk: Desk) -> None:
    body = desk.send(name="Ann Lee", organisation="Acre Trust")
    person, again = desk.send(name="Bo Day"), desk.send(name="Bo Day")
    desk.publish(body, person, again, desk.send(publication=WITHOUT, name="Ogden Quill"))
    listed, nameless = queries.respondents_listed(desk.session, desk.inquiry.id)
    assert [(each.who, each.references) for each in listed] == [
        ("Acre Trust", (body.reference,)),
        ("Bo Day", (person.reference, again.reference)),
    ]
    assert nameless == 1


def test_filters_offer_only_types_and_places_of_what_is_out(desk: Desk) -> None:
    types = [desk.build.respondent_type(desk.inquiry) for _ in range(2)]
    out, kept = (desk.send(respondent_type_id=each.id) for each in types)
    desk.publish(out)
    assert kept.reference
    assert queries.filters_on_show(desk.session, desk.inquiry.id) == ({types[0].slug: types[0].name}, {})


def test_candidates_are_what_is_accepted_and_was_never_out(desk: Desk) -> None:
    out, waiting = desk.send(), desk.send()
    desk.send(state=SubmissionState.NEW)
    desk.send(publication=PublicationChoice.NOT_PUBLISHED)
    desk.publish(out)
    going, count = queries.never_out(desk.session, desk.inquiry.id)
    assert ([each.reference for each in going], count) == ([waiting.reference], 1)
    assert queries.changed_since(desk.session, desk.inquiry.id) == []


def test_nothing_of_another_inquiry_is_published_or_shown(desk: Desk) -> None:
    elsewhere = desk.build.inquiry()
    other = desk.build.submission(desk.build.call(elsewhere), "Words of another inquiry.")
    with pytest.raises((NotFound, Refused)):
        service.publish(desk.session, [other.reference], **desk.who())
    with pytest.raises(BadInput):
        service.publish(desk.session, [], **desk.who())
    assert desk.session.get_one(Respondent, other.respondent_id)
