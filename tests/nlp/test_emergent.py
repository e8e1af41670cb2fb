import csv
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from nlp.__main__ import main
from nlp.emergent import EmergentGroup, GroupFinder, group_file, novelty
from nlp.errors import NlpError
from nlp.parting import part, tree_groups
from nlp.phrases import key_phrases, name_of, phrases_of
from nlp.words import FloatArray
from tests.nlp.conftest import SENTENCES

SUBJECTS = {
    "buses": ("bus", "timetable", "village", "route", "evening", "fares"),
    "parks": ("playground", "swings", "grass", "mowing", "benches", "trees"),
    "votes": ("council", "ballot", "turnout", "councillors", "elected", "postal"),
    "clinics": ("doctor", "appointment", "surgery", "nurse", "waiting", "prescription"),
}


def said(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts about four subjects, and the subject of each."""
    chance = random.Random(seed)
    subjects = [chance.choice(sorted(SUBJECTS)) for _ in range(count)]
    return [
        f"Think {' and '.join(chance.sample(SUBJECTS[subject], 4))} matter, number {chance.randrange(9999)}."
        for subject in subjects
    ], subjects


def named(groups: Sequence[EmergentGroup], texts: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Groups without the places that the order of the input gives them."""
    return [(group.name, sorted(texts[i] for i in group.members)) for group in groups]


class Meaning:
    """Knows that "coach" and "bus" are one thing, and "green" and "park" another."""

    name = "meaning"

    def encode(self, texts: Sequence[str]) -> FloatArray:
        sides = [("coach", "bus"), ("green", "park")]
        return np.array(
            [[float(any(word in text for word in side)) + 0.01 for side in sides] for text in texts],
            dtype=np.float32,
        )


def test_passages_about_the_same_subject_are_together() -> None:
    texts, subjects = said(200)
    groups = GroupFinder(groups=4).find(texts)
    found = {index: number for number, group in enumerate(groups) for index in group.members}
    together = normalized_mutual_info_score(subjects, [found[i] for i in range(len(texts))])
    assert together > 0.95


def test_every_passage_with_words_is_in_exactly_one_group_and_the_largest_comes_first() -> None:
    texts, _ = said(120)
    groups = GroupFinder().find([*texts, "", "…", "\u200b"])
    members = [index for group in groups for index in group.members]
    assert sorted(members) == list(range(120))
    sizes = [len(group.members) for group in groups]
    assert sizes == sorted(sizes, reverse=True)


def test_phrases_name_what_a_group_speaks_of() -> None:
    texts, _ = said(200)
    words = {word for group in GroupFinder(groups=4).find(texts) for word in group.name.lower().split(", ")}
    assert all(words & set(subject) for subject in SUBJECTS.values())


def test_examples_are_members_and_no_two_are_the_same_text() -> None:
    texts, _ = said(60)
    for group in GroupFinder(groups=3).find(texts * 2):
        shown = [(texts * 2)[i] for i in group.examples]
        assert set(group.examples) <= set(group.members)
        assert len(set(shown)) == len(shown) == 5


def test_an_encoder_brings_together_what_no_word_does() -> None:
    coach = [
        f"Take the coach at {hour} o'clock to {place}." for hour in range(6) for place in ("Ely", "Hove")
    ]
    bus = [f"A bus stops near Mill Lane, stand {stand}." for stand in range(12)]
    green = [f"Somebody mows our green on day {day}." for day in range(12)]
    groups = GroupFinder(groups=2, encoder=Meaning()).find([*coach, *bus, *green])
    assert [sorted(group.members) for group in groups] == [list(range(24)), list(range(24, 36))]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_of_the_input_makes_no_difference(chance: random.Random, seed: int) -> None:
    texts, _ = said(60, seed)
    texts += ["", *texts[:5]]
    shuffled = chance.sample(texts, len(texts))
    assert named(GroupFinder().find(shuffled), shuffled) == named(GroupFinder().find(texts), texts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=60), max_size=30), st.integers(0, 5))
def test_any_texts_give_the_same_groups_again_and_nobody_is_in_two(texts: list[str], seed: int) -> None:
    groups = GroupFinder(seed=seed).find(texts)
    members = [index for group in groups for index in group.members]
    assert len(members) == len(set(members))
    assert groups == GroupFinder(seed=seed).find(texts)


def test_up_to_the_size_of_a_sample_all_seeds_agree_exactly() -> None:
    texts, _ = said(400)
    assert GroupFinder(seed=1).find(texts) == GroupFinder(seed=7).find(texts)


