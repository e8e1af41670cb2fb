"""What its writer is told of where the words of a submission stand in the report."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.coding.models import Coding
from consult.coding.queries import stands
from consult.evidence.became import Fate, tells_what_became
from consult.evidence.models import Passage, Submission
from consult.evidence.queries import counted, passage_stands
from consult.foundation.language import _
from consult.themes.models import Theme, ThemeCode


@tells_what_became
def gathered(session: Session, submission_id: int) -> list[Fate]:
    """Name the themes that rest on its words, in the order of the report."""
    resting = (
        select(ThemeCode.theme_id)
        .join(Coding, Coding.code_id == ThemeCode.code_id)
        .join(Passage, Passage.id == Coding.passage_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .where(Passage.submission_id == submission_id, stands(), passage_stands(), counted())
    )
    titles = select(Theme.title).where(Theme.id.in_(resting)).order_by(Theme.position, Theme.id)
    found = [
        Fate(_("Words of yours stand under the theme “%(theme)s”", theme=title))
        for title in session.scalars(titles)
    ]
    return found or [Fate(_("No theme of the report rests on words of yours."))]
