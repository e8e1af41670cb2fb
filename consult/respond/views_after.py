"""Going away and coming back: the return code, resuming, the reference."""

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.calls.queries import languages_in_use
from consult.calls.withdrawing import policy_in_words
from consult.evidence.rules import PublicationChoice
from consult.foundation.database import db
from consult.foundation.guard import public
from consult.foundation.language import _, lazy
from consult.foundation.language_choice import offer, return_in
from consult.respond import pages
from consult.respond.codes import code_read, grouped, is_code, receipt_code_for
from consult.respond.forms import WHAT_WILL_HAPPEN, ResumeForm
from consult.respond.guesses import TooManyGuesses, may_try, note_wrong
from consult.respond.outcomes import but_where_chosen_otherwise
from consult.respond.pages_later import later_page
from consult.respond.queries import slugs_for_code
from consult.respond.queries_receipt import acknowledged, receipt_exists
from consult.respond.routes import blueprint
from consult.respond.visit import address_of, forget, remember, visit_after_sending, visit_to
from consult.respond.ways import open_step, to, turned_away

UNKNOWN_CODE = lazy(
    "We find nothing under this code. Check each letter and figure against what you wrote down. Drafts are "
    "erased 14 days after their call closes."
)
NOT_A_CODE = lazy("Enter the code of 26 letters and figures that you were given, such as {}.")
TOO_MANY = 429
SPECIMEN = "7K3MX-4Q9RT-02WVB-HN6ZE-5JD8SA"
LEFT = lazy("This device no longer knows your return code. Your draft is kept: only the code opens it.")
FORGOTTEN = lazy("This device no longer knows what you sent. Your receipt code still opens it.")


@blueprint.get("/<inquiry_slug>/<call_slug>/later")
@public
def later(inquiry_slug: str, call_slug: str) -> Response:
    """Show the return code and how to come back."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or later_page(visit)


@blueprint.post("/<inquiry_slug>/<call_slug>/leave")
@public
def leave(inquiry_slug: str, call_slug: str) -> Response:
    """Take the return code out of this browser, for whoever writes on a shared computer."""
    visit = visit_to(inquiry_slug, call_slug)
    forget(visit.call.id)
    flash(str(FORGOTTEN if visit.is_sent else LEFT), "success")
    return redirect(url_for("calls_public.call", inquiry_slug=inquiry_slug, call_slug=call_slug), 303)


@blueprint.get("/resume")
@public
def resume() -> Response:
    """Ask for the return code."""
    return resume_page(ResumeForm())


@blueprint.post("/resume")
@public
def open_code() -> Response:
    """Open what a code belongs to: a draft, or the receipt of what was sent."""
    form = ResumeForm()
    code = code_read(form.code.data or "")
    if not is_code(code):
        return refused(form, NOT_A_CODE.format(SPECIMEN))
    try:
        may_try()
    except TooManyGuesses as too_many:
        return refused(form, str(too_many), TOO_MANY)
    slugs = slugs_for_code(db.session(), code)
    if slugs is None and receipt_exists(db.session(), code):
        return redirect(url_for("respond.receipt", code=grouped(code)), 303)
    if slugs is None:
        note_wrong()
        return refused(form, str(UNKNOWN_CODE))
    visit = visit_to(*slugs)
    remember(visit.call.id, code)
    # Read again: the draft of the code, not the one this browser may have had.
    visit = visit_to(*slugs)
    return_in(visit.started.language)
    onward = to("sent", visit) if visit.is_sent else address_of(visit.call, open_step(visit))
    return redirect(onward, 303)


@blueprint.get("/<inquiry_slug>/<call_slug>/sent")
@public
def sent(inquiry_slug: str, call_slug: str) -> Response:
    """Show the reference and the receipt code to the browser that sent it."""
    visit = visit_after_sending(inquiry_slug, call_slug)
    if not visit.is_sent:
        visit = visit_to(inquiry_slug, call_slug)
        return turned_away(visit) or redirect(address_of(visit.call, open_step(visit)), 303)
    code = receipt_code_for(visit.code)
    receipt = acknowledged(db.session(), code)
    return pages.shown(
        "sent",
        visit,
        title=_("We have your changes") if receipt.version > 1 else _("We have your evidence"),
        receipt=receipt,
        policy=policy_in_words(visit.call.withdrawal_policy),
        receipt_code=grouped(code),
        will_happen=WHAT_WILL_HAPPEN[receipt.publication],
        otherwise=but_where_chosen_otherwise() if receipt.otherwise else "",
        not_published=receipt.publication is PublicationChoice.NOT_PUBLISHED,
    )


def resume_page(form: ResumeForm, *, status: int = 200) -> Response:
    """Return the page that asks for a code."""
    offer(languages_in_use(db.session()))
    page = render_template(
        "respond/resume.html",
        title=_("Come back to your evidence"),
        form=form,
        errors=form.problems,
        lost=status == pages.LOST,
    )
    return make_response(page, status)


def refused(form: ResumeForm, message: str, status: int = pages.BAD_INPUT) -> Response:
    """Return the same page with what is wrong with the code."""
    form.set_problems({"code": message})
    form.show_what_is_kept()
    return resume_page(form, status=status)
