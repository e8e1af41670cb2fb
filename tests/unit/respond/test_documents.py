"""Files as values: what they are called, how large they are, what is too many, what they answer."""

import pytest

from consult.calls.rules import QuestionKind
from consult.respond import documents
from consult.respond.answers import Asked
from consult.respond.documents import FileHeld
from consult.respond.logic import answered_in_vain
from consult.respond.rules import ABOUT, DOCUMENTS, PUBLICATION, Asking, Filled, Step, first_open_step

WORDS = Asked(1, "words", 1, 1, QuestionKind.FREE_TEXT, "Words?", required=True)
PAPERS = Asked(2, "papers", 2, 2, QuestionKind.FILE, "Papers?", required=True, most_files=1)
CALL = (WORDS, PAPERS)


def file(number: int = 1, question: str = "", size: int = 10) -> FileHeld:
    return FileHeld(number, f"{number}.txt", size, question)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("plan.docx", "plan.docx"),
        ("C:\\fakepath\\plan.docx", "plan.docx"),
        ("../../etc/passwd", "passwd"),
        ("  two \t words .txt ", "two words .txt"),
        ("gpj\u202efdp.exe\x00", "gpjfdp.exe"),
        ("", "document"),
        ("folder/", "document"),
        ("n" * 300 + ".docx", "n" * 250 + ".docx"),
        ("n" * 300, "n" * 255),
    ],
)
def test_a_name_is_what_a_page_can_show(sent: str, shown: str) -> None:
    assert documents.name_of(sent) == shown


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 byte"), (999, "999 bytes"), (42_000, "42 kB"), (1_440_000, "1.4 MB")]
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert documents.size_in_words(size) == words


@pytest.mark.parametrize(
    ("files", "asked", "size", "told"),
    [
        ((), PAPERS, 10, ""),
        ((file(1, "papers"),), PAPERS, 10, "There is room for 1 file here"),
        # What answers a question for files takes no place beside the answers, and the other way round.
        ((file(1, "papers"),), None, 10, ""),
        ((file(1), file(2, "words")), PAPERS, 10, ""),
        ((file(1), file(2, "words")), None, 10, "There is room for 2 files here"),
        ((file(1), file(2, "words")), WORDS, 10, "There is room for 2 files here"),
        ((file(1, size=documents.LARGEST_TOGETHER),), None, 1, "together would be larger than 100 MB"),
    ],
)
def test_one_more_is_too_many_or_not(
    files: tuple[FileHeld, ...], asked: Asked | None, size: int, told: str
) -> None:
    problem = documents.problem_with_one_more(files, CALL, asked, size, 2)
    assert told in problem
    assert bool(told) == bool(problem)


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ((), {"words", "papers"}),
        # A document about all of the call holds the words, but is none of the papers asked for.
        ((file(1),), {"papers"}),
        ((file(1, "words"),), {"papers"}),
        ((file(1, "papers"),), {"words"}),
        ((file(1, "papers"), file(2)), set()),
    ],
)
def test_what_has_to_be_answered_may_be_answered_by_files(
    files: tuple[FileHeld, ...], wrong: set[str]
) -> None:
    filled = Filled({}, {}, files=files)
    assert {asked.slug for asked in CALL if filled.problem_with(asked)} == wrong


def test_documents_have_a_page_only_where_a_call_takes_any() -> None:
    assert DOCUMENTS not in Asking(CALL, ()).steps({})
    steps = Asking(CALL, (), (), 3).steps({})
    assert steps == (ABOUT, Step("question", 1), Step("question", 2), DOCUMENTS, PUBLICATION, Step("check"))


@pytest.mark.parametrize(
    ("files", "step"),
    [
        ((), Step("question", 1)),
        ((file(1, "papers"),), DOCUMENTS),
        ((file(1, "papers"), file(2)), PUBLICATION),
    ],
)
def test_whoever_comes_back_goes_on_after_the_last_file(files: tuple[FileHeld, ...], step: Step) -> None:
    filled = Filled({}, {"name": "Ann"}, files=files)
    assert first_open_step(Asking(CALL, (), (), 3), filled) == step


def test_files_of_a_question_not_put_are_answered_in_vain() -> None:
    unmet = Asked(3, "more", 3, 3, QuestionKind.FILE, "More?", conditions=frozenset({9}))
    files = (file(1, "more"), file(2))
    assert answered_in_vain((*CALL, unmet), {}, files) == (unmet,)
    assert documents.files_sent(files, (*CALL, unmet), CALL) == (file(2),)