def test_beyond_it_seeds_agree_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.parting.TREE_AT_MOST", 150)
    texts, _ = said(600)
    one, other = (_numbers(GroupFinder(groups=4, seed=seed).find(texts), len(texts)) for seed in (1, 2))
    assert adjusted_rand_score(one, other) > 0.95


def _numbers(groups: Sequence[EmergentGroup], count: int) -> list[int]:
    found = {index: number for number, group in enumerate(groups) for index in group.members}
    return [found.get(i, -1) for i in range(count)]


def test_weights_let_what_a_code_covers_step_back() -> None:
    texts, subjects = said(200)
    weights = [0.0 if subject == "buses" else 1.0 for subject in subjects]
    groups = GroupFinder(groups=3).find(texts, weights)
    kept = {index for group in groups for index in group.members}
    assert kept == {i for i, subject in enumerate(subjects) if subject != "buses"}


def test_novelty_is_what_no_code_explains() -> None:
    found = novelty(np.array([[0.9, 0.1], [0.2, 0.5], [0.0, 0.0]]))
    assert found == pytest.approx([0.09, 0.4, 1.0])
    assert novelty(np.zeros((2, 0))) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [
        ([], []),
        (["", " ", "🙂"], []),
        (["Keep the bus."], [1]),
        (["Keep the bus."] * 50, [50]),
        ([f"Keep bus {n}." for n in range(9)], [9]),
        (["the and of"] * 3 + ["is it was"], [4]),
    ],
    ids=["none", "no words", "one", "all alike", "too few to part", "only stop words"],
)
def test_too_little_to_part_is_one_group_or_none(texts: list[str], sizes: list[int]) -> None:
    assert [len(group.members) for group in GroupFinder().find(texts)] == sizes


def test_other_languages_and_one_enormous_passage_are_grouped_like_any_other() -> None:
    welsh = [f"Mae'r bws olaf yn gadael y pentref am {n} o'r gloch." for n in range(10)]
    japanese = [f"公園の遊び場が閉鎖されました{n}" for n in range(10)]
    texts = [*welsh, *japanese, "bus " * 200_000]
    groups = GroupFinder(groups=3).find(texts)
    assert sorted(index for group in groups for index in group.members) == list(range(21))
    assert any(set(range(10)) <= set(group.members) for group in groups)


def test_weights_of_another_length_or_below_nothing_are_refused() -> None:
    for weights in ([1.0], [1.0, -1.0], [1.0, float("nan")]):
        with pytest.raises(NlpError, match="weights"):
            GroupFinder().find(["one text", "two texts"], weights)


def test_no_groups_and_no_seed_below_nothing_are_refused() -> None:
    with pytest.raises(NlpError, match="groups"):
        GroupFinder(groups=0)
    with pytest.raises(NlpError, match="seed"):
        GroupFinder(seed=-1)


def test_wards_tree_is_the_one_that_scipy_makes() -> None:
    points = np.random.default_rng(0).normal(size=(80, 5))
    for groups in (1, 2, 7, 80):
        theirs = fcluster(linkage(points, "ward"), groups, "maxclust")
        assert adjusted_rand_score(tree_groups(points, np.ones(80), groups), theirs) == 1.0


def test_a_weight_counts_as_that_many_points() -> None:
    points = np.random.default_rng(1).normal(size=(40, 3))
    weights = np.random.default_rng(2).integers(1, 5, size=40)
    repeated = tree_groups(np.repeat(points, weights, axis=0), np.ones(weights.sum()), 5)
    first_of = np.concatenate([[0], np.cumsum(weights)[:-1]])
    ours = tree_groups(points, weights.astype(float), 5)
    assert adjusted_rand_score(ours, repeated[first_of]) == 1.0


def test_no_group_is_left_without_points() -> None:
    points = np.repeat(np.eye(3), 5, axis=0)
    group, centres = part(points, np.ones(15), 6, seed=0)
    assert set(group.tolist()) == set(range(len(centres)))


def test_a_pair_of_words_is_a_phrase_only_where_the_words_stand_side_by_side() -> None:
    assert "bus fares" in phrases_of("Bus fares rose in 2016.")
    assert "fares bus" not in phrases_of("The fares of the bus")
    assert "2016" not in phrases_of("Bus fares rose in 2016.")


def test_no_phrase_repeats_a_better_one() -> None:
    texts = ["bus fares", "bus fares rise", "busy roads", "parks", "parks close"]
    (first, second) = key_phrases(texts, np.array([0, 0, 0, 1, 1]), np.ones(5))
    assert first[0] == "bus fares"
    assert not {"bus", "fares", "fare"} & set(first[1:])
    assert "parks" in second


