"""The pages on which files are added, looked at and taken away."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from consult.evidence.extraction import Extraction
from consult.evidence.rules import paragraphs_of
from consult.foundation.language import _, ngettext
from consult.respond import pages
from consult.respond.answers import Asked
from consult.respond.documents import (
    ANSWERED_BY_FILES,
    FileHeld,
    most_for,
    size_in_words,
)
from consult.respond.file_lists import carried, file_values, listed_under, step_of
from consult.respond.forms import PlacingForm
from consult.respond.logic import begins_section, progress
from consult.respond.rules import DOCUMENTS, Step, step_before
from consult.respond.visit import Visit
from consult.respond.ways import to

# Characters of a long document that one page shows.
SHOWN = 60_000
FIELD = "#files"


@dataclass(frozen=True)
class Preview:
    """A document as its sender sees it before sending."""

    paragraphs: tuple[str, ...]
    more: int
    # Kind, size and length.
    facts: str
    noticed: tuple[str, ...]


def files_page(
    visit: Visit, asked: Asked | None, problems: Sequence[str] = (), status: int = 200
) -> Response:
    """Return the page that lists files and takes more: of a question, or beside the answers."""
    step = step_of(asked)
    title, caption = title_of(visit, asked), progress(asked, visit.call.questions) if asked else ""
    if asked and not asked.required:
        caption = _("%(place)s (you may leave it out)", place=caption)
    return pages.shown(
        "files",
        visit,
        status=status,
        title=title,
        caption=caption,
        asked=asked,
        errors=[{"text": problem, "href": FIELD} for problem in problems],
        back=way_back(visit, step),
        lost=status == pages.LOST,
        is_lead=visit.writer is None,
        section=asked.section if asked and begins_section(asked, visit.questions) else None,
        **file_values(visit, asked, problems),
    )


def title_of(visit: Visit, asked: Asked | None) -> str:
    """Return what the page is called."""
    if asked is None:
        return _("Documents (optional)")
    number = _("Question %(number)s of %(all)s", number=asked.position, all=len(visit.call.questions))
    return f"{number}: {asked.prompt}"


def way_back(visit: Visit, step: Step) -> str:
    """Return where the Back link leads, for a colleague to the list of the questions."""
    if visit.writer is None:
        return pages.way_back(visit, step)
    before = step_before(step, visit.steps) if step == DOCUMENTS else None
    return visit.address(before) if before and before.number else to("team", visit)


def document_page(
    visit: Visit, file: FileHeld, found: Extraction, form: PlacingForm, status: int = 200
) -> Response:
    """Return the page that shows what was read from a file and asks which question it answers."""
    asked = listed_under(visit, file)
    return pages.shown(
        "document",
        visit,
        status=status,
        title=_("What we read from %(name)s", name=file.name),
        file=file,
        preview=preview_of(file, found, whole="whole" in request.args),
        form=form,
        errors=form.problems,
        back=visit.address(step_of(asked), **carried()),
        action=visit.address(Step("document"), file_id=file.id, **carried()),
        remove=visit.address(Step("remove_document"), file_id=file.id, **carried()),
        is_lead=visit.writer is None,
        whole=visit.address(Step("document"), file_id=file.id, whole=1, **carried()),
    )


def preview_of(file: FileHeld, found: Extraction, *, whole: bool = False) -> Preview:
    """Return a document's paragraphs, of a long one its beginning."""
    words = [found.text[bounds.start : bounds.end] for bounds in paragraphs_of(found.text)]
    shown = words if whole else beginning_of(words)
    kind = [found.kind.upper()] if found.text else []
    length = [ngettext("%(n)s paragraph", "%(n)s paragraphs", len(words), n=len(words))] if words else []
    facts = ", ".join([*kind, size_in_words(file.size), *length])
    return Preview(tuple(shown), len(words) - len(shown), facts, tuple(file.noticed))


def beginning_of(paragraphs: list[str]) -> list[str]:
    """Return as many paragraphs as one page holds, and at least one."""
    room = SHOWN
    for number, words in enumerate(paragraphs):
        room -= len(words)
        if room < 0:
            return paragraphs[: max(number, 1)]
    return paragraphs


def placing_form(visit: Visit, file: FileHeld, *, posted: bool = False) -> PlacingForm:
    """Return the form that asks which question a file answers, with those it may."""
    form = PlacingForm() if posted else PlacingForm(formdata=None, data={"question": file.question})
    offered = {
        asked.slug: f"{asked.position}. {asked.prompt}"
        for asked in visit.questions
        if asked.kind in ANSWERED_BY_FILES and (asked.slug == file.question or has_place(visit, asked))
    }
    if most_for(None, visit.call.most_documents):
        offered = {"": _("All of the call, or no question in particular"), **offered}
    form.offer(offered)
    return form


def has_place(visit: Visit, asked: Asked) -> bool:
    """Tell whether a question takes files at all in this call."""
    return most_for(asked, visit.call.most_documents) > 0
