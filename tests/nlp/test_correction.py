import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from nlp.correction import Correction, fit_correction

AS_IT_IS = Correction(np.ones(4, dtype=np.float32), np.float32(0))
raw_logits = st.lists(st.floats(-12, 12, width=32), min_size=20, max_size=60)


def table(values: list[float]) -> np.ndarray:
    return np.array(values[: len(values) // 2 * 2], dtype=np.float32).reshape(-1, 2)


def test_slopes_of_one_leave_everything_as_it_is() -> None:
    raw = np.linspace(-9, 9, 37, dtype=np.float32)
    assert np.allclose(AS_IT_IS.logits(raw), raw, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(raw_logits, st.integers(0, 2**20))
def test_whatever_was_decided_no_order_changes(values: list[float], seed: int) -> None:
    raw = table(values)
    answer = np.random.default_rng(seed).integers(0, 2, raw.shape).astype(np.float32)
    line = fit_correction(raw, answer, np.ones(raw.shape, dtype=bool))
    inside = np.sort(np.unique(raw.ravel().round(2)))
    assert (np.diff(line.logits(inside)) >= 0).all()


def test_nothing_decided_among_the_highest_changes_nothing() -> None:
    raw = np.array([[0.5, -2.0], [1.0, -1.0]], dtype=np.float32)
    line = fit_correction(raw, np.zeros_like(raw), np.zeros(raw.shape, dtype=bool))
    assert np.allclose(line.logits(raw), raw, atol=1e-4)


@pytest.mark.parametrize(("slope", "shift"), [(0.5, -1.0), (2.0, 0.5)])
def test_promises_come_to_be_kept(slope: float, shift: float) -> None:
    rng = np.random.default_rng(1)
    raw = rng.normal(-0.5, 1.5, (2_000, 3)).astype(np.float32)
    chance = expit(slope * raw + shift)
    answer = (rng.random(raw.shape) < chance).astype(np.float32)
    kept = expit(fit_correction(raw, answer, np.ones(raw.shape, dtype=bool)).logits(raw))
    assert np.abs(kept - chance).mean() < 0.02 < np.abs(expit(raw) - chance).mean()


@pytest.mark.parametrize("accepted", [0.0, 1.0])
def test_a_few_decisions_all_alike_promise_no_certainty(accepted: float) -> None:
    raw = np.linspace(-2, 2, 20, dtype=np.float32).reshape(-1, 1)
    line = fit_correction(raw, np.full(raw.shape, accepted, dtype=np.float32), np.ones(raw.shape, dtype=bool))
    assert np.abs(line.logits(raw) - raw).max() < 3
