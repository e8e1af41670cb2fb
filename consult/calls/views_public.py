"""What the public sees of calls: the front page and the page of each call."""

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import Blueprint, Response, jsonify, render_template

from consult.calls.closing import closing_policy, countdown
from consult.calls.models import Call, Question
from consult.calls.queries import call_with_questions, languages_in_use, published_calls
from consult.calls.rules import CallState, Openness, QuestionKind, openness
from consult.calls.time_left import time_left
from consult.calls.withdrawing import policy_in_words
from consult.foundation.clock import now
from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.guard import public
from consult.foundation.language import Words, _, in_language, lazy
from consult.foundation.language_choice import offer, settle
from consult.foundation.web import LONDON

blueprint = Blueprint("calls_public", __name__)

HOW_ANSWERED = {
    QuestionKind.FREE_TEXT: lazy("in your own words"),
    QuestionKind.SINGLE: lazy("choose one answer"),
    QuestionKind.SEVERAL: lazy("choose any number of answers"),
    QuestionKind.SCALE: lazy("choose a point on a scale"),
    QuestionKind.NUMBER: lazy("a number"),
    QuestionKind.PLACE: lazy("choose a place"),
    QuestionKind.MATRIX: lazy("choose an answer in each row"),
    QuestionKind.FILE: lazy("send files"),
}
HEADINGS = (
    ({Openness.OPEN}, lazy("Open now")),
    ({Openness.NOT_YET}, lazy("Opening later")),
    ({Openness.GRACE, Openness.CLOSED}, lazy("Closed")),
)


@dataclass(frozen=True)
class CallNotice:
    """A call as the front page announces it."""

    call: Call
    title: Words
    inquiry_title: Words
    openness: Openness
    remaining: str


@blueprint.get("/")
@public
def front() -> str:
    """List the calls for evidence: open, to come, closed."""
    at = now()
    offer(languages_in_use(db.session()))
    notices = [notice_of(call, at=at) for call in published_calls(db.session())]
    groups = [(heading, [n for n in notices if n.openness in states]) for states, heading in HEADINGS]
    return render_template(
        "calls/front.html",
        title=_("Give evidence"),
        groups=[group for group in groups if group[1]],
        any_open=any(notice.openness is Openness.OPEN for notice in notices),
    )


@blueprint.get("/calls/<inquiry_slug>/<call_slug>")
@public
def call(inquiry_slug: str, call_slug: str) -> str:
    """Show what a call asks, why, until when, and what happens to people's words."""
    found = call_with_questions(db.session(), inquiry_slug, call_slug)
    if found.state is CallState.DRAFT:
        raise NotFound(_("There is no such call for evidence."))
    settle(found.languages)
    at = now()
    notice = notice_of(found, at=at)
    return render_template(
        "calls/call.html",
        title=notice.title,
        notice=notice,
        countdown=countdown(found, notice.openness, at),
        questions=[(question, how_answered(question)) for question in found.questions],
        policy=[*closing_policy(found), *policy_in_words(found.inquiry.withdrawal_policy)],
    )


def notice_of(call: Call, *, at: datetime) -> CallNotice:
    """Return a call with how it stands at a moment."""
    standing = openness(call.state, call.opens_at, call.closes_at, at, call.grace_minutes)
    remaining = time_left(call.closes_at, at, LONDON) if standing is Openness.OPEN else ""
    titles = in_language(call, "title"), in_language(call.inquiry, "title")
    return CallNotice(call, *titles, standing, remaining)


@blueprint.get("/calls/<inquiry_slug>/<call_slug>/time-left")
@public
def time_left_now(inquiry_slug: str, call_slug: str) -> Response:
    """Say by the server's clock how much time is left, for the script that keeps open pages up to date."""
    found = call_with_questions(db.session(), inquiry_slug, call_slug)
    if found.state is CallState.DRAFT:
        raise NotFound(_("There is no such call for evidence."))
    settle(found.languages)
    at = now()
    left = countdown(found, notice_of(found, at=at).openness, at)
    return jsonify(asdict(left) if left else {"words": _("This call is closed."), "again": 0, "passed": 9})


def how_answered(question: Question) -> str:
    """Return how a question is answered, in a few words."""
    how = str(HOW_ANSWERED[question.kind])
    if question.word_limit:
        how = _("%(how)s, up to %(limit)s words", how=how, limit=f"{question.word_limit:,}")
    return how if question.required else _("%(how)s; you may leave it out", how=how)
