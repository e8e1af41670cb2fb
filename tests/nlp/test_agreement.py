import csv
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from nlp.__main__ import main
from nlp.agreement import bootstrap_interval, measure_agreement
from nlp.coefficients import MEASURES, ON_NUMBERS
from nlp.errors import NlpError

Table = list[list[object]]


def by_coder(*coders: Sequence[object]) -> Table:
    """A table given one coder a line, as the textbooks print it; a full stop is no value."""
    return [[None if value == "." else value for value in unit] for unit in zip(*coders, strict=True)]


def crossed(values: str, counts: list[list[int]]) -> Table:
    """Two coders' table of counts taken apart into units."""
    return [
        [values[i], values[j]]
        for i, row in enumerate(counts)
        for j, count in enumerate(row)
        for _ in range(count)
    ]


def shared_out(units: str) -> Table:
    """For each unit how many coders gave each value."""
    return [
        [i for i, count in enumerate(map(int, row.split())) for _ in range(count)] for row in units.split(",")
    ]


PUBLISHED = {
    "Krippendorff 2004, p. 224": (
        by_coder("1100000000", "0110010100"),
        {"percent_agreement": 0.6, "alpha_nominal": 0.095},
    ),
    "Krippendorff 2004, p. 227": (
        by_coder("aabbbbbccccc", "abbbbbcccccc"),
        {"percent_agreement": 0.833, "alpha_nominal": 0.734},
    ),
    "Krippendorff 2004, p. 230, and 2011, section C": (
        by_coder("123321412...", "1233224125..", ".33323422513", "12332441251."),
        {
            "alpha_nominal": 0.743,
            "alpha_ordinal": 0.815,
            "alpha_interval": 0.849,
            "alpha_ratio": 0.797,
            "mean_unit_percent_agreement": 0.818,
        },
    ),
    "Krippendorff's alpha in the encyclopedia": (
        by_coder(".....34121133.3", "1.213343.......", "..21344.21133.4"),
        {"alpha_nominal": 0.691, "alpha_interval": 0.811},
    ),
    "Cohen 1960, p. 45": (
        crossed("abc", [[88, 14, 18], [10, 40, 10], [2, 6, 12]]),
        {"percent_agreement": 0.7, "cohen_kappa": 0.492},
    ),
    "Artstein and Poesio 2008, p. 558": (
        crossed("SI", [[20, 10], [20, 50]]),
        {"percent_agreement": 0.7, "bennett_s": 0.4, "scott_pi": 0.341, "cohen_kappa": 0.348},
    ),
    "Cohen's kappa in the encyclopedia": (
        crossed("yn", [[45, 15], [25, 15]]),
        {"percent_agreement": 0.6, "cohen_kappa": 0.1304},
    ),
    "Fleiss' kappa in the encyclopedia": (
        shared_out(
            "0 0 0 0 14, 0 2 6 4 2, 0 0 3 5 6, 0 3 9 2 0, 2 2 8 1 1,"
            "7 7 0 0 0, 3 2 6 3 0, 2 5 3 2 2, 6 5 2 1 0, 0 2 2 3 7"
        ),
        {"fleiss_kappa": 0.210, "mean_unit_percent_agreement": 0.378},
    ),
    "Ben and Gerry of irrCAC": (
        by_coder("aabbdcccedda", "babbbccce.dd"),
        {"alpha_nominal": 0.665},
    ),
    "units with a single value": (by_coder("YY.", "NN.", "N.N"), {"alpha_nominal": -0.333}),
}  # fmt: skip
CASES = [(name, measure) for name, (_, expected) in PUBLISHED.items() for measure in expected]


@pytest.mark.parametrize(("name", "measure"), CASES)
def test_published_values_come_out(name: str, measure: str) -> None:
    table, expected = PUBLISHED[name]
    found = measure_agreement(table, measure)
    assert found.value == pytest.approx(expected[measure], abs=0.001)
    assert found.reason is None


def test_every_case_of_the_shared_file_comes_out(shared_data: Path) -> None:
    file = shared_data / "reliability_cases" / "cases.json"
    if not file.is_file():
        pytest.skip(f"no {file}")
    for case in json.loads(file.read_text("utf-8"))["cases"]:
        for measure, expected in case["expected"].items():
            found = measure_agreement(case["items"], measure)
            assert found.value == pytest.approx(expected, abs=case["tolerance"]), (case["id"], measure)
            assert (found.reason is None) == (expected is not None)


