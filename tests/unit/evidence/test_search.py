"""Search: what is found, what typed characters may not do, and the words around a match."""

import pytest
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.queries import Filters, entry_page
from consult.evidence.search import Piece, Term, pieces_of, stretch_around, terms_of
from tests.builders import Builder


@pytest.fixture
def call(build: Builder) -> Call:
    call = build.call(build.inquiry())
    build.submission(call, "The parish council decided.\n\nReal power resides elsewhere.", name="Ann Ash")
    build.submission(call, "Communities want powers over housing.", organisation="Harbour Trust")
    build.submission(call, "Tŷ Cymunedol — a café, 100% ours. Don't close it.", title="Ein tŷ ni")
    build.submission(call, "Nothing to add.", "Self-government is what we want: real power.")
    return call


def found(session: Session, call: Call, words: str) -> list[str]:
    page = entry_page(session, call.inquiry_id, Filters(words=words))
    assert page.count == len(page.entries)
    return sorted(entry.reference for entry in page.entries)


@pytest.mark.parametrize(
    ("words", "references"),
    [
        ("power", ["LOC0001", "LOC0002", "LOC0004"]),
        ("POWER", ["LOC0001", "LOC0002", "LOC0004"]),
        ("real power", ["LOC0001", "LOC0004"]),
        ("power real", ["LOC0001", "LOC0004"]),
        ('"power real"', []),
        ('"real power resides"', ["LOC0001"]),
        ('"real power', ["LOC0001", "LOC0004"]),
        ("community", ["LOC0002"]),
        ("resid*", ["LOC0001"]),
        ("resi*", ["LOC0001"]),
        ('"power resi*"', ["LOC0001"]),
        ('"real resi*"', []),
        ("hous* power", ["LOC0002"]),
        ("tŷ", ["LOC0003"]),
        ("close don't", ["LOC0003"]),
        ("self-government", ["LOC0004"]),
        ("xylophone", []),
        ("Ann", ["LOC0001"]),
        ("harbour trust", ["LOC0002"]),
        ("ein tŷ", ["LOC0003"]),
        ("LOC0002", ["LOC0002"]),
        ("loc0002", ["LOC0002"]),
    ],
)
def test_words_phrases_beginnings_and_names_find_their_submissions(
    session: Session, call: Call, words: str, references: list[str]
) -> None:
    assert found(session, call, words) == references


@pytest.mark.parametrize(
    "typed",
    [
        "power AND",
        "power OR NOT",
        "NEAR(power, 2)",
        "body:power",
        "power)",
        "(power",
        '"',
        '""',
        "*",
        "-power",
        "^power",
        "power''; DROP TABLE search_texts --",
        "a & b | !c",
        "<->",
        "power:*",
        "%",
        "_",
        "\\",
        "'",
        "🙂",
        "…",
    ],
)
def test_nothing_typed_is_an_operator_or_a_fault(session: Session, call: Call, typed: str) -> None:
    assert set(found(session, call, typed)) <= {"LOC0001", "LOC0002", "LOC0003", "LOC0004"}


def test_percent_sign_stands_for_itself(session: Session, build: Builder, call: Call) -> None:
    build.submission(call, "Words.", title="100% local")
    assert found(session, call, "%") == ["LOC0005"]


def test_other_inquiries_are_not_searched(session: Session, build: Builder, call: Call) -> None:
    elsewhere = build.call(build.inquiry())
    assert found(session, elsewhere, "power") == []


def test_match_is_shown_with_the_words_around_it(session: Session, build: Builder, call: Call) -> None:
    long = "Before. " * 200 + "We ask for <b>devolution</b> of tangible power & control. " + "After. " * 200
    build.submission(call, long)
    (entry,) = entry_page(session, call.inquiry_id, Filters(words="devolution")).entries
    assert [piece.words for piece in entry.context if piece.matched] == ["devolution"]
    shown = "".join(piece.words for piece in entry.context)
    assert "for <b>devolution</b> of" in shown
    assert len(shown.split()) < 60


def test_match_in_a_later_answer_is_shown(session: Session, call: Call) -> None:
    (entry,) = entry_page(session, call.inquiry_id, Filters(words="self-government")).entries
    assert any(piece.matched for piece in entry.context)


def test_submission_found_by_name_shows_its_opening(session: Session, call: Call) -> None:
    (entry,) = entry_page(session, call.inquiry_id, Filters(words="Ann Ash")).entries
    assert entry.context == ()
    assert entry.opening == "The parish council decided. Real power resides elsewhere."


def test_text_of_a_million_different_words_is_stored_and_found(
    session: Session, build: Builder, call: Call
) -> None:
    build.submission(call, "zebra " + " ".join(f"{n:x}é" for n in range(300_000)))
    assert found(session, call, "zebra") == ["LOC0005"]


def test_typed_words_are_taken_apart() -> None:
    assert terms_of(' "local  power" devol* self-help* ! ') == (
        Term(("local", "power")),
        Term(("devol",), begins=True),
        Term(("self", "help"), begins=True),
    )


def test_marked_text_becomes_pieces() -> None:
    assert pieces_of("a \ue000b\ue001 c") == [Piece("a ", False), Piece("b", True), Piece(" c", False)]


def test_stretch_is_cut_where_the_words_stand_together() -> None:
    text = "Real things. " + "And so on. " * 30 + "The real power, they say, is elsewhere. " + "More. " * 50
    pieces = stretch_around(text, {"Real", "real", "power"})
    assert [piece.words for piece in pieces if piece.matched] == ["real", "power"]
    shown = "".join(piece.words for piece in pieces)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert shown.strip("…") in text


def test_stretch_of_a_short_text_is_all_of_it() -> None:
    assert stretch_around("Real power", {"Real", "power"}) == [
        Piece("Real", True),
        Piece(" ", False),
        Piece("power", True),
    ]


def test_words_that_do_not_stand_alone_give_no_stretch() -> None:
    assert stretch_around("snake_power", {"power"}) == []