def test_a_group_without_phrases_has_no_name() -> None:
    assert name_of(()) == ""


def test_the_command_writes_units_and_themes(tmp_path: Path) -> None:
    texts, _ = said(60)
    units, out = tmp_path / "u.csv", tmp_path / "t.csv"
    _write(units, [(f"U{i}", text) for i, text in enumerate([*texts, ""])])
    assert main(["discover", "--encoder", "none", "--units", str(units), "--out", str(out)]) == 0
    rows = _read(out)
    themes = _read(tmp_path / "t.themes.csv")
    assert [row["unit_id"] for row in rows] == [f"U{i}" for i in range(61)]
    assert rows[-1]["theme"] == ""
    assert {row["theme"] for row in rows[:-1]} == {theme["theme"] for theme in themes}
    assert list(themes[0]) == ["theme", "name", "key_phrases", "example_unit_ids"]
    theme_of = {row["unit_id"]: row["theme"] for row in rows}
    for theme in themes:
        examples = theme["example_unit_ids"].split(" | ")
        assert {theme_of[unit] for unit in examples} == {theme["theme"]}


def test_an_encoder_nobody_asked_for_is_left_out_where_units_are_many_and_that_is_said(
    tmp_path: Path,
) -> None:
    units = tmp_path / "u.csv"
    _write(units, [(f"U{n}", f"Coach number {n}, calling at Ely.") for n in range(12)])

    class NotAsked(Meaning):
        def encode(self, texts: Sequence[str]) -> FloatArray:
            raise AssertionError("encoded")

    told: list[str] = []
    finder = GroupFinder(encoder=NotAsked())
    groups, _ = group_file(units, finder, told.append, encode_at_most=11)
    assert groups.count("\n") == 13
    assert any("words alone" in line for line in told)
    with pytest.raises(AssertionError, match="encoded"):
        group_file(units, finder, told.append, encode_at_most=12)


def test_the_command_takes_the_number_of_groups(tmp_path: Path) -> None:
    texts, _ = said(60)
    units, out = tmp_path / "u.csv", tmp_path / "t.csv"
    _write(units, [(f"U{i}", text) for i, text in enumerate(texts)])
    assert (
        main(["discover", "--encoder", "none", "--units", str(units), "--out", str(out), "--groups", "4"])
        == 0
    )
    assert len(_read(tmp_path / "t.themes.csv")) == 4


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("unit_id,text\n", "no units"),
        ("unit_id,words\nU1,a\n", "no column 'text'"),
        ("unit_id,text\nU1,a\nU1,b\n", "same unit_id"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    units = tmp_path / "u.csv"
    units.write_text(content, encoding="utf-8")
    assert (
        main(["discover", "--encoder", "none", "--units", str(units), "--out", str(tmp_path / "t.csv")]) == 2
    )
    complained = capsys.readouterr().err
    assert complaint in complained
    assert complained.count("\n") == 1


@pytest.mark.parametrize(("units", "out"), [("t.csv", "t.csv"), ("t.themes.csv", "t.csv")])
def test_neither_file_of_groups_is_written_over_the_units(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], units: str, out: str
) -> None:
    _write(tmp_path / units, [("U1", "The bus never comes.")])
    before = (tmp_path / units).read_bytes()
    command = [
        "discover",
        "--encoder",
        "none",
        "--units",
        str(tmp_path / units),
        "--out",
        str(tmp_path / out),
    ]
    assert main(command) == 2
    assert "would be lost" in capsys.readouterr().err
    assert (tmp_path / units).read_bytes() == before


def test_groups_agree_with_the_codes_that_people_gave(shared_data: Path) -> None:
    folder = shared_data / "themefinder_synthetic"
    texts = {row["unit_id"]: row["text"] for row in _read(folder / "units.csv")}
    groups = GroupFinder().find(list(texts.values()))
    units = list(texts)
    found = {units[i]: number for number, group in enumerate(groups) for i in group.members}
    pairs = [(row["code"], found[row["unit_id"]]) for row in _read(folder / "labels.csv")]
    assert normalized_mutual_info_score(*zip(*pairs, strict=True)) > 0.47


def test_small_evidence_still_gives_something_to_read() -> None:
    texts = [sentence for sentences in SENTENCES.values() for sentence in sentences]
    groups = GroupFinder().find(texts)
    assert len(groups) == 3
    assert all(group.name and group.examples for group in groups)


def _write(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("unit_id", "text"), *rows])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
