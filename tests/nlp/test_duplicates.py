import csv
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.__main__ import main
from nlp.duplicates import DuplicateFinder, Group
from nlp.errors import NlpError
from nlp.words import plain, word_spans

LIBRARY = (
    "I am writing to ask you to keep the library on Mill Lane open. It is the only warm place in the village"
    " where anybody may sit without paying, and the children do their homework there. Closing it would save"
    " little and cost the whole valley dearly. Please vote against the closure on Monday."
)
BUSES = (
    "The last bus to our village now leaves at five in the afternoon, and nobody who works in town can take"
    " it. Those who cannot drive have lost their jobs or moved away. We ask the county to restore the evening"
    " route before winter, as it promised to do two years ago."
)
OWN = "My mother met every friend she has at the reading group and would see nobody if it went."
APART = (
    "The library matters less than the road past it. Lorries come through day and night, my windows shake,"
    " and two cats have been run over since Easter. If there is money, spend it on a bypass and not on books."
)
FERRY = (
    "Across the water it is no better: since the pier was shut the crossing takes an hour, fares have"
    " doubled, and on windy days there is none. Nurses stay overnight on camp beds so as not to miss a shift."
)


def together(texts: list[str], groups: list[Group] | None = None) -> set[frozenset[str]]:
    found = DuplicateFinder().group(texts) if groups is None else groups
    return {frozenset(texts[member.index] for member in group.members) for group in found}


def own_words(template: str, letter: str) -> list[str]:
    """What the letter adds to a template that several have sent."""
    texts = [template, template, template, letter]
    (group,) = DuplicateFinder().group(texts)
    assert texts[group.template] == template
    return [letter[span.start : span.end] for span in group.members[-1].own]


def test_exact_copies_whatever_their_case_and_punctuation_are_together() -> None:
    texts = [LIBRARY, LIBRARY.upper(), LIBRARY.replace(".", " !"), APART]
    (group,) = DuplicateFinder().group(texts)
    assert [member.index for member in group.members] == [0, 1, 2]
    assert all(member.own == () for member in group.members)


def test_a_letter_with_own_words_is_with_its_template_and_another_campaign_is_not() -> None:
    texts = [LIBRARY, BUSES, f"{LIBRARY} {OWN}", BUSES, LIBRARY, f"{OWN} {BUSES}", APART]
    found = together(texts)
    assert found == {frozenset({LIBRARY, f"{LIBRARY} {OWN}"}), frozenset({BUSES, f"{OWN} {BUSES}"})}


def test_letters_on_the_subject_in_words_of_their_own_are_left_alone() -> None:
    assert DuplicateFinder().group([APART, OWN, "", "Yes.", "Yes.", BUSES, LIBRARY]) == []


def test_the_template_is_the_commonest_text_even_when_it_comes_last() -> None:
    texts = [f"{LIBRARY} {OWN}", f"{OWN} {LIBRARY}", LIBRARY, LIBRARY.lower(), LIBRARY]
    (group,) = DuplicateFinder().group(texts)
    assert texts[group.template] == LIBRARY


def test_of_letters_that_all_differ_the_one_with_least_of_its_own_is_the_template() -> None:
    own = (" ".join(f"reason{year}{letter}" for letter in "abcdefghijkl") for year in range(1990, 2002))
    texts = [f"{LIBRARY} {reasons}." for reasons in own]
    texts += [LIBRARY, " ".join(sentences(LIBRARY)[:2])]
    (group,) = DuplicateFinder().group(texts)
    assert texts[group.template] == LIBRARY


def sentences(text: str) -> list[str]:
    return [f"{sentence.strip(' .')}." for sentence in text.split(". ")]


def test_a_letter_with_its_sentences_moved_about_or_left_out_is_recognised() -> None:
    first, second, third, last = sentences(LIBRARY)
    texts = [LIBRARY, LIBRARY, f"{last} {second} {third} {first}", f"{second} {OWN}"]
    (group,) = DuplicateFinder().group(texts)
    assert len(group.members) == 4


def replaced(text: str, share: float, seed: int) -> str:
    """The text with so many of its words replaced by others."""
    chance = random.Random(seed)
    return " ".join(f"other{chance.random()}" if chance.random() < share else word for word in text.split())


