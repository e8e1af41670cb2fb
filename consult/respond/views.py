"""The public journey. Importing it puts every route of the room on the blueprint."""

from consult.respond import (
    lost,
    views_after,
    views_copies,
    views_files,
    views_marking,
    views_publication,
    views_receipt,
    views_reminder,
    views_team,
    views_versions,
    views_words,
    views_writing,
)
from consult.respond.routes import blueprint

__all__ = [
    "blueprint",
    "lost",
    "views_after",
    "views_copies",
    "views_files",
    "views_marking",
    "views_publication",
    "views_receipt",
    "views_reminder",
    "views_team",
    "views_versions",
    "views_words",
    "views_writing",
]
