"""Drafting together: the lead's page with the team code, and the pages of colleagues, who cannot send."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls.queries import languages_in_use
from consult.calls.rules import QuestionKind
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound, Refused
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.foundation.language_choice import offer
from consult.foundation.security import RESPONDENT
from consult.foundation.web import csrf
from consult.respond import pages, pages_files, pages_team, service
from consult.respond.codes import code_read, is_code
from consult.respond.drafting import Outcome, slot_of_question
from consult.respond.forms import QuestionForm, TeamForm, question_form
from consult.respond.guesses import may_try, note_wrong
from consult.respond.queries_team import slugs_for_team_code
from consult.respond.routes import blueprint
from consult.respond.rules import LONGEST_NAME, Step, step_after, too_long, versions_of
from consult.respond.sittings import sitting_posted
from consult.respond.views_versions import both_versions, chosen
from consult.respond.views_words import saved
from consult.respond.views_writing import CHANGED_ELSEWHERE
from consult.respond.visit import (
    Visit,
    new_code,
    remember_key,
    team_visit_to,
    visit_to,
    was_posted_from_here,
)
from consult.respond.ways import to, to_call, turned_away


@blueprint.get("/<inquiry_slug>/<call_slug>/share")
@public
def share(inquiry_slug: str, call_slug: str) -> Response:
    """Show the lead the team code, who has come with it and who wrote what."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or pages_team.share_page(visit, at=now())


@blueprint.post("/<inquiry_slug>/<call_slug>/share")
@public
def change_sharing(inquiry_slug: str, call_slug: str) -> Response:
    """Make a team code, or stop letting colleagues in."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    if away := turned_away(visit):
        return away
    stops = request.form.get("share") == "stop"
    with transaction() as session:
        draft_id = visit.started.id
        if stops:
            service.stop_sharing(session, draft_id, actor=RESPONDENT, at=now())
        else:
            service.share_draft(session, draft_id, visit.code, actor=RESPONDENT, at=now())
    flash(_("Nobody is let in any more.") if stops else _("There is a new team code."), "success")
    return redirect(to("share", visit), 303)


@blueprint.get("/team")
@public
def team_code() -> Response:
    """Ask a colleague for the team code and a name."""
    return join_page(TeamForm())


@blueprint.post("/team")
@public
def join() -> Response:
    """Let a colleague in who has a team code."""
    form = TeamForm()
    code, name = code_read(form.code.data or ""), (form.name.data or "").strip()
    may_try()
    slugs = slugs_for_team_code(db.session(), code) if is_code(code) else None
    if slugs is None:
        note_wrong()
    problems = {
        "code": "" if slugs else _("We find no team under this code. Ask for the newest one."),
        "name": too_long(name, LONGEST_NAME, _("The name")) if name else _("Enter your name."),
    }
    wrong = {field: problem for field, problem in problems.items() if problem}
    if not form.set_problems(wrong) or slugs is None:
        form.show_what_is_kept()
        return join_page(form, status=pages.BAD_INPUT)
    visit = visit_to(*slugs)
    key = new_code()
    try:
        with transaction() as session:
            service.join_team(session, code, name, key, actor=RESPONDENT, at=now())
    except (NotFound, Refused) as refusal:
        form.set_problems({"code": str(refusal)})
        return join_page(form, status=pages.BAD_INPUT)
    remember_key(visit.call.id, key)
    return redirect(to("team", visit), 303)


def join_page(form: TeamForm, *, status: int = 200) -> Response:
    """Return the page that asks for a team code."""
    offer(languages_in_use(db.session()))
    page = render_template(
        "respond/join.html",
        title=_("Write with your colleagues"),
        form=form,
        errors=form.problems,
        lost=status == pages.LOST,
    )
    return make_response(page, status)


@blueprint.get("/<inquiry_slug>/<call_slug>/team")
@public
def team(inquiry_slug: str, call_slug: str) -> Response:
    """List the questions for a colleague: what is answered, by whom, and who is writing."""
    visit = team_visit_to(inquiry_slug, call_slug)
    if visit.writer is None:
        return shut_out(visit)
    if visit.is_open and not visit.is_sent:
        opened(visit, "")
    return pages_team.team_page(visit, at=now())


@blueprint.post("/<inquiry_slug>/<call_slug>/team/leave")
@public
def leave_team(inquiry_slug: str, call_slug: str) -> Response:
    """Take a colleague's key out of this browser."""
    visit = team_visit_to(inquiry_slug, call_slug)
    if visit.writer:
        with transaction() as session:
            service.leave_team(session, visit.writer.id, at=now())
    remember_key(visit.call.id, "")
    flash(_("This device no longer opens your team’s draft. The team code opens it again."), "success")
    return to_call(visit)


