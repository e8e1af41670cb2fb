"""Measures as lines of text to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlp.measures import MEASURES

_NAMES = {
    "definition_cosine": "definitions by cosine",
    "tfidf_logistic_regression": "TF-IDF, logistic regression",
}


def comparison(result: Mapping[str, Any]) -> str:
    """A table of our measures and those of the plain methods, point by point."""
    lines = [_line("labelled", "method", [name.replace("_", " ") for name in MEASURES])]
    for point in result["points"]:
        methods = {"this proposer": point, **{_NAMES[k]: v for k, v in point.get("baselines", {}).items()}}
        labelled = str(point["labelled"])
        lines += [_line(labelled, method, _figures(measured)) for method, measured in methods.items()]
    return "\n".join(lines)


def _figures(measured: Mapping[str, float]) -> list[str]:
    return [f"{measured[name]:.3f}" for name in MEASURES]


def _line(labelled: str, method: str, cells: list[str]) -> str:
    return f"{labelled:>8}  {method:<28}" + "".join(f"{cell:>26}" for cell in cells)
