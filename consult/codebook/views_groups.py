"""Groups to read: passages that the machine found together, until a person says what they are."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.codebook import queries_groups as reads
from consult.codebook import service
from consult.codebook.forms_groups import NotAThemeForm
from consult.codebook.rules_groups import GroupVerdict, SearchedIn
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import acting, current_actor, current_identity, requires
from consult.foundation.panels import Step, next_steps
from consult.foundation.security import Permission

blueprint = Blueprint("groups", __name__, url_prefix="/inquiries/<inquiry_slug>/codebook/groups")

SHOWN = {"uncovered": SearchedIn.UNCOVERED, "all": SearchedIn.ALL}
MOST_PAGES = 10_000


@blueprint.get("")
@requires(Permission.READ_EVIDENCE)
def index(inquiry_slug: str) -> str:
    """Show the groups that wait for a person."""
    session, identity = db.session(), current_identity()
    searches = {
        key: found
        for key, kind in SHOWN.items()
        if (found := reads.newest_search(session, identity.inquiry_id, kind))
    }
    shown = request.args.get("of", "")
    shown = shown if shown in SHOWN else next(iter(searches), "uncovered")
    page = page_asked_for()
    return render_template(
        "codebook/groups.html",
        searches=searches,
        shown=shown,
        search=searches.get(shown),
        found=reads.offered_groups(session, identity.inquiry_id, SHOWN[shown], page),
        settled=len(reads.settled_groups(session, identity.inquiry_id)),
        page=page,
        pages=reads.GROUPS_A_PAGE,
        may_edit=identity.may(Permission.EDIT_CODEBOOK),
    )


@blueprint.get("/settled")
@requires(Permission.READ_EVIDENCE)
def settled(inquiry_slug: str) -> str:
    """List what people have decided about groups, with who, when and why."""
    session, identity = db.session(), current_identity()
    return render_template(
        "codebook/groups_settled.html",
        groups=reads.settled_groups(session, identity.inquiry_id),
        may_edit=identity.may(Permission.EDIT_CODEBOOK),
    )


@blueprint.post("/find")
@requires(Permission.EDIT_CODEBOOK)
def find(inquiry_slug: str) -> Response:
    """Ask the machine to look for groups; asking twice is asking once."""
    with transaction() as session:
        job_id = service.want_groups(
            session, inquiry_id=current_identity().inquiry_id, actor=current_actor(), at=now()
        ).id
    return redirect(url_for("jobs.job", inquiry_slug=inquiry_slug, job_id=job_id))


@blueprint.get("/<int:group_id>")
@requires(Permission.READ_EVIDENCE)
def group(inquiry_slug: str, group_id: int) -> str:
    """Show a group with all its passages."""
    return group_page(group_id, NotAThemeForm(formdata=None))


@blueprint.post("/<int:group_id>/dismiss")
@requires(Permission.EDIT_CODEBOOK)
def dismiss(inquiry_slug: str, group_id: int) -> Response:
    """Say that a group is no theme, and why."""
    form = NotAThemeForm()
    if not form.validate_on_submit():
        return make_response(group_page(group_id, form), 422)
    with transaction() as session:
        service.decide_group(session, group_id, GroupVerdict.NOT_A_THEME, why=form.why.data or "", **acting())
    flash("Kept as not a theme. Groups like it are not offered again.", "success")
    return redirect(url_for("groups.index", inquiry_slug=inquiry_slug))


@blueprint.post("/<int:group_id>/offer")
@requires(Permission.EDIT_CODEBOOK)
def offer(inquiry_slug: str, group_id: int) -> Response:
    """Offer a group again that somebody has settled."""
    with transaction() as session:
        service.decide_group(session, group_id, GroupVerdict.OFFERED_AGAIN, **acting())
    flash("The group is offered again, and so are groups like it.", "success")
    return redirect(url_for("groups.group", inquiry_slug=inquiry_slug, group_id=group_id))


def group_page(group_id: int, form: NotAThemeForm) -> str:
    """Render a group with what may be done about it."""
    session, identity = db.session(), current_identity()
    page = page_asked_for()
    found = reads.group_of(session, identity.inquiry_id, group_id)
    passages, more = reads.passages_of_group(session, group_id, page)
    return render_template(
        "codebook/group.html",
        group=found,
        passages=passages,
        more=more,
        page=page,
        form=form,
        may_edit=identity.may(Permission.EDIT_CODEBOOK),
    )


def page_asked_for() -> int:
    """Return the number of the page that the address asks for."""
    asked = request.args.get("page", "")
    return min(int(asked), MOST_PAGES) if asked.isdecimal() and int(asked) else 1


@next_steps(Permission.EDIT_CODEBOOK)
def read_groups(session: Session, inquiry_id: int) -> list[Step]:
    """Lead to groups that have grown, or that wait."""
    waiting = reads.offered_groups(session, inquiry_id, SearchedIn.UNCOVERED)
    grown = sum(group.grown for group in waiting.groups)
    if grown:
        words = "1 group of passages that no code covers has grown" if grown == 1 else (
            f"{grown} groups of passages that no code covers have grown"
        )  # fmt: skip
        return [Step(words, "groups.index")]
    if waiting.count:
        return [Step("Read groups of passages that no code covers", "groups.index")]
    return []
