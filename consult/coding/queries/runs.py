"""Model runs in a list and one by one: what is recorded of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consult.codebook.models import CodebookVersion
from consult.coding.models import ModelRun
from consult.coding.models_quality import RunResult
from consult.foundation.errors import NotFound

RUNS_A_PAGE = 50


@dataclass(frozen=True)
class RunRead:
    """A model run; what it did is None before it has ended, or where it never did."""

    id: int
    model: str
    model_version: str
    settings: dict[str, Any]
    data_sha256: str
    seed: int
    decided: int
    started_at: datetime
    codebook_version: int
    finished_at: datetime | None
    took: int | None
    passages: int | None
    suggestions: int | None
    abstained: int | None
    summary: dict[str, Any] | None
    artefact_sha256: str | None

    @property
    def seconds(self) -> float | None:
        """Return how long it took."""
        return None if self.took is None else self.took / 1_000


def runs_page(session: Session, inquiry_id: int, page: int = 1) -> list[RunRead]:
    """Return a page of runs, the newest first; one more if more follow."""
    rows = session.execute(
        _runs(inquiry_id).order_by(ModelRun.id.desc()).limit(RUNS_A_PAGE + 1).offset(RUNS_A_PAGE * (page - 1))
    )
    return [RunRead(*row) for row in rows]


def one_run(session: Session, inquiry_id: int, run_id: int) -> RunRead:
    """Return a run of an inquiry; NotFound for any other."""
    row = session.execute(_runs(inquiry_id).where(ModelRun.id == run_id)).first()
    if row is None:
        raise NotFound("There is no such model run in this inquiry.")
    return RunRead(*row)


def _runs(inquiry_id: int) -> Select[Any]:
    return (
        select(
            ModelRun.id,
            ModelRun.model,
            ModelRun.model_version,
            ModelRun.settings,
            ModelRun.data_sha256,
            ModelRun.seed,
            ModelRun.decided,
            ModelRun.started_at,
            CodebookVersion.number,
            RunResult.finished_at,
            RunResult.took,
            RunResult.passages,
            RunResult.suggestions,
            RunResult.abstained,
            RunResult.summary,
            RunResult.artefact_sha256,
        )
        .join(CodebookVersion, CodebookVersion.id == ModelRun.codebook_version_id)
        .outerjoin(RunResult, RunResult.run_id == ModelRun.id)
        .where(ModelRun.inquiry_id == inquiry_id)
    )
