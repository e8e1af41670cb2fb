"""The page on which a clerk puts the paragraphs of a long document to the questions of its call."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls.models import Question
from consult.evidence.forms_paragraphs import NO_QUESTION, Act, Placing, PlacingForm, shown_value
from consult.evidence.queries import paragraphs as reads
from consult.evidence.service.paragraphs import place_paragraphs
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, Refused
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Step, next_steps
from consult.foundation.security import Permission

blueprint = Blueprint(
    "paragraphs", __name__, url_prefix="/inquiries/<inquiry_slug>/evidence/<reference>/texts"
)

PARAGRAPHS_A_PAGE = 100


@dataclass(frozen=True)
class Shown:
    """A paragraph as its row shows it; `value` is what its select holds."""

    paragraph: reads.ParagraphPlaced
    value: str


@dataclass(frozen=True)
class Run:
    """Paragraphs in a row that stand under one question, or under none."""

    question: Question | None
    # Whether anything at all is known of their question.
    is_placed: bool
    rows: list[Shown]


@blueprint.get("/<int:text_id>/questions")
@requires(Permission.READ_EVIDENCE)
def questions(inquiry_slug: str, reference: str, text_id: int) -> str:
    """Show each paragraph with the question to which it belongs, or is proposed to belong."""
    return paragraphs_page(reference, text_id)


@blueprint.post("/<int:text_id>/questions")
@requires(Permission.HANDLE_EVIDENCE)
def decide(inquiry_slug: str, reference: str, text_id: int) -> Response:
    """Keep what a clerk decided, or say what is wrong with it and keep what was chosen on the page."""
    inquiry_id, form = current_identity().inquiry_id, PlacingForm()
    found = reads.paragraph_map(db.session(), inquiry_id, reference, text_id)
    placing = Placing.of(request.form)
    try:
        seen = int(form.seen.data or 0) if form.validate_on_submit() else -1
        with transaction() as session:
            made = place_paragraphs(
                session,
                reference,
                text_id,
                placing.decisions(found),
                seen=seen,
                inquiry_id=inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except (BadInput, Refused) as error:
        return make_response(paragraphs_page(reference, text_id, placing, str(error)), 422)
    flash(told(made), "success" if made else "notice")
    return redirect(
        url_for(
            "paragraphs.questions",
            inquiry_slug=inquiry_slug,
            reference=reference,
            text_id=text_id,
            page=page_asked(),
        )
    )


def told(made: int) -> str:
    """Return what was done, in words."""
    if not made:
        return "Nothing was chosen that does not stand already."
    return "One paragraph has its question." if made == 1 else f"{made:,} paragraphs have their question."


def page_asked() -> int:
    """Return the page of a long document that is asked for."""
    asked = request.args.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 7 else 1


def paragraphs_page(reference: str, text_id: int, placing: Placing | None = None, error: str = "") -> str:
    """Render a page of a document's paragraphs, with what was chosen there before."""
    identity = current_identity()
    found = reads.paragraph_map(db.session(), identity.inquiry_id, reference, text_id)
    pages = max(-(-len(found.paragraphs) // PARAGRAPHS_A_PAGE), 1)
    page = min(page_asked(), pages)
    first = (page - 1) * PARAGRAPHS_A_PAGE
    return render_template(
        "evidence/paragraphs.html",
        found=found,
        runs=runs_of(found, first, placing),
        placing=placing or Placing({}, Act.KEEP),
        form=PlacingForm(formdata=None, seen=str(found.newest_decision)),
        error=error,
        no_question=NO_QUESTION,
        page=page,
        pages=pages,
        may_decide=identity.may(Permission.HANDLE_EVIDENCE),
    )


def runs_of(found: reads.ParagraphMap, first: int, placing: Placing | None) -> list[Run]:
    """Return the paragraphs of a page, those under one question together."""
    by_id = {question.id: question for question in found.questions}
    chosen = placing.chosen if placing else {}
    rows = [
        Shown(each, chosen.get(each.number, shown_value(each)))
        for each in found.paragraphs[first : first + PARAGRAPHS_A_PAGE]
    ]
    return [
        Run(by_id.get(key) if key else None, bool(shown_value(group[0].paragraph)), group)
        for key, members in groupby(rows, key=lambda row: row.paragraph.question_id)
        for group in [list(members)]
    ]


@next_steps(Permission.HANDLE_EVIDENCE)
def to_map(session: Session, inquiry_id: int) -> list[Step]:
    """Offer the first document whose paragraphs wait to be put to questions."""
    waiting = reads.submissions_to_map(session, inquiry_id)
    if not waiting:
        return []
    count = "a long document" if len(waiting) == 1 else f"{len(waiting):,} long documents"
    words = f"Put the paragraphs of {count} to the questions of the call"
    return [Step(words, "evidence.submission", {"reference": waiting[0]})]
