"""Who is on the line: the call asked for, the draft held, and the codes that a browser keeps for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_bytes
from typing import Any, TypeVar

from flask import request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from consult.calls.rules import Openness
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound
from consult.foundation.language import _, page_language
from consult.foundation.language_choice import settle
from consult.foundation.security import RESPONDENT
from consult.respond import service
from consult.respond.answers import Asked
from consult.respond.codes import SECRET_BYTES, code_from, code_read
from consult.respond.documents import FileHeld
from consult.respond.guesses import may_try, note_wrong
from consult.respond.logic import shown_questions
from consult.respond.queries import (
    CallToAnswer,
    DraftHeld,
    as_heading,
    draft_after,
    draft_held,
    published_heading,
    whole_call,
)
from consult.respond.queries_team import WriterHeld, writer_by_key
from consult.respond.rules import Step

CODES = "drafts"
KEYS = "teams"
POSTED_CODE = "draft_code"
Held = TypeVar("Held")


@dataclass(frozen=True)
class Visit:
    """A call and, when the visitor has one, the draft and its return code."""

    call: CallToAnswer
    at: datetime
    code: str = ""
    draft: DraftHeld | None = None
    # Of a colleague, whose code is a key of their own: they have no return code.
    writer: WriterHeld | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether this visitor can write and send."""
        return self.call.takes(self.at, self.draft.started_at if self.draft else None)

    @property
    def openness(self) -> Openness:
        """Return how the call stood at the moment of the visit."""
        return self.call.openness(self.at)

    @property
    def is_sent(self) -> bool:
        return self.draft is not None and self.draft.submission_id is not None

    @property
    def answers(self) -> dict[str, Any]:
        """Return what was answered so far."""
        return self.draft.answers if self.draft else {}

    @property
    def questions(self) -> tuple[Asked, ...]:
        """Return the questions that are put, given what was answered."""
        return shown_questions(self.call.questions, self.answers)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the pages of the journey, given what was answered."""
        return self.call.asking.steps(self.answers)

    @property
    def files(self) -> tuple[FileHeld, ...]:
        """Return the files added so far."""
        return self.draft.files if self.draft else ()

    @property
    def writer_id(self) -> int | None:
        """Return which of those who share the draft this is; None is the lead."""
        return self.writer.id if self.writer else None

    def address(self, step: Step, **more: Any) -> str:
        """Return the address of a page of the journey, for whoever this is."""
        mine = Step(f"team_{step.page}", step.number) if self.writer else step
        return address_of(self.call, mine, **more)

    @property
    def started(self) -> DraftHeld:
        """Return the draft; only where the page has made sure that there is one."""
        if self.draft is None:
            raise NotFound(_("There is no draft."))
        return self.draft


def visit_to(inquiry_slug: str, call_slug: str, *, posted: bool = False) -> Visit:
    """Return the visit; with `posted`, the code in the form comes before the browser's.

    A form saves to the draft it was shown for: another tab may have begun another one meanwhile, and on a
    shared computer the browser's may be somebody else's.
    """
    code = code_read(request.form.get(POSTED_CODE, "")) if posted else ""
    visit = visit_holding(inquiry_slug, call_slug, lambda call_id: code or remembered(call_id))
    newer = remembered(visit.call.id)
    if visit.draft is None and code and newer:
        # A tab left open when the code was exchanged in another one.
        return replace(visit, code=newer, draft=draft_after(db.session(), visit.call.id, code, newer))
    return visit


def visit_by_code(inquiry_slug: str, call_slug: str) -> Visit:
    """Return the visit of whoever posts a return code, whatever their browser keeps."""
    code = code_read(request.form.get(POSTED_CODE, ""))
    return visit_holding(inquiry_slug, call_slug, lambda _call_id: code)


def visit_after_sending(inquiry_slug: str, call_slug: str) -> Visit:
    """Return the visit for a page that puts no questions: the call in it has none."""
    return visit_holding(inquiry_slug, call_slug, remembered, whole=False)


def visit_holding(
    inquiry_slug: str, call_slug: str, code_for: Callable[[int], str], *, whole: bool = True
) -> Visit:
    """Return the visit with the draft of a code, if it opens one; only a `whole` call has its questions."""
    session = db.session()
    found, edition = published_heading(session, inquiry_slug, call_slug)
    code = code_for(found.id)
    draft = looked_up(code, remembered(found.id), lambda: draft_held(session, found.id, code))
    settle(found.languages, draft.language if draft else "")
    call = whole_call(session, found, edition) if whole else as_heading(found)
    visit = Visit(call, now())
    return replace(visit, code=code, draft=draft) if draft else visit


def looked_up(code: str, own: str, look: Callable[[], Held | None]) -> Held | None:
    """Return what a code opens; wrong ones count as guesses, except the one this browser was given."""
    if not code:
        return None
    if code != own:
        may_try()
    held = look()
    if held is None and code != own:
        note_wrong()
    return held


def team_visit_to(inquiry_slug: str, call_slug: str, *, posted: bool = False, kept: bool = True) -> Visit:
    """Return the visit of a colleague: by the key in the form, else, with `kept`, by the browser's."""
    session = db.session()
    found, edition = published_heading(session, inquiry_slug, call_slug)
    key = code_read(request.form.get(POSTED_CODE, "")) if posted else ""
    own = str(cookie.get(KEYS, {}).get(str(found.id), ""))
    key = key or (own if kept else "")
    held = looked_up(key, own, lambda: writer_by_key(session, found.id, key))
    settle(found.languages, held[1].language if held else "")
    call = whole_call(session, found, edition)
    visit = Visit(call, now())
    return replace(visit, code=key, writer=held[0], draft=held[1]) if held else visit


