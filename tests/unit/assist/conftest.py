"""No passage is drawn by lot here unless a test says so: which ones would be hangs on their ids."""

import shutil

import pytest
from flask import Flask

from consult.assist import ordering


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "BLIND_SHARE", 0.0)


@pytest.fixture
def everybody_is_drawn(monkeypatch: pytest.MonkeyPatch, nobody_is_drawn: None) -> None:
    monkeypatch.setattr(ordering, "BLIND_SHARE", 1.0)


@pytest.fixture(autouse=True)
def no_model_is_kept(app: Flask) -> None:
    """Tests share an instance folder, and a database rolled back gives the same ids again."""
    shutil.rmtree(app.config["CONSULT"].instance / "models", ignore_errors=True)
