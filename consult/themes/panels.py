"""What the chair's room shows on an inquiry's front page."""

from sqlalchemy.orm import Session

from consult.foundation.panels import Fact, Step, next_steps, panel
from consult.foundation.security import Permission
from consult.themes.queries import themes_of
from consult.themes.queries.figures import NOTHING, by_theme
from consult.themes.rules import Selection, Unit, noun


@panel("Themes", Permission.READ_THEMES)
def most_heard(session: Session, inquiry_id: int) -> list[Fact]:
    """Name each theme with the submissions in which it was heard."""
    counts = by_theme(session, Selection(inquiry_id))
    heard = [(theme, counts.get(theme.id, NOTHING).submissions) for theme in themes_of(session, inquiry_id)]
    return [
        Fact(
            f"{noun(Unit.SUBMISSIONS, count)} on “{theme.title}”",
            count,
            "themes.submissions",
            {"theme": theme.slug},
        )
        for theme, count in heard
    ]


@next_steps(Permission.READ_THEMES)
def read_themes(session: Session, inquiry_id: int) -> list[Step]:
    """Lead to the figures, or to making the first heading of the report."""
    if themes_of(session, inquiry_id):
        return [
            Step("Read the themes and what was said under each", "themes.index"),
            Step("See the answers to closed questions", "themes.closed_questions"),
        ]
    return [Step("Make the first theme of the report", "themes.new")]