@pytest.mark.parametrize("seed", range(8))
def test_a_letter_of_which_every_fifth_word_is_replaced_follows_its_template(seed: int) -> None:
    template = f"{LIBRARY} {OWN}"
    letter = replaced(template, 0.2, seed)
    assert letter in next(iter(together([*[template] * 4, letter, APART, BUSES])))


def test_a_letter_of_which_half_the_words_are_replaced_is_left_alone() -> None:
    letter = replaced(f"{LIBRARY} {OWN}", 0.5, 1)
    assert not any(letter in group for group in together([*[f"{LIBRARY} {OWN}"] * 4, letter]))


def test_letters_cut_to_the_same_two_sentences_stay_with_their_template() -> None:
    cut = " ".join(sentences(LIBRARY)[1:3])
    found = together([*[LIBRARY] * 30, *[f"{LIBRARY} {OWN}"] * 3, cut, cut, cut, BUSES])
    assert found == {frozenset({LIBRARY, f"{LIBRARY} {OWN}", cut})}


def test_one_short_sentence_of_the_template_alone_stays_with_it() -> None:
    cut = "Please vote against the closure of it on Monday."
    template = f"{LIBRARY} {cut}"
    assert cut in next(iter(together([*[template] * 5, cut, "Thank you for all that you do for us."])))


def test_own_words_that_quote_a_sentence_of_a_short_template_are_left_alone() -> None:
    quoted = sentences(LIBRARY)[1]
    letter = f"{APART} They write: {quoted} I do not see it so. {FERRY} {OWN}"
    assert not any(letter in group for group in together([*[LIBRARY] * 5, letter]))


DEAR = "Dear Commission, thank you for asking all of us what we think of the place where we live."
YOURS = "Yours faithfully, for everybody at home, with thanks for the time you give to this."


def test_greeting_and_signature_shared_by_all_join_no_strangers() -> None:
    strangers = [f"{DEAR} {body} {YOURS}" for body in (LIBRARY, BUSES, APART, FERRY)]
    assert not any(len(group) > 1 for group in together(strangers))
    campaign = [f"{DEAR} {LIBRARY} {YOURS}"] * 4 + [f"Sirs. {LIBRARY} So say I, Ann."]
    found = together([*campaign, *strangers[1:]])
    assert found == {frozenset(campaign)}


def test_a_form_letter_with_a_name_in_it_is_one_template() -> None:
    form = "I, {}, of {} Street, support the letter of the tenants. {} The rest of it says what I would say."
    letters = [form.format(f"Person{n}", f"Number{n}", BUSES) for n in range(6)]
    assert together(letters) == {frozenset(letters)}


WELSH = (
    "Ysgrifennaf i ofyn ichi gadw’r llyfrgell ar agor. Dyma’r unig le cynnes yn y pentref lle caiff pawb"
    " eistedd heb dalu, ac yno y mae’r plant yn gwneud eu gwaith cartref. Byddai ei chau yn arbed ychydig"
    " ac yn costio’n ddrud i’r cwm cyfan. Pleidleisiwch yn erbyn y cau ddydd Llun, os gwelwch yn dda."
)


def test_welsh_letters_are_grouped_and_marked_like_any_others() -> None:
    own = "Cwrddais â fy ngŵr yno yn 1974."
    texts = [WELSH, WELSH.replace("’", "'"), WELSH, f"{WELSH} {own}", LIBRARY]
    (group,) = DuplicateFinder().group(texts)
    assert [member.index for member in group.members] == [0, 1, 2, 3]
    assert [f"{WELSH} {own}"[s.start : s.end] for s in group.members[3].own] == [own]


@pytest.mark.parametrize("short", ["Yes.", "I agree with all of it.", "No comment, thank you.", "See above"])
def test_very_short_letters_are_no_campaign(short: str) -> None:
    assert DuplicateFinder().group([short] * 50) == [] or len(short.split()) >= 5


def test_a_prompt_that_everybody_repeats_is_nobodys_own_words() -> None:
    prompt = "What has been tried where you live, and what came of it in the end?"
    finder = DuplicateFinder(ignored=[prompt])
    texts = [LIBRARY, LIBRARY, LIBRARY, f"{prompt} {LIBRARY} {OWN}"]
    (group,) = finder.group(texts)
    assert [texts[3][s.start : s.end] for s in group.members[3].own] == [OWN]
    assert group.members[3].similarity == 1


