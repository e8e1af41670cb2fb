"""What is right or wrong with an answer, and where the journey leads."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.calls.rules import QuestionKind
from consult.respond import answers, rules
from consult.respond.answers import Asked, Choice, Reply
from consult.respond.rules import Asking, Filled, Gap, Step

OFFERED = (Choice(11, "A little"), Choice(12, "A lot"), Choice(13, "Nothing"))


def asked(kind: QuestionKind = QuestionKind.FREE_TEXT, **values: Any) -> Asked:
    given_values = {"id": 1, "slug": "q", "number": 1, "position": 1, "prompt": "What?", "choices": OFFERED}
    return Asked(kind=kind, **{**given_values, **values})


BLANK: dict[QuestionKind, Any] = dict.fromkeys(QuestionKind, "  \n ") | {QuestionKind.SEVERAL: []}


@pytest.mark.parametrize("kind", QuestionKind)
def test_a_required_question_left_blank_says_what_to_do(kind: QuestionKind) -> None:
    problem = answers.problem_with(asked(kind, required=True), BLANK[kind])
    assert problem.split()[0] in {"Write", "Choose", "Enter"}


@pytest.mark.parametrize("kind", QuestionKind)
def test_an_optional_question_may_be_left_blank(kind: QuestionKind) -> None:
    assert answers.problem_with(asked(kind), BLANK[kind]) == ""
    assert answers.reply_of(asked(kind), BLANK[kind]) is None


def test_a_text_at_its_limit_is_right_and_one_word_more_says_how_many_to_take_out() -> None:
    question = asked(word_limit=3)
    assert answers.problem_with(question, "one two three") == ""
    assert "4 words, 1 word more than the limit of 3" in answers.problem_with(question, "one two three four")
    assert "Shorten it by 2 words" in answers.problem_with(question, "one two three four five")


def test_a_text_without_a_limit_may_be_of_any_length() -> None:
    assert answers.problem_with(asked(), "word " * 100_000) == ""


@pytest.mark.parametrize("kind", [QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.PLACE])
@pytest.mark.parametrize("typed", ["99", "x", "11 ", "\uff11\uff11"])
def test_an_option_that_is_not_offered_is_refused(kind: QuestionKind, typed: str) -> None:
    assert "not one of the answers offered" in answers.problem_with(asked(kind), typed)


def test_several_options_are_sent_in_the_order_offered_and_once_each() -> None:
    question = asked(QuestionKind.SEVERAL)
    assert answers.problem_with(question, ["13", "11", "13"]) == ""
    assert answers.reply_of(question, ["13", "11", "13"]) == Reply(option_ids=(11, 13))


@pytest.mark.parametrize("typed", ["0", "6", "2.5", "two", "-1"])
def test_a_point_beyond_the_scale_is_refused(typed: str) -> None:
    question = asked(QuestionKind.SCALE, minimum=1, maximum=5)
    assert answers.problem_with(question, typed) == "Choose a point from 1 to 5."


def test_a_scale_without_bounds_runs_from_one_to_five() -> None:
    assert list(asked(QuestionKind.SCALE).scale) == [1, 2, 3, 4, 5]


def test_a_scale_may_run_from_nought_or_below() -> None:
    assert list(asked(QuestionKind.SCALE, minimum=0, maximum=2).scale) == [0, 1, 2]
    assert answers.problem_with(asked(QuestionKind.SCALE, minimum=-2, maximum=2), "-2") == ""


@pytest.mark.parametrize(
    "typed", ["1.5", "twelve", "1,5", "12 people", "1e3", "--3", "9" * 5000, "1 000", "0x1"]
)
def test_what_is_not_a_whole_number_is_refused(typed: str) -> None:
    assert "whole number in figures" in answers.problem_with(asked(QuestionKind.NUMBER), typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), (" 12 ", 12), ("1,250", 1250), ("-3", -3), ("−3", -3), ("+4", 4), ("007", 7)],
)
def test_a_whole_number_is_read_as_people_write_it(typed: str, number: int) -> None:
    question = asked(QuestionKind.NUMBER)
    assert answers.problem_with(question, typed) == ""
    assert answers.reply_of(question, typed) == Reply(number=number)


@pytest.mark.parametrize(
    ("bounds", "typed", "message"),
    [
        ({"minimum": 0, "maximum": 1000}, "1001", "Enter a number from 0 to 1,000."),
        ({"minimum": 0, "maximum": 1000}, "-1", "Enter a number from 0 to 1,000."),
        ({"minimum": 5}, "4", "Enter a number that is 5 or more."),
        ({"maximum": 5}, "6", "Enter a number that is 5 or less."),
        ({}, "2147483648", "Enter a number of 2,147,483,647 or less."),
    ],
)
def test_a_number_beyond_its_bounds_says_the_bounds(bounds: dict[str, int], typed: str, message: str) -> None:
    assert answers.problem_with(asked(QuestionKind.NUMBER, **bounds), typed) == message


@pytest.mark.parametrize("bound", [0, 1000])
def test_the_bounds_themselves_are_right(bound: int) -> None:
    question = asked(QuestionKind.NUMBER, minimum=0, maximum=1000)
    assert answers.problem_with(question, str(bound)) == ""


@pytest.mark.parametrize("kind", QuestionKind)
def test_nul_is_refused_in_every_kind(kind: QuestionKind) -> None:
    assert "cannot be stored" in answers.problem_with(asked(kind), "a\x00b")


def test_a_draft_keeps_a_sign_where_nul_stood() -> None:
    assert answers.keepable("a\x00b") == "a\ufffdb"
    assert answers.keepable(["\x00", "b"]) == ["\ufffd", "b"]


@given(st.text().filter(lambda text: "\r" not in text and "\x00" not in text))
def test_a_text_is_sent_exactly_as_typed_but_for_line_ends(text: str) -> None:
    as_browsers_send = text.replace("\n", "\r\n")
    typed = answers.with_plain_newlines(as_browsers_send)
    assert typed == text
    assert answers.keepable(typed) == text
    if text.strip():
        assert answers.reply_of(asked(), typed) == Reply(text=text)


def test_an_answer_to_a_question_that_changed_its_kind_is_judged_not_broken_on() -> None:
    assert "not one of" in answers.problem_with(asked(QuestionKind.SINGLE), "free words")
    assert answers.problem_with(asked(QuestionKind.FREE_TEXT), ["11", "12"]) == ""
    assert "whole number" in answers.problem_with(asked(QuestionKind.NUMBER), ["x"])


RIGHT = {
    "name": "Ann",
    "organisation": "",
    "email": "",
    "respondent_type": "resident",
    "publication": "with_name",
}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": " "}, "name", "Enter your name, or the name of the organisation"),
        ({"name": "n" * 301}, "name", "301 characters long. Shorten it to 300"),
        ({"name": "A\x00nn"}, "name", "cannot be stored"),
        ({"organisation": "o" * 301}, "organisation", "Shorten it to 300"),
        ({"email": "ann"}, "email", "like name@example.org"),
        ({"email": "ann@home"}, "email", "like name@example.org"),
        ({"email": "a b@example.org"}, "email", "like name@example.org"),
        ({"email": "ann@ex\nample.org"}, "email", "like name@example.org"),
        ({"email": f"{'a' * 250}@example.org"}, "email", "Shorten it to 255"),
        ({"respondent_type": ""}, "respondent_type", "Choose which of these"),
        ({"respondent_type": "emperor"}, "respondent_type", "Choose which of these"),
    ],
)
def test_each_fault_on_the_page_about_you_is_named_at_its_field(
    change: dict[str, str], field: str, words: str
) -> None:
    problems = rules.about_problems({**RIGHT, **change}, ["resident"])
    assert list(problems) == [field]
    assert words in problems[field]


@pytest.mark.parametrize(
    "change", [{}, {"name": "", "organisation": "Friends of the Hall"}, {"email": " ann@example.org "}]
)
def test_a_name_or_an_organisation_is_enough(change: dict[str, str]) -> None:
    assert rules.about_problems({**RIGHT, **change}, ["resident"]) == {}


def test_an_inquiry_without_types_asks_for_none() -> None:
    assert rules.about_problems({"name": "Ann"}, []) == {}


THREE = [asked(number=n, position=n, slug=f"q{n}", required=n == 1) for n in (1, 2, 3)]


def test_the_journey_runs_from_about_to_check_and_back() -> None:
    steps = rules.steps_through(THREE)
    assert [(s.page, s.number) for s in steps] == [
        ("about", None),
        ("question", 1),
        ("question", 2),
        ("question", 3),
        ("publication", None),
        ("check", None),
    ]
    for step, following in pairwise(steps):
        assert rules.step_after(step, steps) == following
        assert rules.step_before(following, steps) == step
    assert rules.step_before(rules.ABOUT, steps) is None
    assert rules.step_after(rules.CHECK, steps) == rules.CHECK


def test_a_complete_draft_has_no_gap() -> None:
    assert rules.gaps_in(Asking(THREE, ["resident"]), Filled({"q1": "words"}, RIGHT)) == []


def test_every_gap_names_the_page_that_fills_it() -> None:
    gaps = rules.gaps_in(Asking(THREE, ["resident"]), Filled({"q2": "a\x00"}, {}))
    assert [gap.step for gap in gaps] == [
        rules.ABOUT,
        rules.ABOUT,
        Step("question", 1),
        Step("question", 2),
        rules.PUBLICATION,
    ]
    assert gaps[2] == Gap(Step("question", 1), "Question 1: Write an answer to this question.")


def test_a_draft_without_a_single_answer_cannot_be_sent() -> None:
    optional = [asked(number=1), asked(number=2, slug="q2", position=2)]
    gaps = rules.gaps_in(Asking(optional, ["resident"]), Filled({"q": " "}, RIGHT))
    assert [gap.message for gap in gaps] == ["You have not answered any question. Answer at least one."]


@pytest.mark.parametrize(
    ("typed", "about", "expected"),
    [
        ({}, {}, rules.ABOUT),
        ({}, RIGHT | {"publication": ""}, Step("question", 1)),
        ({"q1": "words"}, RIGHT | {"publication": ""}, Step("question", 2)),
        ({"q1": "words", "q2": "a\x00"}, RIGHT | {"publication": ""}, Step("question", 2)),
        ({"q1": "words", "q3": "words"}, RIGHT | {"publication": ""}, rules.PUBLICATION),
        ({"q1": "words"}, RIGHT, rules.CHECK),
    ],
)
def test_who_comes_back_goes_on_where_they_were(
    typed: dict[str, str], about: dict[str, str], expected: Step
) -> None:
    assert rules.first_open_step(Asking(THREE, ["resident"]), Filled(typed, about)) == expected


def test_a_draft_with_nothing_but_blanks_has_no_words() -> None:
    assert not rules.has_words({"q": " ", "r": []}, {"name": ""})
    assert rules.has_words({"q": ["11"]}, {})
    assert rules.has_words({}, {"name": "Ann"})