ONE_VALUE = by_coder("111", "111")
NOT_COMPUTABLE = {
    "one value throughout": (ONE_VALUE, set(MEASURES) - {"percent_agreement", "mean_unit_percent_agreement"},
                             "same value throughout"),
    "one coder": (by_coder("121"), set(MEASURES), "only one coder"),
    "one coder of two": (by_coder("121", "..."), set(MEASURES), "only one coder"),
    "no unit in common": (by_coder("12..", "..12"), set(MEASURES), "no unit has been coded by two"),
    "no value at all": (by_coder("..", ".."), set(MEASURES), "nobody has coded"),
    "no unit": ([], set(MEASURES), "nobody has coded"),
    "three coders": (by_coder("121", "122", "112"), {"cohen_kappa", "scott_pi"}, "compares two coders"),
    "uneven numbers of values": (by_coder("121", "122", "11."), {"fleiss_kappa"}, "equally often"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_COMPUTABLE)
def test_what_cannot_be_computed_is_a_result_with_its_reason(name: str) -> None:
    table, measures, reason = NOT_COMPUTABLE[name]
    for measure in measures:
        found = measure_agreement(table, measure)
        assert found.value is None, measure
        assert reason in str(found.reason)


def test_agreement_on_one_value_throughout_is_still_full_agreement() -> None:
    for measure in ("percent_agreement", "mean_unit_percent_agreement"):
        assert measure_agreement(ONE_VALUE, measure).value == 1.0


def test_units_are_counted_as_given_and_as_compared() -> None:
    found = measure_agreement(by_coder("123.", "12..", "1..."), "percent_agreement")
    assert (found.units, found.coders, found.compared) == (4, 3, 2)


def test_not_a_number_counts_as_no_value() -> None:
    assert measure_agreement([[1, 1], [2, math.nan], [2, 2]], "alpha_interval").compared == 2


@pytest.mark.parametrize(
    ("table", "measure", "message"),
    [
        ([["a", "b"]], "alpha_interval", "'a' is not a number"),
        ([["1", "inf"]], "alpha_ordinal", "not a number"),
        ([[1, -2]], "alpha_ratio", "zero or more"),
        ([[1, 2], [1]], "alpha_nominal", "one entry for each coder"),
        ([[1, 2]], "alpha", "No measure is called 'alpha'"),
    ],
)
def test_what_a_measure_cannot_take_is_refused(table: Table, measure: str, message: str) -> None:
    with pytest.raises(NlpError, match=message):
        measure_agreement(table, measure)


def test_numbers_may_be_huge_tiny_or_written_in_several_ways() -> None:
    for scale in (1e300, 1.0, 1e-300):
        table = [[scale * 1, scale * 2], [scale * 3, scale * 3], [scale * 1, scale * 1]]
        value = measure_agreement(table, "alpha_interval").value
        assert value == pytest.approx(measure_agreement([[1, 2], [3, 3], [1, 1]], "alpha_interval").value)
    assert measure_agreement([["1", "1.0"], ["2", " 2"]], "alpha_interval").value == 1.0


two_coders = st.lists(st.tuples(*[st.sampled_from("abcd")] * 2), min_size=2, max_size=40)
with_gaps = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.none() | st.integers(0, 4), min_size=width, max_size=width), min_size=1, max_size=20
    )
)


@settings(deadline=None, max_examples=100)
@given(two_coders)
def test_kappa_is_that_of_a_well_known_library(table: list[tuple[str, str]]) -> None:
    found = measure_agreement(table, "cohen_kappa").value
    assume(found is not None)
    assert found == pytest.approx(cohen_kappa_score(*zip(*table, strict=True)))


@settings(deadline=None, max_examples=100)
@given(two_coders)
def test_measures_stand_to_each_other_as_the_literature_has_it(table: list[tuple[str, str]]) -> None:
    found = {measure: measure_agreement(table, measure).value for measure in ("scott_pi", "fleiss_kappa")}
    alpha = measure_agreement(table, "alpha_nominal").value
    assume(alpha is not None)
    assert found["scott_pi"] == pytest.approx(found["fleiss_kappa"])
    values = 2 * len(table)  # Krippendorff 2004: alpha approaches pi as units are added
    assert 1 - alpha == pytest.approx((1 - found["scott_pi"]) * (values - 1) / values)


@settings(deadline=None, max_examples=100)
@given(with_gaps, st.sampled_from(sorted(MEASURES)), st.randoms(use_true_random=False))
def test_the_order_of_units_and_coders_makes_no_difference(
    table: list[list[int | None]], measure: str, chance: random.Random
) -> None:
    order = chance.sample(range(len(table[0])), len(table[0]))
    shuffled = [[row[i] for i in order] for row in chance.sample(table, len(table))]
    before, after = measure_agreement(table, measure), measure_agreement(shuffled, measure)
    assert after.value == pytest.approx(before.value)
    assert after.reason == before.reason


@settings(deadline=None, max_examples=100)
@given(with_gaps, st.sampled_from(sorted(set(MEASURES) - ON_NUMBERS)))
def test_names_of_values_make_no_difference(table: list[list[int | None]], measure: str) -> None:
    renamed = [[None if value is None else f"code {9 - value}" for value in row] for row in table]
    assert measure_agreement(renamed, measure).value == pytest.approx(measure_agreement(table, measure).value)


def krippendorff_by_pairs(table: list[list[int | None]]) -> float | None:
    """Alpha with the ordinal difference as it is written down, pair by pair."""
    units = [[v for v in row if v is not None] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]

    def difference(c: int, k: int) -> float:
        low, high = min(c, k), max(c, k)
        between = sum(low <= v <= high for v in values)
        return (between - (values.count(c) + values.count(k)) / 2) ** 2 if c != k else 0.0

    inside = sum(sum(difference(a, b) for a in unit for b in unit) / (len(unit) - 1) for unit in units)
    overall = sum(difference(a, b) for a in values for b in values)
    return 1 - (len(values) - 1) * inside / overall if overall else None