def test_a_known_template_leads_whatever_else_is_commoner_and_two_never_become_one() -> None:
    longer = f"{LIBRARY} {OWN}"
    texts = [LIBRARY, longer, *[longer] * 9, f"{longer} {FERRY}", APART]
    groups = DuplicateFinder().group(texts, templates=[0, 1])
    assert [group.template for group in groups] == [1, 0]
    assert [len(group.members) for group in groups] == [11, 1]
    (only,) = DuplicateFinder().group(texts, templates=[0])
    assert only.template == 0
    assert len(only.members) == 12


def test_shares_tell_how_a_letter_compares_with_its_template() -> None:
    half = f"{LIBRARY} {LIBRARY.replace('library', 'baths')}"
    first, second = DuplicateFinder().compare(LIBRARY, [LIBRARY, APART])
    assert (first.similarity, first.own_share) == (1.0, 0.0)
    assert (second.similarity, second.own_share) == (0.0, 1.0)
    (third,) = DuplicateFinder().compare(half, [LIBRARY])
    assert 0 < third.similarity < 1
    assert third.own_share == 0


def test_campaigns_that_share_a_paragraph_stay_apart() -> None:
    shared = " ".join(sentences(LIBRARY)[:2])
    one, other = f"{shared} {BUSES}", f"{shared} {APART}"
    texts = [one] * 5 + [f"{one} {OWN}"] + [other] * 4 + [f"{OWN} {other}"]
    found = together(texts)
    assert found == {frozenset({one, f"{one} {OWN}"}), frozenset({other, f"{OWN} {other}"})}


def test_what_only_repeats_a_paragraph_of_two_campaigns_is_put_with_neither() -> None:
    shared = "Please think again before the meeting on Monday, and let us know what you have decided"
    texts = (
        [f"{shared} {LIBRARY} {APART}"] * 4
        + [f"{shared} {BUSES} {BUSES.replace('bus', 'ferry')}"] * 4
        + [shared]
    )
    assert not any(shared in group for group in together(texts))


def test_a_slogan_sent_alone_does_not_draw_two_campaigns_together() -> None:
    slogan = "Save our valley now and listen to the people who live in it all year"
    texts = [slogan] * 9 + [f"{slogan}. {LIBRARY}"] * 3 + [f"{BUSES} {slogan}!"] * 3
    assert len(together(texts)) == 3


def test_a_short_appeal_that_is_commonest_of_all_leads_no_letter_it_is_a_small_part_of() -> None:
    appeal = (
        "We who live here ask you to keep the valley as it is, and to tell us in time what you mean to do"
    )
    one, other = f"{LIBRARY} {appeal} {APART}", f"{appeal} {BUSES} {FERRY}"
    found = together([appeal] * 9 + [one] * 3 + [f"{one} Yours"] + [other] * 3 + [f"Dear all {other}"])
    assert len(found) == 3


def test_one_phrase_in_common_makes_no_campaign_of_short_letters() -> None:
    phrase = "the people of this valley have now waited far too long"
    texts = [
        f"Dear chair, {phrase} for a doctor, and I am one, so I know how much they need it.",
        f"May I say that {phrase}? Buses, shops, the bank and the school are all gone by now.",
    ]
    assert DuplicateFinder().group(texts) == []


def test_a_tiny_text_leads_nothing_but_its_own_copies() -> None:
    tiny = "Save our valley now and listen to those who live in it all year"
    longer = [f"{tiny} " + " ".join(f"{name}{i}" for i in range(26)) for name in ("one", "other")]
    assert together([*longer, tiny, tiny, tiny.upper()]) == {frozenset({tiny, tiny.upper()})}


def test_a_question_that_everybody_repeats_can_be_left_out_of_account() -> None:
    question = (
        "What, in your own experience, has changed for the better or for the worse in the place you live in?"
    )
    answers = (LIBRARY, BUSES, OWN, "The bus went and has not come back since, for all that we wrote.")
    texts = [f"{question} {answer}" for answer in answers]
    assert DuplicateFinder().group(texts) != []
    assert DuplicateFinder(ignored=[question]).group(texts) == []


def test_own_words_are_found_before_after_and_within_the_template() -> None:
    first, *rest = sentences(LIBRARY)
    assert own_words(LIBRARY, f"{OWN} {LIBRARY}") == [OWN]
    assert own_words(LIBRARY, f"{LIBRARY}\n\n({OWN})") == [f"({OWN})"]
    assert own_words(LIBRARY, " ".join([first, OWN, *rest])) == [OWN]