@blueprint.get("/<inquiry_slug>/<call_slug>/team/questions/<int:number>")
@public
def team_question(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Ask a colleague one question."""
    visit = team_visit_to(inquiry_slug, call_slug)
    asked = visit.call.question(number)
    if away := kept_out(visit):
        return away
    opened(visit, slot_of_question(asked.slug))
    if asked.kind is QuestionKind.FILE:
        return pages_files.files_page(visit, asked)
    form = question_form(asked).holding(visit.answers.get(asked.slug))
    return pages_team.question_page(visit, form, at=now())


@blueprint.post("/<inquiry_slug>/<call_slug>/team/questions/<int:number>")
@public
def save_team_question(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Keep what a colleague wrote, right or wrong."""
    visit = team_visit_to(inquiry_slug, call_slug, posted=True)
    form = question_form(visit.call.question(number))()
    if away := kept_out(visit, form):
        return away
    if form.asked.kind is QuestionKind.FILE:
        return redirect(visit.address(Step("question", number)), 303)
    try:
        outcome = kept(visit, form)
    except (service.CallNotOpen, service.AlreadySent):
        return pages_team.over_page(visit, form)
    right = form.is_right()
    form.show_what_is_kept()
    if outcome in {Outcome.SAVED, Outcome.SAME, Outcome.LATE} and not right:
        return pages_team.question_page(visit, form, pages.BAD_INPUT, at=now())
    return redirect(next_page(visit, number, outcome), 303)


def next_page(visit: Visit, number: int, outcome: Outcome) -> str:
    """Return the next question, the list, or the page that shows what somebody else wrote meanwhile."""
    step = Step("question", number)
    if outcome is Outcome.WAITING:
        return visit.address(versions_of(step))
    if outcome is Outcome.UNTOUCHED:
        flash(str(CHANGED_ELSEWHERE), "notice")
        return visit.address(step)
    after = step_after(step, visit.steps)
    if request.form.get("then") == "list" or after.number is None:
        return to("team", visit)
    return visit.address(after)


def kept(visit: Visit, form: QuestionForm) -> Outcome:
    """Save what a colleague wrote, in their name."""
    sitting, at = sitting_posted(visit.writer_id), now()
    with transaction() as session:
        return service.save_answer(
            session, visit.started.id, form.asked.slug, form.typed(), at=at, sitting=sitting
        )


@public
def team_words(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Save what a colleague is typing, by their key alone; see views_words."""
    visit = team_visit_to(inquiry_slug, call_slug, posted=True, kept=False)
    return saved(visit, Step("question", number), sitting_posted(visit.writer_id))


csrf.exempt(team_words)
TEAM_QUESTION = "/<inquiry_slug>/<call_slug>/team/questions/<int:number>"
blueprint.add_url_rule(f"{TEAM_QUESTION}/words", "team_question_words", team_words, methods=["POST"])


@blueprint.get(f"{TEAM_QUESTION}/versions")
@public
def team_question_versions(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Show a colleague both versions of an answer."""
    visit = team_visit_to(inquiry_slug, call_slug)
    return kept_out(visit) or both_versions(visit, Step("question", number))


@blueprint.post(f"{TEAM_QUESTION}/versions")
@public
def choose_team_question_version(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Keep the version that a colleague chose, or both joined."""
    visit = team_visit_to(inquiry_slug, call_slug, posted=True)
    return kept_out(visit) or chosen(visit, Step("question", number))


def opened(visit: Visit, slot: str) -> None:
    """Let the others see what a colleague has open."""
    with transaction() as session:
        service.note_presence(session, visit.started.id, visit.writer_id, slot, at=now())


def kept_out(visit: Visit, form: QuestionForm | None = None) -> Response | None:
    """Return where a colleague goes who cannot write: shut out, sent, closed; with the words just typed."""
    if visit.writer is not None and visit.is_open and not visit.is_sent:
        return None
    if form is None and visit.writer is not None:
        return redirect(to("team", visit), 303)
    return pages_team.over_page(visit, form) if form else shut_out(visit)


def shut_out(visit: Visit) -> Response:
    """Send somebody without a key to the page that asks for the team code."""
    flash(_("Your team’s draft is not open on this device. Enter the newest team code."), "notice")
    return redirect(url_for("respond.team_code"), 303)


def lost_team_question(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Return the same question with every word, for a colleague whose session had ended."""
    visit = team_visit_to(inquiry_slug, call_slug, posted=was_posted_from_here())
    form = question_form(visit.call.question(number))()
    form.show_what_is_kept()
    if visit.writer is None or not visit.is_open or visit.is_sent:
        return pages_team.over_page(visit, form)
    return pages_team.question_page(visit, form, pages.LOST, at=now())
