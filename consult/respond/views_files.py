"""Adding files: to a question that asks for them, or beside the answers; looking at what was read from each.

The same views serve the lead and, under /team, colleagues. A file is read and stored before the draft is
locked, so that nobody who writes elsewhere in it waits for a long document.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from consult.calls.rules import QuestionKind
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.extraction.limits import LARGEST_FILE, MEGABYTE
from consult.evidence.extraction.result import refused, unread
from consult.evidence.extraction.run import ReaderBroken, extract_within
from consult.evidence.extraction.words import message_of
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.files import StoredFile, file_store
from consult.foundation.guard import public
from consult.foundation.language import _, lazy, ngettext
from consult.foundation.web import takes_up_to
from consult.respond import pages, pages_files, service
from consult.respond.answers import WHEN_BLANK, Asked
from consult.respond.documents import LARGEST_AT_ONCE, FileHeld, megabytes, name_of
from consult.respond.file_lists import carried, listed_under, step_of
from consult.respond.queries_files import extraction_of
from consult.respond.routes import blueprint
from consult.respond.rules import CHECK, DOCUMENTS, Step, step_after
from consult.respond.views_team import kept_out
from consult.respond.views_writing import not_stored
from consult.respond.visit import Visit, address_of, remember, team_visit_to, visit_by_code, visit_to
from consult.respond.ways import closed, to, too_late, turned_away

TOO_LARGE = 413
FIELD = "files"
MARKED = lazy(
    "Words in it were marked as confidential. Before anything is sent, they must be marked where they stand "
    "now, or the marks taken away."
)
# Beside the files a form sends little.
LONGEST_POST = LARGEST_AT_ONCE + MEGABYTE
# How long somebody waits for all files of one press of a button to be read, and at least for each.
PATIENCE_SECONDS, LEAST_SECONDS = 20.0, 2.0


@dataclass(frozen=True)
class Read:
    """A file that was sent, read and, unless it is refused, stored."""

    name: str
    found: Extraction
    stored: StoredFile | None = None


@public
def documents(inquiry_slug: str, call_slug: str, *, together: bool) -> Response:
    """List the documents beside the answers and take more."""
    visit = visit_of(inquiry_slug, call_slug, together=together)
    if away := away_from(visit, together=together):
        return away
    if not visit.call.most_documents:
        return redirect(next_page(visit, DOCUMENTS), 303)
    return pages_files.files_page(visit, None)


@public
@takes_up_to(LONGEST_POST)
def add_documents(inquiry_slug: str, call_slug: str, *, together: bool) -> Response:
    """Take documents beside the answers."""
    visit = visit_of(inquiry_slug, call_slug, together=together, posted=True)
    return added(visit, None, together=together)


@public
def question_files(inquiry_slug: str, call_slug: str, number: int, *, together: bool) -> Response:
    """Lead whoever reloads to the question."""
    visit = visit_of(inquiry_slug, call_slug, together=together)
    page = "team_question" if together else "question"
    return redirect(address_of(visit.call, Step(page, number)), 303)


@public
@takes_up_to(LONGEST_POST)
def add_question_files(inquiry_slug: str, call_slug: str, number: int, *, together: bool) -> Response:
    """Take files for a question that asks for them."""
    visit = visit_of(inquiry_slug, call_slug, together=together, posted=True)
    return added(visit, asked_for_files(visit, number), together=together)


@public
def document(inquiry_slug: str, call_slug: str, file_id: int, *, together: bool) -> Response:
    """Show what was read from a file."""
    visit = visit_of(inquiry_slug, call_slug, together=together)
    if away := away_from(visit, together=together):
        return away
    file = file_of(visit, file_id)
    form = pages_files.placing_form(visit, file)
    return pages_files.document_page(
        visit, file, extraction_of(db.session(), visit.started.id, file.id), form
    )


@public
def place_document(inquiry_slug: str, call_slug: str, file_id: int, *, together: bool) -> Response:
    """Keep which question a file answers."""
    visit = visit_of(inquiry_slug, call_slug, together=together, posted=True)
    if away := away_from(visit, together=together):
        return away
    file = file_of(visit, file_id)
    form = pages_files.placing_form(visit, file, posted=True)
    if "question" not in form or placed(visit, file, form):
        if request.form.get("then") == "mark" and visit.writer is None and file.has_text:
            return redirect(address_of(visit.call, Step("words_of_document"), file_id=file.id), 303)
        flash(_("“%(name)s” is part of your evidence.", name=file.name), "success")
        here = step_of(listed_under(visit, file))
        onward = request.form.get("then") != "list"
        return redirect(next_page(visit, here) if onward else visit.address(here, **carried()), 303)
    found = extraction_of(db.session(), visit.started.id, file.id)
    return pages_files.document_page(visit, file, found, form, pages.BAD_INPUT)


@public
def remove_document(inquiry_slug: str, call_slug: str, file_id: int, *, together: bool) -> Response:
    """Take a file out of the draft."""
    visit = visit_of(inquiry_slug, call_slug, together=together, posted=True)
    if away := away_from(visit, together=together):
        return away
    file = next((each for each in visit.files if each.id == file_id), None)
    if file is not None:
        with transaction() as session:
            service.remove_file(session, visit.started.id, file.id, at=now())
        removed = _("“%(name)s” is removed.", name=file.name)
        if any(each.document == file.sha256 for each in visit.started.confidences):
            flash(f"{removed} {MARKED}", "notice")
        else:
            flash(removed, "success")
    here = step_of(listed_under(visit, file)) if file else DOCUMENTS
    return redirect(visit.address(here, **carried()), 303)


def placed(visit: Visit, file: FileHeld, form: Any) -> bool:
    """Save which question a file answers, or say on the form why that cannot be."""
    if not form.is_right():
        return False
    try:
        with transaction() as session:
            service.place_file(session, visit.started.id, file.id, form.question.data or "", at=now())
    except BadInput as problem:
        return bool(form.set_problems({"question": str(problem)}))
    return True


def added(visit: Visit, asked: Asked | None, *, together: bool) -> Response:
    """Add what was sent and lead on: to what was read from it, or to what went wrong with it."""
    if away := refused_now(visit, together=together):
        return away
    problems: list[str] = []
    new: list[int] = []
    read, slug = list(read_all(request.files.getlist(FIELD))), asked.slug if asked else ""

    def save(session: Session, draft_id: int, at: datetime) -> None:
        for each in read:
            kept = keep(session, draft_id, each, question=slug, writer_id=visit.writer_id, at=at)
            if isinstance(kept, str):
                problems.append(kept)
            else:
                new.append(kept)

    if kept := stored(visit, save):
        return kept
    visit = again(visit)
    if problems or not (read or finished(visit, asked, problems)):
        return pages_files.files_page(visit, asked, problems, pages.BAD_INPUT)
    return redirect(after_adding(visit, asked, new), 303)


def refused_now(visit: Visit, *, together: bool) -> Response | None:
    """Return the page for a draft that takes no file now, before any is read."""
    if together:
        return kept_out(visit)
    if visit.is_sent:
        remember(visit.call.id, visit.code)
        return too_late(visit)
    return None if visit.is_open else closed(visit, status=pages.NOT_NOW)


def stored(visit: Visit, save: Callable[[Session, int, datetime], None]) -> Response | None:
    """Save, or return the page for a draft that takes nothing more."""
    if visit.writer is None:
        return not_stored(visit, save)
    try:
        with transaction() as session:
            save(session, visit.started.id, now())
    except (service.CallNotOpen, service.AlreadySent) as refusal:
        flash(str(refusal), "notice")
        return redirect(to("team", visit), 303)
    return None


def finished(visit: Visit, asked: Asked | None, problems: list[str]) -> bool:
    """Tell whether somebody who sent no file may go on; say what is missing otherwise."""
    then = request.form.get("then", "")
    if then == "add":
        problems.append(_("Choose a file first, then add it."))
    elif then == "continue" and asked and visit.started.filled.problem_with(asked):
        problems.append(str(WHEN_BLANK[QuestionKind.FILE]))
    return not problems


def after_adding(visit: Visit, asked: Asked | None, new: list[int]) -> str:
    """Return what comes after the button: the one document just added, the list of several, the next page."""
    if request.form.get("then") == "later" and visit.writer is None:
        return to("later", visit)
    if len(new) == 1:
        return visit.address(Step("document"), file_id=new[0], **carried())
    if new:
        flash(ngettext("%(n)s file is added.", "%(n)s files are added.", len(new), n=len(new)), "success")
        return visit.address(step_of(asked), **carried())
    return next_page(visit, step_of(asked))


def next_page(visit: Visit, step: Step) -> str:
    """Return the page after the one with the files, for whoever this is."""
    after = step_after(step, visit.steps)
    if visit.writer is not None:
        return visit.address(after) if after.number or after == DOCUMENTS else to("team", visit)
    return address_of(visit.call, CHECK if pages.came_from_check() else after)


def read_all(sent: list[FileStorage]) -> Iterator[Read]:
    """Read what was sent, one by one, for as long as a person can be kept waiting."""
    ends = time.monotonic() + PATIENCE_SECONDS
    for file in sent:
        if file.filename:
            yield read_one(file, max(ends - time.monotonic(), LEAST_SECONDS))


def read_one(file: FileStorage, patience: float) -> Read:
    """Read one file and store it unless it is refused; its name is for people and decides nothing."""
    name, data = name_of(file.filename or ""), file.stream.read(LARGEST_FILE + 1)
    file.close()
    if len(data) > LARGEST_FILE:
        return Read(name, refused("too-large"))
    found = found_in(data, name, patience)
    return Read(name, found, None if found.outcome is Outcome.REFUSED else file_store().keep(data))


def found_in(data: bytes, name: str, patience: float) -> Extraction:
    """Return what is read from a file; a fault of ours is no reason to turn a document away."""
    try:
        return extract_within(data, name, patience)
    except ReaderBroken:
        current_app.logger.exception("documents cannot be read on this machine")
        return unread()


def keep(session: Session, draft_id: int, read: Read, **by: Any) -> int | str:
    """Add a file to the draft and return its id, or a sentence that says why not."""
    if read.stored is None:
        return f"“{read.name}”: {message_of(read.found)}"
    try:
        return service.add_file(session, draft_id, read.stored, read.name, read.found, **by)
    except BadInput as problem:
        return f"“{read.name}”: {problem}"


def lost_files(inquiry_slug: str, call_slug: str, number: int | None = None, *, together: bool) -> Response:
    """Answer files whose session had ended: add them all the same where the form proves itself by its code.

    As when saving words (views_words): the code opens the draft and nothing else does. Without it the page
    comes again, and the files have to be chosen again: a browser gives them to no page.
    """
    visit = visit_of(inquiry_slug, call_slug, together=together, posted=True, kept=False)
    asked = asked_for_files(visit, number) if number is not None else None
    if visit.draft is not None and request.headers.get("Origin") == request.host_url.rstrip("/"):
        return added(visit, asked, together=together)
    visit = visit_of(inquiry_slug, call_slug, together=together)
    if away := away_from(visit, together=together):
        return away
    again = _("Your session had ended, so the files were not added. Choose them again.")
    return pages_files.files_page(visit, asked, [again], pages.LOST)


def too_much(inquiry_slug: str, call_slug: str, number: int | None = None, *, together: bool) -> Response:
    """Answer files that are too large together to be received at all."""
    visit = visit_of(inquiry_slug, call_slug, together=together)
    if away := away_from(visit, together=together):
        return away
    asked = asked_for_files(visit, number) if number is not None else None
    problem = _(
        "These files are larger than %(most)s together, so none was added. Your answers are safe. Add fewer "
        "at once, or smaller ones.",
        most=megabytes(LARGEST_AT_ONCE),
    )
    return pages_files.files_page(visit, asked, [problem], TOO_LARGE)


def visit_of(
    inquiry_slug: str, call_slug: str, *, together: bool, posted: bool = False, kept: bool = True
) -> Visit:
    """Return the visit of the lead or of a colleague; by the code in the form alone unless `kept`."""
    if together:
        return team_visit_to(inquiry_slug, call_slug, posted=posted, kept=kept)
    return (
        visit_to(inquiry_slug, call_slug, posted=posted) if kept else visit_by_code(inquiry_slug, call_slug)
    )


def again(visit: Visit) -> Visit:
    """Return the visit as it stands after saving; a draft begun just now is the browser's."""
    slugs = visit.call.inquiry_slug, visit.call.slug
    return visit_of(*slugs, together=visit.writer is not None, posted=visit.draft is not None)