def test_a_changed_word_is_marked_alone() -> None:
    assert own_words(LIBRARY, LIBRARY.replace("dearly", "nothing")) == ["nothing."]
    twice = LIBRARY.replace("would save", "can save").replace("cost the whole", "ruin the whole")
    assert own_words(LIBRARY, twice) == ["can", "ruin"]


def test_sentences_moved_about_are_nobodys_own_words() -> None:
    first, second, third, last = sentences(LIBRARY)
    assert own_words(LIBRARY, f"{last} {OWN} {third} {second} {first}") == [OWN]


def test_marks_and_emoji_hang_on_the_word_before_them() -> None:
    accented = "Cafe\u0301 ole\u0301\U0001f469\u200d\U0001f4bb, e\u20dd."
    assert own_words(LIBRARY, f"{LIBRARY} {accented}") == [accented]


FOREIGN = [
    "zebra",
    "cafe\u0301",
    "na\u00efve",
    "\U0001f469\u200d\U0001f4bb",
    "\u05e9\u05dc\u05d5\u05dd",
    "q\u20dd",
    "don\u2019t",
]
added = st.lists(st.sampled_from(FOREIGN), min_size=1, max_size=6).map(" ".join)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 52), added), max_size=4), st.sampled_from([" ", "\r\n", "\u00a0"]))
def test_spans_are_exact_and_hold_all_own_words_and_no_other(
    insertions: list[tuple[int, str]], space: str
) -> None:
    words = LIBRARY.split()
    for place, inserted in sorted(insertions, reverse=True):
        words.insert(place, inserted)
    letter = space.join(words)
    texts = [LIBRARY, LIBRARY, LIBRARY, letter]
    groups = DuplicateFinder().group(texts)
    member = next((m for group in groups for m in group.members if m.index == 3), None)
    if member is None:
        return
    ends = [0, *(place for span in member.own for place in (span.start, span.end)), len(letter)]
    assert ends == sorted(ends)
    inside = [any(s.start <= start and end <= s.end for s in member.own) for start, end in word_spans(letter)]
    known = {plain(LIBRARY[start:end]) for start, end in word_spans(LIBRARY)}
    for (start, end), own in zip(word_spans(letter), inside, strict=True):
        assert own or plain(letter[start:end]) in known
    far_apart = all(abs(a - b) >= 5 for i, (a, _) in enumerate(insertions) for b, _ in insertions[:i])
    if far_apart and all(5 <= place <= 47 for place, _ in insertions):
        marked = Counter(letter[s:e] for (s, e), own in zip(word_spans(letter), inside, strict=True) if own)
        assert marked == Counter(text[s:e] for _, text in insertions for s, e in word_spans(text))


def evidence(chance: random.Random) -> list[str]:
    """Letters of three campaigns, changed, and some by nobody else."""
    vocabulary = [f"word{i}" for i in range(400)]
    templates = [chance.choices(vocabulary, k=chance.randint(30, 90)) for _ in range(3)]
    texts = [" ".join(chance.choices(vocabulary, k=60)) for _ in range(4)]
    for template in templates:
        for _ in range(chance.randint(1, 6)):
            letter = [chance.choice(vocabulary) if chance.random() < 0.05 else word for word in template]
            texts.append(" ".join(letter + chance.choices(vocabulary, k=chance.choice([0, 0, 20]))))
    return texts


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False))
def test_the_order_of_letters_makes_no_difference(chance: random.Random) -> None:
    texts = evidence(chance)
    shuffled = chance.sample(texts, len(texts))

    def shape(given_texts: list[str]) -> list[tuple[str, list[tuple[str, object]]]]:
        return [
            (given_texts[group.template], sorted((given_texts[m.index], m.own) for m in group.members))
            for group in DuplicateFinder().group(given_texts)
        ]

    assert shape(texts) == shape(shuffled)


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False))
def test_groups_part_the_letters_and_grouping_again_changes_nothing(chance: random.Random) -> None:
    texts = evidence(chance)
    finder = DuplicateFinder()
    groups = finder.group(texts)
    assert finder.group(texts) == groups
    indices = [member.index for group in groups for member in group.members]
    assert len(indices) == len(set(indices))
    for group in groups:
        assert len(group.members) > 1
        assert group.template in {member.index for member in group.members}
        assert next(m for m in group.members if m.index == group.template).own == ()


