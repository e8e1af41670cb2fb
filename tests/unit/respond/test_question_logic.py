"""Which questions are put, matrices, places by postcode, declining, and words kept back: the rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.calls.rules import WITH_DECLINING, QuestionKind
from consult.respond import answers, confidences, logic, outcomes, rules
from consult.respond.answers import DECLINED, Asked, Choice, Reply, SectionAsked
from consult.respond.confidences import Confidence, Markable
from consult.respond.documents import FileHeld
from consult.respond.rules import Asking, Filled, Step

YES, NO = Choice(11, "Yes"), Choice(12, "No")
ROWS = (Choice(21, "Buses"), Choice(22, "Halls"))
SOUTHWARK, ELSEWHERE = Choice(1, "Southwark", postcodes=("SE1", "SE15")), Choice(2, "Elsewhere")


def asked(number: int = 1, kind: QuestionKind = QuestionKind.FREE_TEXT, **values: Any) -> Asked:
    place = {"id": number, "slug": f"q{number}", "number": number, "position": number}
    return Asked(kind=kind, **{**place, "prompt": "What?", **values})


TRIED = asked(1, QuestionKind.SINGLE, choices=(YES, NO))
PLANS = (Choice(31, "A plan"),)
WHAT = asked(2, QuestionKind.SEVERAL, choices=PLANS, conditions=frozenset({YES.id}), required=True)
PLAN = asked(3, conditions=frozenset({31}), required=True)
LAST = asked(4)
CALL = (TRIED, WHAT, PLAN, LAST)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ({}, [1, 4]),
        ({"q1": "12"}, [1, 4]),
        ({"q1": "11"}, [1, 2, 4]),
        ({"q1": "11", "q2": ["31"]}, [1, 2, 3, 4]),
        # What was chosen in a question that is not put decides nothing.
        ({"q1": "12", "q2": ["31"]}, [1, 4]),
    ],
)
def test_a_question_is_put_when_an_option_it_depends_on_was_chosen(
    typed: dict[str, Any], numbers: list[int]
) -> None:
    assert [q.number for q in logic.shown_questions(CALL, typed)] == numbers
    steps = Asking(CALL, ()).steps(typed)
    assert [step.number for step in steps if step.number] == numbers


def test_what_is_not_put_is_neither_asked_for_nor_a_gap() -> None:
    about = {"name": "Ann", "publication": "with_name"}
    typed = {"q1": "12", "q2": ["31"], "q3": "Old words", "q4": "New words"}
    assert rules.gaps_in(Asking(CALL, ()), Filled(typed, about)) == []
    assert [q.number for q in logic.answered_in_vain(CALL, typed)] == [2, 3]
    gaps = rules.gaps_in(Asking(CALL, ()), Filled({**typed, "q1": "11", "q2": []}, about))
    assert [gap.step for gap in gaps] == [Step("question", 2)]


def test_the_way_leads_past_a_question_that_is_no_longer_put() -> None:
    steps = Asking(CALL, ()).steps({"q1": "12"})
    assert rules.step_after(Step("question", 2), steps) == Step("question", 4)
    assert rules.step_before(Step("question", 2), steps) == Step("question", 1)
    assert rules.step_after(Step("question", 99), steps) == rules.PUBLICATION


def test_declarations_have_a_page_where_a_call_asks_for_them() -> None:
    steps = Asking(CALL, (), ("role",)).steps({})
    assert steps[:3] == (rules.ABOUT, rules.DECLARATION, Step("question", 1))
    assert "Shorten it to 300" in rules.declaration_problems({"role": "x" * 301}, ("role",))["role"]
    assert rules.declaration_problems({"role": "x" * 301}, ()) == {}


def test_progress_names_the_section_and_keeps_the_numbers_of_the_call() -> None:
    second = asked(5, section=SectionAsked(2, 3, "Your area"))
    assert logic.progress(second, [*CALL, second]) == "Section 2 of 3 · Question 5 of 5"
    assert logic.progress(LAST, CALL) == "Question 4 of 4"
    assert logic.begins_section(second, [*CALL, second])
    third = asked(6, section=second.section)
    assert not logic.begins_section(third, [second, third])


MATRIX = asked(1, QuestionKind.MATRIX, choices=(YES, NO), rows=ROWS)


@pytest.mark.parametrize("typed", [["99:11"], ["21:99"], ["21:x"], ["x:11"]])
def test_a_cell_that_is_not_offered_is_refused(typed: list[str]) -> None:
    assert "not one of the answers offered" in answers.problem_with(MATRIX, typed)


def test_a_matrix_may_be_answered_in_part_unless_it_is_required() -> None:
    assert answers.problem_with(MATRIX, ["21:11"]) == ""
    assert answers.reply_of(MATRIX, ["21:11"]) == Reply(cells=((21, 11),))
    required = asked(1, QuestionKind.MATRIX, choices=(YES, NO), rows=ROWS, required=True)
    assert answers.problem_with(required, ["21:11"]).endswith("Still missing: Halls.")
    assert answers.reply_of(required, ["22:12", "21:11"]) == Reply(cells=((21, 11), (22, 12)))


def test_an_exclusive_option_goes_with_no_other() -> None:
    none = Choice(13, "None of these", exclusive=True)
    question = asked(1, QuestionKind.SEVERAL, choices=(YES, NO, none))
    assert "“None of these” and something else" in answers.problem_with(question, ["11", "13"])
    assert answers.problem_with(question, ["13"]) == ""


PLACE = asked(1, QuestionKind.PLACE, choices=(SOUTHWARK, ELSEWHERE))


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ("1", Reply(place_id=1)),
        (["", "se15 5rs"], Reply(place_id=1, district="SE15")),
        (["", "SE15"], Reply(place_id=1, district="SE15")),
        (["2", "TR19 7AD"], Reply(place_id=2, district="TR19")),
        (["1", "SE1 9RT"], Reply(place_id=1, district="SE1")),
    ],
)
def test_a_place_is_chosen_or_told_by_its_postcode(typed: Any, reply: Reply) -> None:
    assert answers.problem_with(PLACE, typed) == ""
    assert answers.reply_of(PLACE, typed) == reply
    assert answers.reply_of(PLACE, answers.without_postcode(PLACE, typed)) == reply


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["", "Peckham"], "not a postcode we can read"),
        (["", "TR19 7AD"], "cannot tell the place from TR19"),
        (["2", "SE15 5RS"], "SE15 lies in Southwark, but you chose Elsewhere"),
        (["99", ""], "not one of the answers offered"),
    ],
)
def test_a_postcode_that_tells_no_place_says_what_to_do(typed: list[str], words: str) -> None:
    assert words in answers.problem_with(PLACE, typed)


@given(st.text(max_size=12), st.sampled_from(["", "1", "2"]))
def test_no_more_of_what_was_typed_as_a_postcode_is_kept_than_its_district(postcode: str, place: str) -> None:
    kept = answers.without_postcode(PLACE, [place, postcode])
    assert answers.is_blank(kept) or kept == place or (isinstance(kept, list) and len(kept[1]) <= 4)


@pytest.mark.parametrize("kind", sorted(WITH_DECLINING))
def test_declining_is_an_answer_of_its_own(kind: QuestionKind) -> None:
    question = asked(1, kind, choices=(YES, NO), may_decline=True, required=True, minimum=1, maximum=20)
    for typed in (DECLINED, [DECLINED], ["", DECLINED]):
        assert answers.problem_with(question, typed) == ""
        assert answers.reply_of(question, typed) == Reply(declined=True)
    assert "Keep one of the two" in answers.problem_with(question, ["11", DECLINED])
    unoffered = asked(1, kind, choices=(YES, NO), minimum=1, maximum=20)
    assert answers.problem_with(unoffered, DECLINED)


TEXT = "My name is Ann. I’m the clerk.\n\nAnn said so.\n\nNobody listened."


@pytest.mark.parametrize(
    ("words", "spans"),
    [
        ("Ann", [(11, 14), (32, 35)]),
        ("I'm  the\nclerk", [(16, 29)]),
        ("so.  Nobody", [(41, 52)]),
        ("", []),
        ("ann", []),
        ("ouncil", []),
        ("isten", [(54, 59)]),
        (".*", []),
    ],
)
def test_marked_words_are_found_wherever_they_stand(words: str, spans: list[tuple[int, int]]) -> None:
    assert [(b.start, b.end) for b in confidences.where_words_stand(TEXT, words)] == spans


@given(st.text(min_size=1), st.text(), st.text())
def test_words_copied_from_a_text_are_found_in_it(words: str, before: str, after: str) -> None:
    found = confidences.where_words_stand(before + words + after, words)
    assert bool(found) == bool(words.split())


def test_paragraphs_are_ticked_by_their_number() -> None:
    assert confidences.paragraphs_ticked(TEXT, ["3", "1", "9", "x", "-1"]) == [
        "My name is Ann. I’m the clerk.",
        "Nobody listened.",
    ]


def test_marking_asks_for_words_that_stand_there_and_for_the_harm() -> None:
    assert set(confidences.problems_of_marking(Markable(TEXT), "", [], "")) == {"words", "harm"}
    assert "do not stand" in confidences.problems_of_marking(Markable(TEXT), "Bob", [], "harm")["words"]
    assert "Shorten" in confidences.problems_of_marking(Markable(TEXT), "Ann", [], "x" * 2001)["harm"]
    assert confidences.problems_of_marking(Markable(TEXT), "", ["2"], "harm") == {}


def test_words_that_were_changed_since_keep_the_draft_from_being_sent() -> None:
    about = {"name": "Ann", "publication": "with_name"}
    marks = (Confidence("q4", "Ann", "harm"), Confidence("gone", "x", "harm"))
    assert rules.gaps_in(Asking((LAST,), ()), Filled({"q4": TEXT}, about, marks)) == []
    (gap,) = rules.gaps_in(Asking((LAST,), ()), Filled({"q4": "Other words"}, about, marks))
    assert gap.step == rules.CONFIDENTIAL
    assert "your answer to question 4" in gap.message


@pytest.mark.parametrize(
    ("whole", "own", "holds"),
    [
        ("with_name", "", "Will be published with your name."),
        # Nothing without name stands on a page that says whose it is (publication.queries.withholding).
        (
            "with_name",
            "without_name",
            "Will not be published: what is published of your evidence stands beside your name.",
        ),
        ("without_name", "without_name", "Will be published without your name."),
        ("without_name", "not_published", "Will not be published."),
        ("not_published", "without_name", "Will not be published."),
    ],
)
def test_what_is_said_of_an_answer_is_what_publication_does_with_it(whole: str, own: str, holds: str) -> None:
    about = {"publication": whole, "publication:q4": own}
    assert outcomes.outcome_of(LAST, TEXT, about, ()) == (holds,)


def test_nothing_is_said_of_an_answer_before_the_choice_for_all_is_made() -> None:
    assert outcomes.outcome_of(LAST, TEXT, {"publication:q4": "not_published"}, ()) == ()


def test_a_document_for_a_question_follows_the_choice_for_its_answer() -> None:
    about = {"publication": "with_name", "publication:q4": "not_published"}
    files = [FileHeld(1, "plan.docx", 9, LAST.slug), FileHeld(2, "scan.pdf", 9)]
    assert outcomes.outcome_of_files(files, [LAST], about) == (
        "plan.docx: Will not be published.",
        "scan.pdf: Will be published with your name.",
    )
    # Where no words were given there is no answer whose choice it could follow.
    assert outcomes.outcome_of_files(files, [], about) == ("Will be published with your name.",)
