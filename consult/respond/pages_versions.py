"""The page that shows two versions of one answer, and who wrote each."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import cast

from werkzeug.wrappers import Response

from consult.calls.rules import QuestionKind
from consult.foundation.database import db
from consult.foundation.language import _
from consult.respond import pages
from consult.respond.drafting import Sitting, Words, Written, mark_of, slot_of_question
from consult.respond.fields import answer_in_words
from consult.respond.queries_versions import VersionHeld, names_of_writers
from consult.respond.rules import Filled, Step
from consult.respond.together import whose
from consult.respond.visit import Visit


@dataclass(frozen=True)
class VersionShown:
    """One version as a page shows it."""

    title: str
    lines: tuple[str, ...]
    in_full: bool


def slot_of(visit: Visit, step: Step) -> str:
    """Return where the draft keeps what a step asks."""
    return step.page if step.number is None else slot_of_question(visit.call.question(step.number).slug)


def standing_in(visit: Visit, step: Step, version: VersionHeld) -> Words:
    """Return what stands of what a version was written for."""
    if step.number is not None:
        return cast(Words, visit.answers.get(visit.call.question(step.number).slug))
    fields = version.typed if isinstance(version.typed, Mapping) else {}
    return {name: visit.started.about.get(name, "") for name in fields}


def versions_page(visit: Visit, step: Step, waiting: list[VersionHeld], status: int = 200) -> Response:
    """Return the page on which somebody chooses between what stands and what waits."""
    version, written = waiting[0], Written.read(visit.started.written.get(slot_of(visit, step)))
    standing = standing_in(visit, step, version)
    names = names_of_writers(db.session(), visit.started.id)
    saved = whose(visit, names, written.writer_id, written.at) if written else _("Saved before")
    return pages.shown(
        "versions",
        visit,
        status=status,
        title=_("There are two versions"),
        about_what=name_of(visit, step),
        first=shown_version(visit, step, standing, saved),
        second=shown_version(
            visit, step, version.typed, whose(visit, names, version.writer_id, version.saved_at)
        ),
        version=version,
        more=len(waiting) - 1,
        can_join=is_prose(visit, step),
        sitting=Sitting(token_hex(16), mark_of(standing)),
        back=visit.address(step),
    )


def name_of(visit: Visit, step: Step) -> str:
    """Return what the two versions are of."""
    if step.number is None:
        names = {"about": _("About you"), "declaration": _("What readers should know")}
        return names.get(step.page, _("The publication choice"))
    asked = visit.call.question(step.number)
    return _("Question %(number)s: %(prompt)s", number=asked.position, prompt=asked.prompt)


def is_prose(visit: Visit, step: Step) -> bool:
    """Tell whether two versions can stand one after the other."""
    return step.number is not None and visit.call.question(step.number).kind is QuestionKind.FREE_TEXT


def shown_version(visit: Visit, step: Step, words: Words, title: str) -> VersionShown:
    """Return one version with its words in lines."""
    if step.number is not None and not isinstance(words, Mapping):
        asked = visit.call.question(step.number)
        lines = tuple(answer_in_words(asked, words))
        return VersionShown(title, lines, is_prose(visit, step))
    fields = words if isinstance(words, Mapping) else {}
    rows = pages.rows_of(visit, Filled({}, fields), ())
    told = (f"{row.asked}: {line}" for row in rows for line in row.lines[:1])
    return VersionShown(title, tuple(told), in_full=False)
