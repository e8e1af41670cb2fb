import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.drafts import Chosen, Quotable, choose
from nlp.errors import NlpError

FARES = [
    "The bus fare into town has doubled and my neighbours can no longer pay for it.",
    "Bus fares went up twice this year, so families here pay more to get into town.",
    "A family ticket on the bus costs more than the car park does in town now.",
    "Fares on the bus rose again and pensioners before half past nine pay the full price.",
    "My daughter pays five pounds for the bus to college, and the fare rose again in May.",
    "Nobody on low wages can pay the bus fare every day of the week in this town.",
]
AGAINST = [
    "I think the bus fare is fair: drivers have to be paid and diesel is not free.",
    "Cheaper fares would only mean fewer buses, and I would rather pay and have one.",
]


def quotable(*texts: str, **values: object) -> list[Quotable]:
    return [Quotable(text, respondent=f"R{n}-{text[:6]}", **values) for n, text in enumerate(texts)]  # type: ignore[arg-type]  # by keyword


def texts_of(chosen: list[Chosen], passages: list[Quotable], kind: str) -> list[str]:
    return [passages[one.index].text for one in chosen if one.kind == kind]


def test_marked_passages_dissent_and_no_others() -> None:
    passages = [*quotable(*FARES), *quotable(*AGAINST, opposing=True)]
    chosen = choose(passages, representative=3, dissenting=2)
    assert set(texts_of(chosen, passages, "dissenting")) == set(AGAINST)
    assert set(texts_of(chosen, passages, "representative")) <= set(FARES)
    assert [one.kind for one in chosen] == ["representative"] * 3 + ["dissenting"] * 2


def test_without_a_mark_the_reason_says_that_somebody_has_to_read_whether_it_dissents() -> None:
    passages = quotable(*FARES, "Swans on the canal were fed by my grandfather every winter morning.")
    chosen = choose(passages, representative=2, dissenting=1)
    (apart,) = [one for one in chosen if one.kind == "dissenting"]
    assert "swans" in passages[apart.index].text.lower()
    assert "read whether it dissents" in apart.why


def test_a_passage_in_another_language_is_not_taken_for_dissent() -> None:
    welsh = "Mae pris y bws i'r dref wedi dyblu ac ni all fy nghymdogion dalu amdano mwyach."
    swans = "Swans on the canal were fed by my grandfather every winter morning."
    passages = [*quotable(*FARES, swans, language="en"), *quotable(welsh, language="cy")]
    chosen = choose(passages, representative=2, dissenting=2)
    assert swans in texts_of(chosen, passages, "dissenting")
    assert welsh not in texts_of(chosen, passages, "dissenting")


def test_each_choice_says_why_in_plain_words() -> None:
    passages = [
        Quotable(text, strength=3.0, respondent=str(n), group=f"type {n % 2}") for n, text in enumerate(FARES)
    ]
    chosen = choose(passages, representative=4, dissenting=0)
    assert all(one.why.endswith(".") and one.why[0].isupper() for one in chosen)
    assert any("more than once" in one.why for one in chosen)
    assert any("not heard above: type" in one.why for one in chosen)


def test_nobody_and_no_campaign_is_quoted_twice() -> None:
    passages = [
        *[Quotable(text, respondent="one person") for text in FARES[:3]],
        *[Quotable(text, respondent=f"R{n}", campaign="C1") for n, text in enumerate(FARES[3:])],
    ]
    chosen = choose(passages, representative=5, dissenting=0)
    assert len(chosen) == 2


def test_quotes_are_spread_over_kinds_of_respondents() -> None:
    groups = ["resident"] * 5 + ["council"]
    passages = [
        Quotable(text, respondent=str(n), group=group)
        for n, (text, group) in enumerate(zip(FARES, groups, strict=True))
    ]
    chosen = choose(passages, representative=3, dissenting=0)
    assert "council" in {passages[one.index].group for one in chosen}


def test_what_says_the_same_is_quoted_once() -> None:
    passages = [Quotable(FARES[0], respondent=str(n)) for n in range(4)] + quotable(*FARES[1:3])
    chosen = texts_of(choose(passages, representative=4, dissenting=0), passages, "representative")
    assert len(chosen) == len(set(chosen))


def test_the_stronger_of_two_alike_comes_first() -> None:
    pair = [FARES[0], FARES[0].replace("neighbours", "friends")]
    for strong in (0, 1):
        passages = [
            Quotable(text, strength=5.0 if n == strong else 1.0, respondent=str(n))
            for n, text in enumerate([*pair, *FARES[2:]])
        ]
        chosen = [one.index for one in choose(passages, representative=6, dissenting=0) if one.index < 2]
        assert chosen[0] == strong


def test_a_word_or_two_is_not_chosen_while_others_say_more() -> None:
    passages = quotable("Bus fares.", *FARES)
    assert "Bus fares." not in texts_of(choose(passages, representative=3), passages, "representative")


@pytest.mark.parametrize(
    ("passages", "count"),
    [([], 0), ([Quotable("…")], 0), ([Quotable("Bus")], 1), ([Quotable("Bus " * 50_000)], 1)],
    ids=["none", "no words", "one word", "enormous"],
)
def test_too_little_gives_what_there_is(passages: list[Quotable], count: int) -> None:
    assert len([one for one in choose(passages) if one.kind == "representative"]) == count


def test_all_opposing_is_no_dissent() -> None:
    chosen = choose(quotable(*FARES, opposing=True), representative=2, dissenting=0)
    assert [one.kind for one in chosen] == ["representative", "representative"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_order_of_the_input_makes_no_difference(chance: random.Random) -> None:
    passages = [*quotable(*FARES), *quotable(*AGAINST, opposing=True)]
    shuffled = chance.sample(passages, len(passages))
    plain, mixed = choose(passages), choose(shuffled)
    assert [(passages[a.index], a.kind, a.why) for a in plain] == [
        (shuffled[b.index], b.kind, b.why) for b in mixed
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.text(max_size=50), st.booleans(), st.sampled_from("AB")), max_size=12))
def test_any_passages_are_chosen_at_most_once_and_never_more_than_asked_for(
    given_: list[tuple[str, bool, str]],
) -> None:
    passages = [Quotable(text, group=group, opposing=opposing) for text, opposing, group in given_]
    chosen = choose(passages, representative=2, dissenting=1)
    assert len({one.index for one in chosen}) == len(chosen) <= 3
    assert sum(one.kind == "dissenting" for one in chosen) <= 1


def test_strength_of_nothing_is_refused() -> None:
    for strength in (0.0, -1.0, float(np.nan)):
        with pytest.raises(NlpError, match="strength"):
            choose([Quotable("A bus.", strength=strength)])


def test_fewer_than_none_is_refused() -> None:
    with pytest.raises(NlpError, match="0 or more"):
        choose([], representative=-1)