@settings(deadline=None, max_examples=100)
@given(with_gaps)
def test_ordinal_alpha_by_middle_ranks_is_that_of_the_definition(table: list[list[int | None]]) -> None:
    assert measure_agreement(table, "alpha_ordinal").value == pytest.approx(krippendorff_by_pairs(table))


def test_an_interval_holds_the_value_and_narrows_with_more_units() -> None:
    few = crossed("ab", [[10, 4], [3, 13]])
    value = measure_agreement(few, "alpha_nominal").value or 0.0
    small = bootstrap_interval(few, "alpha_nominal", seed=1, resamples=500)
    large = bootstrap_interval(few * 16, "alpha_nominal", seed=1, resamples=500)
    assert small.low is not None
    assert small.high is not None
    assert small.low < value < small.high
    assert (large.high or 9) - (large.low or 0) < 0.4 * (small.high - small.low)


def test_an_interval_is_about_as_wide_as_theory_has_it() -> None:
    table = crossed("ab", [[80, 10], [10, 100]])  # 90 % of 200 units: standard error 0.0212
    found = bootstrap_interval(table, "percent_agreement", seed=0, resamples=4_000)
    assert found.low == pytest.approx(0.9 - 1.96 * 0.0212, abs=0.006)
    assert found.high == pytest.approx(0.9 + 1.96 * 0.0212, abs=0.006)


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    table = crossed("ab", [[10, 4], [3, 13]])
    one, same, other = (bootstrap_interval(table, "cohen_kappa", seed=s, resamples=200) for s in (4, 4, 5))
    assert one == same != other


def test_no_interval_is_given_where_there_is_nothing_to_give_it_from() -> None:
    assert "same value" in str(bootstrap_interval(ONE_VALUE, "alpha_nominal", seed=0).reason)
    rare = [["a", "a"]] * 30 + [["a", "b"]]  # some third of all resamples hold a alone
    found = bootstrap_interval(rare, "alpha_nominal", seed=0, resamples=300)
    assert found.low is None
    assert 150 < found.computable < 250
    assert "code more units" in str(found.reason)


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": 0, "level": 1.0}, {"seed": 0, "resamples": 0}])
def test_an_interval_of_impossible_settings_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(NlpError, match="An interval needs"):
        bootstrap_interval(ONE_VALUE, "alpha_nominal", **wrong)  # type: ignore[arg-type] # wrong on purpose


def codings_file(path: Path, table: Table) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", "coder", "value"])
        for i, row in enumerate(table):
            writer.writerows(
                [f"u{i}", f"c{j}", "" if value is None else value] for j, value in enumerate(row)
            )
    return path


def run(path: Path, measure: str, *more: str) -> int:
    return main(["agreement", "--codings", str(path), "--measure", measure, *more])


@pytest.mark.parametrize(("name", "measure"), CASES)
def test_the_command_gives_the_published_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, measure: str
) -> None:
    table, expected = PUBLISHED[name]
    assert run(codings_file(tmp_path / "c.csv", table), measure) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["value"] == pytest.approx(expected[measure], abs=0.001)
    assert (printed["measure"], printed["units"], printed["coders"]) == (measure, len(table), len(table[0]))
    assert "reason" not in printed


def test_the_command_says_why_there_is_no_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(codings_file(tmp_path / "c.csv", ONE_VALUE), "alpha_nominal") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["value"] is None
    assert "same value" in printed["reason"]


def test_the_command_adds_an_interval_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = codings_file(tmp_path / "c.csv", crossed("ab", [[10, 4], [3, 13]]))
    assert run(path, "scott_pi", "--resamples", "200", "--seed", "2") == 0
    interval = json.loads(capsys.readouterr().out)["interval"]
    assert interval["low"] < interval["high"]


BAD = {
    "missing": (None, "not there"),
    "empty": (b"", "no column 'unit'"),
    "headings only": (b"unit,coder,value\n", "no codings"),
    "without coders": (b"unit,value\n1,a\n", "no column 'coder'"),
    "no unit": (b"unit,coder,value\n1,a,x\n,b,x\n", "coding 2"),
    "twice": (b"unit,coder,value\n1,a,x\n1,a,y\n", "one file for each code"),
    "another encoding": (b"unit,coder,value\n1,a,caf\xe9\n", "not UTF-8"),
    "names for numbers": (b"unit,coder,value\n1,a,x\n1,b,y\n", "not a number"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_codings_are_one_plain_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content, message = BAD[case]
    path = tmp_path / "c.csv"
    if content is not None:
        path.write_bytes(content)
    assert run(path, "alpha_interval") == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_an_unknown_measure_is_told_which_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(codings_file(tmp_path / "c.csv", ONE_VALUE), "kappa") == 2
    assert "cohen_kappa" in capsys.readouterr().err
