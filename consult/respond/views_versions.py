"""Two versions of one answer, when two tabs, two devices or two colleagues have written it at once."""

from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.respond import pages, service
from consult.respond.drafting import Choice
from consult.respond.pages_versions import slot_of, versions_page
from consult.respond.queries_versions import waiting_in
from consult.respond.routes import blueprint
from consult.respond.rules import Step
from consult.respond.sittings import sitting_posted
from consult.respond.visit import Visit, visit_to
from consult.respond.ways import turned_away


@public
def versions(inquiry_slug: str, call_slug: str, page: str, number: int | None = None) -> Response:
    """Show both versions of what a page of the journey asks."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or both_versions(visit, Step(page, number))


@public
def choose_version(inquiry_slug: str, call_slug: str, page: str, number: int | None = None) -> Response:
    """Keep one version, or both joined."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    return turned_away(visit) or chosen(visit, Step(page, number))


def both_versions(visit: Visit, step: Step, status: int = 200) -> Response:
    """Return the page with the version that stands and the oldest that waits; there may be none any more."""
    waiting = waiting_in(db.session(), visit.started.id, slot_of(visit, step))
    if not waiting:
        return redirect(visit.address(step), 303)
    return versions_page(visit, step, waiting, status)


def chosen(visit: Visit, step: Step) -> Response:
    """Do what was chosen and lead back to the page that was written on."""
    sitting, choice = sitting_posted(visit.writer_id), request.form.get("choice", "")
    waiting_id = request.form.get("version", "")
    if sitting is None or choice not in set(Choice) or not waiting_id.isdecimal():
        return both_versions(visit, step, pages.BAD_INPUT)
    wanted = service.Wanted(slot_of(visit, step), int(waiting_id[:9]), Choice(choice))
    try:
        with transaction() as session:
            service.choose_version(session, visit.started.id, wanted, sitting=sitting, at=now())
    except (service.CallNotOpen, service.AlreadySent, service.ChangedMeanwhile, NotFound) as changed:
        flash(str(changed), "notice")
        # Shown again it tells what can be done now.
        return redirect(request.full_path.rstrip("?"), 303)
    flash(_("Your choice is saved. You can go on writing."), "success")
    return redirect(visit.address(step), 303)


def register(path: str, endpoint: str, **fixed: Any) -> None:
    """Put both views on an address of their own for one kind of page."""
    rule = f"/<inquiry_slug>/<call_slug>/{path}/versions"
    blueprint.add_url_rule(rule, endpoint, versions, methods=["GET"], defaults=fixed)
    blueprint.add_url_rule(rule, f"choose_{endpoint}", choose_version, methods=["POST"], defaults=fixed)


for each in ("about", "declaration", "publication"):
    register(each, f"{each}_versions", page=each)
register("questions/<int:number>", "question_versions", page="question")
