import csv
import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.__main__ import main
from nlp.corpus import Corpus, read_codebook, read_corpus
from nlp.encoder import Encoder, KeepingEncoder
from nlp.evaluate import evaluate
from nlp.measures import MEASURES
from tests.nlp.conftest import CODES, SENTENCES


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A corpus of sixteen units, a quarter of them to test on."""
    units, labels = [["unit_id", "doc_id", "text", "split"]], [["unit_id", "code", "coder"]]
    for code, sentences in SENTENCES.items():
        for i, sentence in enumerate(sentences):
            units.append([f"{code}{i}", f"d{i}", sentence, "test" if i == 3 else "train"])
            labels.append([f"{code}{i}", code, "me"])
    codebook = [["code", "name", "definition"], *([c.code, c.name, c.definition] for c in CODES)]
    return {
        "units": write(tmp_path / "units.csv", units),
        "labels": write(tmp_path / "labels.csv", labels),
        "codebook": write(tmp_path / "codebook.csv", codebook),
        "out": tmp_path / "out.json",
    }


def run(files: dict[str, Path], *more: str) -> int:
    options = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    return main(["evaluate", *options, *more])


def test_the_result_has_the_form_of_the_contract(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(files, "--labelled", "0,4,99", "--seed", "3") == 0
    result = json.loads(files["out"].read_text())
    assert (result["codes"], result["test"], result["seed"]) == (4, 4, 3)
    assert [point["labelled"] for point in result["points"]] == [0, 4, 99]
    assert [point["used"] for point in result["points"]] == [0, 4, 12]
    assert all(set(MEASURES) <= set(point) for point in result["points"])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "there are only 12" in captured.err


def test_the_same_seed_measures_the_same(files: dict[str, Path]) -> None:
    found = []
    for seed in ("1", "1", "2"):
        run(files, "--labelled", "3", "--seed", seed)
        found.append(files["out"].read_text())
    assert found[0] == found[1] != found[2]


def test_plain_methods_are_printed_beside_ours(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(files, "--labelled", "0,8", "--compare") == 0
    table = capsys.readouterr().out
    assert table.count("this proposer") == table.count("definitions by cosine") == 2
    assert table.count("TF-IDF, logistic regression") == 1


def test_a_byte_order_mark_and_odd_columns_are_borne_with(files: dict[str, Path]) -> None:
    write(
        files["codebook"], [["code", "name ", "group"], *([c.code, c.name, "x"] for c in CODES)], "utf-8-sig"
    )
    assert run(files, "--labelled", "0") == 0


def test_a_line_without_a_code_labels_nothing(files: dict[str, Path]) -> None:
    before = read_corpus(files["units"], files["labels"], files["codebook"]).truth
    write(files["labels"], [*read(files["labels"]), ["buses0", " ", "me"], ["buses1", " parks ", "me"]])
    after = read_corpus(files["units"], files["labels"], files["codebook"]).truth
    assert after.sum() == before.sum() + 1


def renamed(files: dict[str, Path], parts: dict[str, str]) -> Corpus:
    """The corpus with the parts of its split column called otherwise."""
    heading, *rows = read(files["units"])
    write(files["units"], [heading, *([*row[:3], parts.get(row[3], row[3])] for row in rows)])
    return read_corpus(files["units"], files["labels"], files["codebook"])


def test_published_parts_are_used_whatever_they_are_called(files: dict[str, Path]) -> None:
    train, test = renamed(files, {"train": "Training", "test": "validation"}).division(0)
    assert (len(train), len(test)) == (12, 4)


def test_where_there_is_a_test_part_nothing_else_is_scored(files: dict[str, Path]) -> None:
    heading, *rows = read(files["units"])
    write(files["units"], [heading, [*rows[0][:3], "dev"], [*rows[1][:3], ""], *rows[2:]])
    train, test = read_corpus(files["units"], files["labels"], files["codebook"]).division(0)
    assert (len(train), len(test)) == (10, 4)


def test_without_published_parts_documents_are_divided_whole(files: dict[str, Path]) -> None:
    write(files["units"], [row[:3] for row in read(files["units"])])
    corpus = read_corpus(files["units"], files["labels"], files["codebook"])
    train, test = corpus.division(5)
    assert (len(train), len(test)) == (12, 4)
    assert not {corpus.docs[i] for i in train} & {corpus.docs[i] for i in test}
    assert np.array_equal(train, corpus.division(5)[0])


def test_examples_in_a_cell_are_taken_one_by_one(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", [["code", "name", "examples"], ["a", "A", "One. | Two.\nThree."]])
    assert read_codebook(path)[0].examples == ("One.", "Two.", "Three.")


BAD = {
    "units missing": ("units", None, "not there"),
    "units empty": ("units", b"", "it is empty"),
    "units without text": ("units", b"unit_id,words\n1,a\n", "no column 'text'"),
    "units of headings only": ("units", b"unit_id,text\n", "no units"),
    "units twice": ("units", b"unit_id,text\n1,a\n1,b\n", "unique"),
    "units in another encoding": ("units", b"unit_id,text\n1,caf\xe9\n", "not UTF-8"),
    "units of zero bytes": ("units", b"\x00\x01\x02", "units.csv"),
    "labels outside the codebook": ("labels", b"unit_id,code\nbuses0,trams\n", "'trams'"),
    "labels of a lost unit": ("labels", b"unit_id,code\nghost,buses\n", "'ghost'"),
    "nothing to find": ("labels", b"unit_id,code\n", "No unit of the test part"),
    "codebook empty": ("codebook", b"code,name\n", "no codes"),
    "codebook without names": ("codebook", b"code,definition\na,b\n", "no column 'name'"),
    "code twice": ("codebook", b"code,name\nbuses,a\nbuses,b\n", "unique"),
    "unclosed quote": ("codebook", b'code,name\n"buses,a\n', "cannot be read as CSV"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_plain_line_and_exit_code_2(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], case: str
) -> None:
    which, content, message = BAD[case]
    files[which].unlink()
    if content is not None:
        files[which].write_bytes(content)
    assert run(files) == 2
    assert_one_line(capsys.readouterr().err, message)
    assert not files["out"].exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--labelled", "ten"], "not a list of numbers"),
        (["--labelled", "-1"], "list of numbers"),
        (["--seed", "x"], "--seed"),
        (["--seed", "-1"], "--seed"),
        (["--out", "/no/such/folder/out.json"], "cannot be written"),
        (["--unknown"], "--unknown"),
    ],
)
def test_wrong_options_are_one_plain_line_and_exit_code_2(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    assert run(files, *more) == 2
    assert_one_line(capsys.readouterr().err, message)


@pytest.mark.parametrize("which", ["units", "labels", "codebook"])
def test_what_is_read_is_never_written_over(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], which: str
) -> None:
    before = files[which].read_bytes()
    assert run(files, "--out", str(files[which])) == 2
    assert_one_line(capsys.readouterr().err, "would be lost")
    assert files[which].read_bytes() == before


def test_no_command_at_all_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert_one_line(capsys.readouterr().err, "COMMAND")


def test_a_fault_of_ours_is_one_line_and_exit_code_1(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MEASURES, "brier", lambda *_: 1 / 0)
    assert run(files, "--labelled", "0") == 1
    assert "ZeroDivisionError" in capsys.readouterr().err.splitlines()[-1]


def assert_one_line(told: str, message: str) -> None:
    """Progress may come before; the complaint itself is the last line and the only one of its kind."""
    complaint = told.splitlines()[-1]
    assert told.count("nlp: ") == 1
    assert complaint.startswith("nlp: ")
    assert message in complaint
    assert "Traceback" not in told


NEVER_WORSE = ("recall_at_3", "mean_average_precision", "macro_recall_at_3")
CORPORA = ("nhs_fft_neas", "themefinder_synthetic", "csta_uk_manifestos_8792_05", "valueeval_args")
LABELLED = [0, 50, 200, 1000]


@pytest.mark.parametrize("corpus", CORPORA)
def test_decisions_never_make_suggestions_worse(shared_data: Path, corpus: str) -> None:
    assert_never_worse(shared_data / corpus, None)


def test_with_an_encoder_decisions_never_make_suggestions_worse(shared_data: Path, minilm: Encoder) -> None:
    """One corpus only: encoding the others takes minutes; `make bench only=nlp` has them all."""
    first = assert_never_worse(shared_data / "themefinder_synthetic", KeepingEncoder(minilm))
    assert first["mean_average_precision"] > 0.65
    assert first["recall_at_3"] > 0.87


def assert_never_worse(folder: Path, encoder: Encoder | None) -> dict[str, float]:
    """Medians of three seeds at every count are at least those without labels, which are returned."""
    corpus = read_corpus(*(folder / f"{name}.csv" for name in ("units", "labels", "codebook")))
    runs: list[Any] = [
        evaluate(corpus, LABELLED, lambda _: None, seed=seed, encoder=encoder)["points"] for seed in range(3)
    ]
    first = {}
    for measure in NEVER_WORSE:
        start, *later = (
            statistics.median(point[measure] for point in points) for points in zip(*runs, strict=True)
        )
        assert min(later) >= start, (measure, start, later)
        first[measure] = start
    return first