def away_from(visit: Visit, *, together: bool) -> Response | None:
    """Return where somebody goes who cannot write now."""
    return kept_out(visit) if together else turned_away(visit)


def asked_for_files(visit: Visit, number: int) -> Asked:
    """Return a question that asks for files; NotFound for any other."""
    asked = visit.call.question(number)
    if asked.kind is not QuestionKind.FILE:
        raise NotFound(_("This question does not ask for files."))
    return asked


def file_of(visit: Visit, file_id: int) -> FileHeld:
    """Return a file of the draft; NotFound for any other."""
    for file in visit.files:
        if file.id == file_id:
            return file
    raise NotFound(_("This document is not in your draft any more."))


PLACES: tuple[tuple[str, str, Callable[..., Response], Callable[..., Response]], ...] = (
    ("documents", "documents", documents, add_documents),
    ("questions/<int:number>/files", "question_files", question_files, add_question_files),
    ("documents/<int:file_id>", "document", document, place_document),
    ("documents/<int:file_id>/remove", "remove_document", document, remove_document),
)


def register() -> None:
    """Put each page on an address of the lead's and on one of a colleague's."""
    for path, name, show, act in PLACES:
        for folder, prefix, together in (("", "", False), ("team/", "team_", True)):
            rule, fixed = f"/<inquiry_slug>/<call_slug>/{folder}{path}", {"together": together}
            blueprint.add_url_rule(rule, f"{prefix}{name}", show, methods=["GET"], defaults=fixed)
            blueprint.add_url_rule(rule, f"{prefix}{name}_sent", act, methods=["POST"], defaults=fixed)


register()
