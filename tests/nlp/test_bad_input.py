"""What may be given by mistake or malice: each has a stated result or a plain error, in bounded time."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import EmptyCodebookError, NlpError
from nlp.language import language_of
from nlp.passages import PassageCutter
from nlp.proposer import Proposer
from nlp.types import CodeSpec, Decided, Proposal
from tests.nlp.conftest import CODES, PASSAGES, decided_all

NEW_BUS = "There is no bus to the hospital and the train fares are too high."
WELSH = "Mae'r bws olaf i'r pentref yn gadael am bump, ac nid oes neb yn gallu mynd adref o'r gwaith."
# Enormous in each way that a text can be: words, one word, different words, marks, nothing to see.
ENORMOUS = {
    "the same words": f"{NEW_BUS} " * 5_000,
    "one word": "x" * 200_000,
    "different words": " ".join(f"word{number}" for number in range(20_000)),
    "spaces": " " * 200_000,
    "invisible characters": "\u200b\ufeff\u00ad" * 70_000,
    "marks on one letter": "e" + "\u0301" * 200_000,
    "emoji": "👩‍👩‍👧🏴󠁧󠁢󠁷󠁬󠁳󠁿" * 20_000,
    "letters that are four words": "\ufdfa" * 20_000,
    "right to left": "مرحبا بكم في المدينة " * 8_000,
    "no spaces between words": "这是一个句子" * 20_000,
    "line ends": "a\r\n\r\n" * 40_000,
    "tabs": "a" + "\t" * 100_000 + "b",
    "bars": "a |" * 60_000,
    "bullets": "• " * 60_000,
    "marks that open": "“a " * 60_000,
}


@pytest.fixture(scope="module")
def proposer() -> Proposer:
    return Proposer().fit(CODES, PASSAGES, decided_all(2))


def assert_sound(proposal: Proposal, text: str) -> None:
    """Scores are probabilities in order, reasons quote the text exactly, and nothing is named twice."""
    scores = [found.score for found in proposal.codes]
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert proposal.abstained == (not proposal.codes)
    assert len({found.code for found in proposal.codes}) == len(proposal.codes)
    for found in proposal.codes:
        for reason in found.reasons:
            assert text[reason.start : reason.end] == reason.text


@pytest.mark.parametrize("kind", ENORMOUS)
def test_an_enormous_text_is_cut_and_proposed_for_in_bounded_time(proposer: Proposer, kind: str) -> None:
    text = ENORMOUS[kind]
    start = time.process_time()
    spans = PassageCutter().cut(text, [])
    (proposal,) = proposer.propose([text])
    assert time.process_time() - start < 20
    assert_sound(proposal, text)
    assert sum(len(text[s.start : s.end]) for s in spans) <= len(text)
    assert all(len(text[s.start : s.end].split()) <= 160 for s in spans)
    assert all(len("".join(text[s.start : s.end].split())) <= 4_000 for s in spans)


@pytest.mark.parametrize("kind", ENORMOUS)
def test_an_enormous_text_among_those_learned_from_spoils_nothing(kind: str) -> None:
    text = ENORMOUS[kind][:20_000]
    fitted = Proposer().fit(CODES, [*PASSAGES, text], [*decided_all(2), Decided(text, "parks", applies=True)])
    scores = fitted.score([NEW_BUS, text])
    assert np.isfinite(scores).all()
    assert fitted.propose([NEW_BUS])[0].codes[0].code == "buses"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_any_text_has_a_sound_answer(text: str) -> None:
    fitted = _kept.setdefault("fitted", Proposer().fit(CODES, PASSAGES, decided_all(2)))
    assert_sound(fitted.propose([text])[0], text)


_kept: dict[str, Proposer] = {}


def test_a_passage_in_another_language_gets_little_and_never_fails(proposer: Proposer) -> None:
    (proposal,) = proposer.propose([WELSH])
    assert_sound(proposal, WELSH)
    assert language_of(WELSH) == "cy"
    english = proposer.score([NEW_BUS])[0].max()
    assert proposer.score([WELSH])[0].max() < english


def test_a_passage_in_the_language_of_the_codebook_is_proposed_for_whichever_that_is() -> None:
    codes = [
        CodeSpec("bysiau", "Trafnidiaeth", "Bws a thrên: amserlen, tocyn, gwasanaeth yn y pentref."),
        CodeSpec("arian", "Cyllid", "Grant, cyllideb ac arian y cyngor."),
    ]
    (proposal,) = Proposer().fit(codes, [WELSH], []).propose([WELSH])
    assert proposal.codes[0].code == "bysiau"


def test_invisible_characters_and_emoji_change_no_score(proposer: Proposer) -> None:
    plain = proposer.score([NEW_BUS])
    for disguised in (
        "\u200b".join(NEW_BUS),
        f"\ufeff{NEW_BUS}",
        NEW_BUS.replace("bus", "b\u00adus"),
        f"🚌 {NEW_BUS} 🚌",
    ):
        assert np.allclose(proposer.score([disguised]), plain, atol=1e-5), ascii(disguised)


def test_one_label_is_enough_and_moves_its_own_code_up() -> None:
    before = Proposer().fit(CODES, PASSAGES, [])
    after = Proposer().fit(CODES, PASSAGES, [Decided(PASSAGES[0], "buses", applies=True)])
    at = after.codes_.index("buses")
    assert after.score([PASSAGES[0]])[0, at] >= before.score([PASSAGES[0]])[0, at]
    assert np.isfinite(after.score(PASSAGES)).all()


@pytest.mark.parametrize("applies", [[True], [False], [True, False]])
def test_decisions_that_say_the_same_of_everything_leave_probabilities(applies: list[bool]) -> None:
    """All yes, all no, and each both: nothing can be learned of which is which."""
    decided = [Decided(text, code.code, said) for text in PASSAGES for code in CODES for said in applies]
    scores = Proposer().fit(CODES, PASSAGES, decided).score([*PASSAGES, NEW_BUS])
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_codes_that_say_the_same_are_scored_the_same() -> None:
    codes = [CodeSpec(name, "Buses", "Buses and trains.") for name in "abc"]
    scores = Proposer().fit(codes, PASSAGES, []).score([NEW_BUS])[0]
    assert np.allclose(scores, scores[0])


@pytest.mark.parametrize(
    "odd",
    [
        CodeSpec("odd", ""),
        CodeSpec("odd", "🏛️"),
        CodeSpec("odd", "\u200b"),
        CodeSpec("odd", "the and of"),
        CodeSpec("odd", "Everything", f"{NEW_BUS} " * 2_000),
        CodeSpec("odd", "Orphan", "No such parent.", parent="nobody"),
    ],
)
def test_an_odd_code_leaves_the_others_their_place(odd: CodeSpec) -> None:
    fitted = Proposer().fit([*CODES, odd], PASSAGES, decided_all(1))
    scores = fitted.score(PASSAGES)
    assert np.isfinite(scores).all()
    own = {code: scores[:, fitted.codes_.index(code)] for code in ("buses", "parks")}
    assert own["buses"][:4].mean() > own["buses"][4:].mean()
    assert own["parks"][-4:].mean() > own["parks"][:-4].mean()


def test_nothing_to_propose_from_is_an_error_in_plain_words() -> None:
    with pytest.raises(EmptyCodebookError, match="add at least one"):
        Proposer().fit([], [], [])
    with pytest.raises(NlpError, match="add the code"):
        Proposer().fit(CODES, PASSAGES, [Decided(NEW_BUS, "nowhere", applies=False)])