@settings(deadline=None)
@given(st.lists(st.text(), max_size=8))
def test_any_texts_at_all_can_be_grouped(texts: list[str]) -> None:
    for group in DuplicateFinder().group([*texts, *texts, *(text * 7 for text in texts)]):
        assert all(span.start < span.end for member in group.members for span in member.own)


def test_one_enormous_letter_is_borne_with() -> None:
    chance = random.Random(5)
    enormous = " ".join(f"w{chance.randrange(10_000)}" for _ in range(100_000))
    assert len(DuplicateFinder().group([enormous, f"{enormous} {OWN}", LIBRARY])) == 1


@pytest.mark.parametrize("containment", [0, -1, 1.5])
def test_an_impossible_share_is_refused(containment: float) -> None:
    with pytest.raises(NlpError, match="containment"):
        DuplicateFinder(containment=containment)


def units_file(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("unit_id", "text"), *rows])
    return path


def run(units: Path, out: Path) -> int:
    return main(["duplicates", "--units", str(units), "--out", str(out)])


def grouped(path: Path) -> dict[str, tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["unit_id"]: (row["group"], row["template"]) for row in csv.DictReader(file)}


ROWS = [
    ("u1", BUSES),
    ("u2", f"{LIBRARY} {OWN}"),
    ("u3", APART),
    ("u4", LIBRARY),
    ("u5", LIBRARY),
    ("u6", BUSES),
]


def test_the_command_gives_each_unit_its_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "g.csv"
    assert run(units_file(tmp_path / "u.csv", ROWS), out) == 0
    assert out.read_text("utf-8").splitlines()[0] == "unit_id,group,template"
    assert grouped(out) == {
        "u1": ("2", "1"), "u2": ("1", "0"), "u3": ("", "0"),
        "u4": ("1", "1"), "u5": ("1", "0"), "u6": ("2", "0"),
    }  # fmt: skip
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2 groups" in captured.err


def test_the_order_of_the_file_changes_only_the_order_of_the_result(tmp_path: Path) -> None:
    found = []
    for rows in (ROWS, ROWS[::-1], ROWS[3:] + ROWS[:3]):
        assert run(units_file(tmp_path / "u.csv", rows), tmp_path / "g.csv") == 0
        found.append(grouped(tmp_path / "g.csv"))
    assert found[0] == found[1] == found[2]


BAD = {
    "missing": (None, "not there"),
    "empty": (b"", "it is empty"),
    "headings only": (b"unit_id,text\n", "no units"),
    "without text": (b"unit_id,words\n1,a\n", "it has unit_id, words"),
    "of semicolons": (b"unit_id;text\n1;a\n", "it has unit_id;text"),
    "twice": (b"unit_id,text\n1,a\n1,b\n", "unique"),
    "another encoding": (b"unit_id,text\n1,caf\xe9\n", "not UTF-8"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_units_are_one_plain_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content, message = BAD[case]
    if content is not None:
        (tmp_path / "u.csv").write_bytes(content)
    assert run(tmp_path / "u.csv", tmp_path / "g.csv") == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not (tmp_path / "g.csv").exists()


def test_a_result_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(units_file(tmp_path / "u.csv", ROWS), tmp_path / "no" / "g.csv") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_units_are_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    units = units_file(tmp_path / "u.csv", ROWS)
    before = units.read_bytes()
    (tmp_path / "same.csv").symlink_to(units)
    for out in (units, tmp_path / "." / "u.csv", tmp_path / "same.csv"):
        assert run(units, out) == 2
        assert "would be lost" in capsys.readouterr().err
    assert units.read_bytes() == before


def test_real_campaigns_are_told_apart(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "campaign_small"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    assert run(folder / "units.csv", tmp_path / "g.csv") == 0
    found = grouped(tmp_path / "g.csv")
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sure = Counter(
        (found[row["unit_id"]][0] or row["unit_id"], row["campaign"])
        for row in rows
        if row["kind"] in {"exact", "near_copy", "template_plus_own_words"}
    )
    campaigns: dict[str, set[str]] = {}
    for group, campaign in sure:
        campaigns.setdefault(group, set()).add(campaign)
    assert all(len(mixed) == 1 for mixed in campaigns.values())
    totals = Counter(campaign for group, campaign in sure.elements())
    right = sum(n * (n - 1) for n in sure.values())
    assert right >= 0.95 * sum(n * (n - 1) for n in totals.values())
    assert all(not found[row["unit_id"]][0] for row in rows if row["kind"] == "own_words")
