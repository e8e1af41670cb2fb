import numpy as np
import pytest

from nlp import measures

# Four passages, four codes; the last code is on no passage.
TRUTH = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]], dtype=bool)
SCORES = np.array(
    [[0.9, 0.8, 0.7, 0.1], [0.6, 0.1, 0.5, 0.4], [0.8, 0.7, 0.2, 0.1], [0.1, 0.2, 0.9, 0.0]], dtype=np.float32
)


def test_recall_at_3_is_the_share_of_true_pairs_found() -> None:
    assert measures.recall_at_3(TRUTH, SCORES) == pytest.approx(4 / 5)


def test_macro_recall_at_3_leaves_out_codes_without_a_passage() -> None:
    assert measures.macro_recall_at_3(TRUTH, SCORES) == pytest.approx((1 + 1 / 2 + 1) / 3)


def test_mean_average_precision_by_hand() -> None:
    first = (1 + 1) / 2  # ranks 1 and 2
    second = (1 / 2 + 2 / 4) / 2  # ranks 2 and 4
    third = 1  # rank 1
    assert measures.mean_average_precision(TRUTH, SCORES) == pytest.approx((first + second + third) / 3)


def test_brier_is_the_mean_squared_distance() -> None:
    assert measures.brier(TRUTH, SCORES) == pytest.approx(float(((SCORES - TRUTH) ** 2).mean()))


def test_coverage_is_of_the_best_threshold_that_keeps_nine_in_ten_right() -> None:
    truth = np.array([[1], [1], [0], [1]], dtype=bool)
    assert measures.coverage_at_90_precision(truth, np.array([[0.9], [0.8], [0.7], [0.6]])) == pytest.approx(
        2 / 3
    )


def test_equal_scores_are_above_a_threshold_together() -> None:
    truth = np.array([[1], [0]], dtype=bool)
    assert measures.coverage_at_90_precision(truth, np.array([[0.5], [0.5]])) == 0.0


def test_perfect_scores_get_perfect_marks() -> None:
    perfect = TRUTH.astype(np.float32)
    assert {name: measure(TRUTH, perfect) for name, measure in measures.MEASURES.items()} == {
        "recall_at_3": 1.0,
        "mean_average_precision": 1.0,
        "macro_recall_at_3": 1.0,
        "brier": 0.0,
        "coverage_at_90_precision": 1.0,
        "expected_calibration_error": 0.0,
    }


def test_calibration_error_by_hand() -> None:
    # One bin about .8 where half came true, one about .3 where all did: (.3 x 2 + .7 x 2) / 4.
    truth = np.array([[1, 1], [0, 1]], dtype=bool)
    scores = np.array([[0.8, 0.3], [0.8, 0.3]])
    assert measures.expected_calibration_error(truth, scores) == pytest.approx((0.3 * 2 + 0.7 * 2) / 4)


def test_calibration_error_looks_at_the_five_likeliest_codes_only() -> None:
    truth = np.zeros((1, 7), dtype=bool)
    truth[0, :5] = True
    scores = np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9]])
    assert measures.expected_calibration_error(truth, scores) == 0.0
