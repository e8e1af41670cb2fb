"""How much the machine has before it, for the bar that people watch."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from consult.coding.models import LatestRun, ModelRun
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.rules import PassageKind


def count_uncut(session: Session, inquiry_id: int) -> int:
    """Return how many source texts have not been cut into passages."""
    cut = exists().where(Passage.source_text_id == SourceText.id, Passage.kind == PassageKind.CUT)
    texts = (
        select(func.count())
        .select_from(SourceText)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(Submission.inquiry_id == inquiry_id, ~cut)
    )
    return session.scalar(texts) or 0


def count_passages(session: Session, inquiry_id: int) -> int:
    """Return how many passages the machine has cut."""
    passages = select(func.count()).where(Passage.inquiry_id == inquiry_id, Passage.kind == PassageKind.CUT)
    return session.scalar(passages) or 0


def count_read(session: Session, inquiry_id: int, version_id: int, model: str, model_version: str) -> int:
    """Return how many passages this model has already read under a codebook version."""
    read = (
        select(func.count())
        .select_from(LatestRun)
        .join(ModelRun, ModelRun.id == LatestRun.run_id)
        .where(
            ModelRun.inquiry_id == inquiry_id,
            ModelRun.codebook_version_id == version_id,
            ModelRun.model == model,
            ModelRun.model_version == model_version,
        )
    )
    return session.scalar(read) or 0