def remember_key(call_id: int, key: str) -> None:
    """Keep a colleague's key in this browser, or forget it when there is none."""
    cookie.permanent = True
    others = {name: kept for name, kept in cookie.get(KEYS, {}).items() if name != str(call_id)}
    cookie[KEYS] = {**others, str(call_id): key} if key else others


def save_in_draft(visit: Visit, save: Callable[[Session, int, datetime], None]) -> bool:
    """Save into the visit's draft, or into a new one where none was found; tell whether it was new."""
    at, code, is_new, language = now(), visit.code, visit.draft is None, page_language()
    with transaction() as session:
        if visit.draft is None:
            code = new_code()
            draft_id = service.begin_draft(
                session, visit.call.id, code, actor=RESPONDENT, at=at, language=language
            )
        else:
            draft_id = visit.draft.id
        save(session, draft_id, at)
        if visit.draft is not None and visit.draft.language != language:
            service.write_in(session, draft_id, language, at=at)
    remember(visit.call.id, code)
    return is_new


def new_code() -> str:
    """Return a return code nobody has seen."""
    return code_from(token_bytes(SECRET_BYTES))


def remember(call_id: int, code: str) -> None:
    """Keep a return code in this browser, in its signed cookie; no answer is ever kept there."""
    cookie.permanent = True
    cookie[CODES] = {**cookie.get(CODES, {}), str(call_id): code}


def remembered(call_id: int) -> str:
    """Return the return code this browser keeps for a call, or nothing."""
    return str(cookie.get(CODES, {}).get(str(call_id), ""))


def forget(call_id: int) -> None:
    """Take a return code out of this browser."""
    cookie[CODES] = {key: code for key, code in cookie.get(CODES, {}).items() if key != str(call_id)}


def was_posted_from_here() -> bool:
    """Tell whether a form without a valid token at least stood on a page of ours.

    Otherwise another site could send visitors into a draft whose code it knows, and read what they write.
    """
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")


def address_of(call: CallToAnswer, step: Step, **more: Any) -> str:
    """Return the address of a page of the journey, with what else stands in it."""
    numbered: dict[str, Any] = {} if step.number is None else {"number": step.number}
    return url_for(
        f"respond.{step.page}", inquiry_slug=call.inquiry_slug, call_slug=call.slug, **numbered, **more
    )
