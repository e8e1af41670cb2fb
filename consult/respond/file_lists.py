"""What a page shows of the files of a draft: those that are there, and the way to add more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from consult.calls.rules import QuestionKind
from consult.foundation.database import db
from consult.foundation.language import _
from consult.respond.answers import Asked
from consult.respond.documents import FileHeld, beside_answers, files_for, limits_in_words, most_for
from consult.respond.pages import came_from_check
from consult.respond.queries_versions import names_of_writers
from consult.respond.rules import CHECK, DOCUMENTS, Step
from consult.respond.visit import Visit


@dataclass(frozen=True)
class FileLine:
    """A file in a list: what was noticed, what it answers, who added it, where to see it and remove it."""

    name: str
    in_words: str
    noticed: tuple[str, ...]
    answers: str
    by: str
    href: str
    remove: str


def file_values(visit: Visit, asked: Asked | None, problems: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the part of a page needs that lists files and takes more: a question's, or those beside."""
    mine = files_for(visit.files, asked) if asked else beside_answers(visit.files, visit.call.questions)
    most = most_for(asked, visit.call.most_documents)
    return {
        "files": file_lines(visit, mine, asked),
        "is_full": len(mine) >= most,
        "limits": limits_in_words(most),
        "problems": problems,
        "uploading": visit.address(uploads_of(asked), **carried()),
    }


def uploads_of(asked: Asked | None) -> Step:
    """Return where files are sent to."""
    return Step("question_files", asked.number) if asked else DOCUMENTS


def step_of(asked: Asked | None) -> Step:
    """Return the page on which files are listed."""
    return Step("question", asked.number) if asked else DOCUMENTS


def carried() -> dict[str, str]:
    """Return what an address carries on so that whoever came from the check page gets back to it."""
    return {"back": CHECK.page} if came_from_check() else {}


def file_lines(visit: Visit, files: Iterable[FileHeld], asked: Asked | None) -> list[FileLine]:
    """Return files as a list shows them."""
    shared = bool(visit.draft and visit.draft.team_number)
    names = names_of_writers(db.session(), visit.started.id) if shared else {}
    return [
        FileLine(
            name=each.name,
            in_words=each.in_words,
            noticed=tuple(each.noticed),
            answers=answers_in_words(visit, each) if asked is None else "",
            by=added_by(visit, names, each) if shared else "",
            href=visit.address(Step("document"), file_id=each.id, **carried()),
            remove=visit.address(Step("remove_document"), file_id=each.id, **carried()),
        )
        for each in files
    ]


def answers_in_words(visit: Visit, file: FileHeld) -> str:
    """Return which question a file answers, or nothing."""
    asked = question_of(visit, file)
    return _("For question %(number)s", number=asked.position) if asked else ""


def question_of(visit: Visit, file: FileHeld) -> Asked | None:
    """Return the question that a file answers."""
    return next((asked for asked in visit.call.questions if file.question == asked.slug), None)


def listed_under(visit: Visit, file: FileHeld) -> Asked | None:
    """Return the question that asked for a file, or None for one added beside the answers."""
    asked = question_of(visit, file)
    return asked if asked and asked.kind is QuestionKind.FILE else None


def added_by(visit: Visit, names: dict[int, str], file: FileHeld) -> str:
    """Return who of several added a file."""
    if file.writer_id == visit.writer_id:
        return _("Added by you")
    if file.writer_id is None:
        return _("Added by the person who leads")
    return _("Added by %(who)s", who=names.get(file.writer_id, _("a colleague")))
