"""The chair's room: themes, closed questions, and the lists behind every figure."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.publication.rules import QUOTING
from consult.themes import queries, service
from consult.themes.closed import closed_page
from consult.themes.forms import ThemeForm
from consult.themes.pages import index_page, shown_quote, theme_page
from consult.themes.queries import lists
from consult.themes.queries.closed import question_words
from consult.themes.queries.facets import Facet, facets_of
from consult.themes.rules import Selection, Unit, noun
from consult.themes.scope import Scope, whole, with_args

blueprint = Blueprint("themes", __name__, url_prefix="/inquiries/<inquiry_slug>/themes")


def scope_of(session: Session) -> Scope:
    """Return the names and addresses of the current inquiry."""
    identity = current_identity()
    return Scope(identity.inquiry_slug, identity.inquiry_id, facets_of(session, identity.inquiry_id))


@blueprint.get("")
@requires(Permission.READ_THEMES)
def index(inquiry_slug: str) -> str:
    """Show every theme with its counts."""
    session = db.session()
    scope = scope_of(session)
    page = index_page(session, scope, scope.read(request.args), request.path)
    may_edit = current_identity().may(Permission.EDIT_THEMES)
    return render_template("themes/index.html", page=page, may_edit=may_edit)


@blueprint.get("/<theme_slug>")
@requires(Permission.READ_THEMES)
def theme(inquiry_slug: str, theme_slug: str) -> str:
    """Show what a theme gathers: figures, each with its base, and quotes."""
    session = db.session()
    scope = scope_of(session)
    found = queries.theme_by_slug(session, scope.inquiry_id, theme_slug)
    page = theme_page(session, scope, found, scope.read(request.args), request.path)
    may_edit = current_identity().may(Permission.EDIT_THEMES)
    return render_template("themes/theme.html", page=page, slug=theme_slug, may_edit=may_edit)


@blueprint.post("/suggest-quotes")
@requires(Permission.EDIT_THEMES)
def suggest_quotes(inquiry_slug: str) -> Response:
    """Ask the machine to suggest passages to quote; asking twice is asking once."""
    with transaction() as session:
        job_id = service.want_quotes(
            session, inquiry_id=current_identity().inquiry_id, actor=current_actor(), at=now()
        ).id
    return redirect(url_for("jobs.job", inquiry_slug=inquiry_slug, job_id=job_id))


@blueprint.get("/closed-questions")
@requires(Permission.READ_THEMES)
def closed_questions(inquiry_slug: str) -> str:
    """Show the answers to closed questions with counts, percentages and bases."""
    session = db.session()
    scope = scope_of(session)
    selection = scope.read(request.args)
    page = closed_page(session, scope, selection, request.args.getlist("together"), request.path)
    return render_template("themes/closed_questions.html", page=page)


@blueprint.get("/passages")
@requires(Permission.READ_THEMES)
def passages(inquiry_slug: str) -> str:
    """List the passages behind a figure."""
    return list_page(
        Unit.PASSAGES,
        lists.passage_page,
        lambda scope, items: [shown_quote(scope, item) for item in items],
    )


@blueprint.get("/submissions")
@requires(Permission.READ_THEMES)
def submissions(inquiry_slug: str) -> str:
    """List the submissions behind a figure."""
    return list_page(
        Unit.SUBMISSIONS,
        lists.submission_page,
        lambda _, items: [(item, QUOTING[item.publication]) for item in items],
    )


@blueprint.get("/respondents")
@requires(Permission.READ_THEMES)
def respondents(inquiry_slug: str) -> str:
    """List the respondents behind a figure."""
    return list_page(Unit.RESPONDENTS, lists.respondent_page, lambda _, items: items)


def list_page(
    unit: Unit,
    read: Callable[[Session, Selection, int | None], lists.ListPage[Any]],
    shown: Callable[[Scope, Sequence[Any]], Sequence[Any]],
) -> str:
    """Show one page of a list whose count is the figure that was followed."""
    session = db.session()
    scope = scope_of(session)
    selection = scope.read(request.args)
    after = whole(request.args.get("after"))
    found = read(session, selection, after)
    words = scope.words(selection)
    if selection.question_id is not None:
        words.append(question_words(session, selection))
    args = scope.args(selection)
    return render_template(
        f"themes/{unit}.html",
        items=shown(scope, found.items),
        heading=f"{found.count:,} {noun(unit, found.count)}",
        count=found.count,
        words=words,
        first=with_args(request.path, args) if after is not None else None,
        following=with_args(request.path, {**args, "after": found.next_after}) if found.next_after else None,
        back=figures_page(scope, selection),
    )


def figures_page(scope: Scope, selection: Selection) -> tuple[str, str]:
    """Return the words and address of the page whose figure a list belongs to, filters kept."""
    if selection.question_id is not None:
        path = url_for("themes.closed_questions", inquiry_slug=scope.inquiry_slug)
        counted_so = scope.args(Selection(scope.inquiry_id, counting=selection.filters.counting))
        return "Closed questions", f"{with_args(path, counted_so)}#question-{selection.question_id}"
    args = scope.args(selection.filters)
    if selection.theme_id is None:
        counted_so = scope.args(Selection(scope.inquiry_id, counting=selection.filters.counting))
        path = url_for("themes.index", inquiry_slug=scope.inquiry_slug)
        return "All themes", with_args(path, counted_so)
    slug = scope.facets.by_id(Facet.THEME, selection.theme_id).slug
    path = url_for("themes.theme", inquiry_slug=scope.inquiry_slug, theme_slug=slug)
    return "Back to the theme", with_args(path, args)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_THEMES)
def new(inquiry_slug: str) -> str | Response:
    """Add a theme."""
    form = theme_form()
    if not form.validate_on_submit():
        return form_page(form, "New theme", None)
    with transaction() as session:
        made = service.make_theme(
            session,
            inquiry_id=current_identity().inquiry_id,
            slug=None,
            title=form.title.data or "",
            description=form.description.data or "",
            code_ids=form.codes.data or [],
            position=None,
            actor=current_actor(),
            at=now(),
        )
        slug = made.slug
    flash("The theme is made.", "success")
    return redirect(url_for("themes.theme", inquiry_slug=inquiry_slug, theme_slug=slug))


@blueprint.route("/<theme_slug>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_THEMES)
def edit(inquiry_slug: str, theme_slug: str) -> str | Response:
    """Change a theme's words and codes."""
    inquiry_id = current_identity().inquiry_id
    found = queries.theme_by_slug(db.session(), inquiry_id, theme_slug)
    held = queries.gathered(db.session(), inquiry_id).get(found.id, frozenset())
    form = theme_form(title=found.title, description=found.description, codes=sorted(held))
    if not form.validate_on_submit():
        return form_page(form, "Edit theme", theme_slug)
    with transaction() as session:
        service.edit_theme(
            session,
            theme_slug,
            inquiry_id=inquiry_id,
            title=form.title.data or "",
            description=form.description.data or "",
            code_ids=form.codes.data or [],
            actor=current_actor(),
            at=now(),
        )
    flash("The theme is changed.", "success")
    return redirect(url_for("themes.theme", inquiry_slug=inquiry_slug, theme_slug=theme_slug))


def theme_form(**values: Any) -> ThemeForm:
    """Return the form, which takes no code that is not on offer."""
    form = ThemeForm(data=values)
    form.offer(codes_on_offer(frozenset(values.get("codes", ()))))
    return form


def codes_on_offer(held: frozenset[int]) -> list[queries.CodeRow]:
    """Return the codes that a theme may gather: a retired one only where it is already held."""
    codes = queries.codes_in_order(db.session(), current_identity().inquiry_id)
    return [code for code in codes if not code.retired or code.id in held]


def form_page(form: ThemeForm, heading: str, theme_slug: str | None) -> str:
    """Show the form, with what was typed and what is wrong."""
    return render_template(
        "themes/form.html",
        form=form,
        heading=heading,
        errors=[(name, messages[0]) for name, messages in form.errors.items()],
        theme_slug=theme_slug,
    )
