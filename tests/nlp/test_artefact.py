import json
from pathlib import Path

import pytest

from nlp.errors import DamagedArtefactError
from nlp.proposer import Proposer
from tests.nlp.conftest import CODES, PASSAGES, decided_all


@pytest.mark.parametrize("known", [0, 3])
def test_a_saved_proposer_comes_back_the_same(tmp_path: Path, known: int) -> None:
    saved = Proposer(limit=3, seed=4).fit(CODES, PASSAGES, decided_all(known))
    loaded = Proposer.load(tmp_path, saved.save(tmp_path))
    assert loaded.propose(PASSAGES) == saved.propose(PASSAGES)
    assert loaded.settings() == saved.settings()
    assert (loaded.codes_, loaded.n_decided_, loaded.data_hash_) == (
        saved.codes_,
        saved.n_decided_,
        saved.data_hash_,
    )


def test_a_loaded_proposer_goes_on_learning(tmp_path: Path) -> None:
    saved = Proposer().fit(CODES, PASSAGES, decided_all(1))
    loaded = Proposer.load(tmp_path, saved.save(tmp_path))
    assert loaded.learn(decided_all(2)).propose(PASSAGES) == saved.learn(decided_all(2)).propose(PASSAGES)
    assert loaded.data_hash_ == saved.data_hash_


def test_saving_twice_gives_the_same_hash(tmp_path: Path) -> None:
    proposer = Proposer().fit(CODES, PASSAGES, decided_all(1))
    assert proposer.save(tmp_path / "one") == proposer.save(tmp_path / "two")


def test_nothing_saved_is_pickled(tmp_path: Path) -> None:
    Proposer().fit(CODES, PASSAGES, decided_all(1)).save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays.npz", "model.json"]
    json.loads((tmp_path / "model.json").read_text())


@pytest.mark.parametrize("name", ["arrays.npz", "model.json"])
@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str, harm: str) -> None:
    pin = Proposer().fit(CODES, PASSAGES, []).save(tmp_path)
    path = tmp_path / name
    content = bytearray(path.read_bytes())
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with pytest.raises(DamagedArtefactError, match=name):
        Proposer.load(tmp_path, pin)


def test_a_model_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = Proposer().fit(CODES, PASSAGES, []).save(tmp_path)
    monkeypatch.setattr(Proposer, "version", "next")
    with pytest.raises(DamagedArtefactError, match="version"):
        Proposer.load(tmp_path, pin)
