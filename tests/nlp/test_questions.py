"""Paragraphs placed under the questions of a call."""

from nlp.questions import Placed, Prompt, QuestionPlacer

PROMPTS = [
    Prompt(1, "What do you understand by the term localism?"),
    Prompt(2, "Who holds power over the decisions that matter in your area?"),
    Prompt(3, "What stops people from taking part in their community?"),
    Prompt(4, "Which resources or money would help your local council act?"),
]
HEADED = [
    "Evidence of the Parish of Trewen",
    "We are a small parish council in the west.",
    "Question 1",
    "To us it is people deciding together about the place where they live.",
    "It is not a programme that somebody else has written.",
    "Q2: Who holds power?",
    "The county does, and behind the county the Treasury.",
    "Our response to question 4",
    "A grant that lasts longer than a year.",
]
UNHEADED = [
    "The Residents of Quay Street met on the third of May in the old school.",
    "Localism, as we understand the term, means that those who live with a choice make it.",
    "Localism is also a promise that was made to us before.",
    "Power over decisions sits with the county, and nobody in our area can say who decides.",
    "Decisions that matter to the quay were taken by people who hold power elsewhere.",
    "People are stopped from taking part by the hours of meetings.",
    "Many in our community would take part if there were a bus home.",
    "Money for three years, and resources such as a clerk, would help our council.",
]


def numbers(placed: list[Placed]) -> list[int | None]:
    return [None if each.prompt is None else PROMPTS[each.prompt].number for each in placed]


def test_what_stands_under_a_heading_belongs_to_its_question():
    placed = QuestionPlacer().place(PROMPTS, HEADED)
    assert numbers(placed) == [None, None, 1, 1, 1, 2, 2, 4, 4]
    assert placed[2].reason == "It begins “Question 1”."


def test_without_headings_the_words_and_the_order_tell():
    assert numbers(QuestionPlacer().place(PROMPTS, UNHEADED)) == [None, 1, 1, 2, 2, 3, 3, 4]


def test_the_question_written_out_is_a_heading():
    paragraphs = ["About us.", "3. What stops people from taking part in their community?", "The hours do."]
    placed = QuestionPlacer().place(PROMPTS, paragraphs)
    assert numbers(placed)[1:] == [3, 3]
    assert placed[1].reason == "It repeats the question."


def test_a_writer_s_own_numbers_are_no_numbers_of_questions():
    paragraphs = ["1. Introduction", "2. Our history", "3. Membership", "4. Thanks"]
    assert numbers(QuestionPlacer().place(PROMPTS, paragraphs)) == [None] * 4


def test_a_number_that_no_question_has_is_no_heading():
    placed = QuestionPlacer().place(PROMPTS, ["Question 17", "We like the sea."])
    assert numbers(placed) == [None, None]


def test_headings_are_read_in_welsh_too():
    paragraphs = ["Cwestiwn 2", "Y sir.", "Ymateb i gwestiwn 9", "Cwestiwn 3: rhwystrau", "Yr oriau."]
    placed = numbers(QuestionPlacer().place(PROMPTS, paragraphs))
    assert (placed[0], placed[1], placed[3], placed[4]) == (2, 2, 3, 3)


def test_scores_are_shares_and_a_heading_is_surer_than_words():
    headed = QuestionPlacer().place(PROMPTS, HEADED)
    unheaded = QuestionPlacer().place(PROMPTS, UNHEADED)
    assert all(0 <= each.score <= 1 for each in [*headed, *unheaded])
    assert headed[2].score > unheaded[2].score


def test_a_document_says_why_each_paragraph_is_placed():
    placed = QuestionPlacer().place(PROMPTS, UNHEADED)
    assert placed[3].reason == "It shares “decisions”, “power”, “area” with it."
    assert placed[0].reason == "It is near to no question."


def test_the_same_document_is_always_placed_alike():
    assert QuestionPlacer().place(PROMPTS, UNHEADED) == QuestionPlacer().place(PROMPTS, UNHEADED)


def test_nothing_to_place_or_nowhere_to_place_it_is_no_fault():
    assert QuestionPlacer().place(PROMPTS, []) == []
    assert [each.prompt for each in QuestionPlacer().place([], ["Words."])] == [None]


def test_a_document_without_words_in_common_is_placed_nowhere():
    placed = QuestionPlacer().place(PROMPTS, ["Ω", "…", "12345"])
    assert [each.prompt for each in placed] == [None, None, None]
