"""Cutting a passage anew by hand: in two at a chosen place, or together with the next."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.coding.forms import CutForm
from consult.coding.layout import Block, TextShown
from consult.coding.pages import block_of, load
from consult.coding.queries.screen import SubmissionToCode
from consult.evidence.models_recuts import Recut
from consult.evidence.rules import Bounds
from consult.evidence.rules_recuts import place_of_words, places_to_split
from consult.evidence.service.recutting import join_with_next, split_passage
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint("cuts", __name__, url_prefix="/<reference>/cut")

OTHER = "other"
_WORDS_SHOWN = 90


@blueprint.get("")
@requires(Permission.CODE_EVIDENCE)
def cut(inquiry_slug: str, reference: str) -> str:
    """Show a passage with the places where it may be split, and the one it may be joined with."""
    submission = load(reference)
    return page(submission, block_of(submission, request.args.get("block", "")), CutForm(formdata=None))


@blueprint.post("/<any(split, join):how>")
@requires(Permission.CODE_EVIDENCE)
def cut_anew(inquiry_slug: str, reference: str, how: str) -> Response:
    """Split a passage at the chosen place, or join it with the next of its text."""
    form, submission = CutForm(), load(reference)
    block = block_of(submission, form.block.data or "")
    try:
        form.checked()
        if block.passage_id != form.passage.data:
            raise Refused("This text has been cut anew meanwhile. Look at it as it stands now.")
        with transaction() as session:
            done = split(session, submission, block, form) if how == "split" else join(session, block)
            start = done.after[-1][0]
    except (Refused, BadInput) as refused:
        db.session.rollback()
        return make_response(page(load(reference), block, form, str(refused), how), 422)
    said = "Split in two" if how == "split" else "Joined with the next passage"
    flash(f"{said}. The machine will propose codes for what is new in a moment.", "success")
    at = f"t{block.text_id}-{start}"
    slug = current_identity().inquiry_slug
    return redirect(url_for("coding.screen", inquiry_slug=slug, reference=reference, _anchor=at))


def split(session: Session, submission: SubmissionToCode, block: Block, form: CutForm) -> Recut:
    """Split at one of the places offered, or at the words that were typed."""
    chosen = form.place.data or ""
    if chosen.isdecimal():
        place = int(chosen)
    else:
        place = place_of_words(text_of(submission, block).body, block.bounds, form.words.data or "")
    return split_passage(session, block.passage_id or 0, place, **acting())


def join(session: Session, block: Block) -> Recut:
    """Join with the next passage."""
    return join_with_next(session, block.passage_id or 0, **acting())


def text_of(submission: SubmissionToCode, block: Block) -> TextShown:
    """Return the source text that a block lies in."""
    return next(text for text in submission.texts if text.id == block.text_id)


def page(
    submission: SubmissionToCode, block: Block, form: CutForm, problem: str = "", how: str = "split"
) -> str:
    """Render the page, with what was chosen and typed where there is a problem with it."""
    if block.passage_id is None:
        raise NotFound("These words are no passage yet. Go back and load the page again.")
    body = text_of(submission, block).body
    return render_template(
        "coding/cut.html",
        submission=submission,
        block=block,
        places=[(place, begins(body, place, block.bounds)) for place in places_to_split(body, block.bounds)],
        following=following(submission, block),
        form=form,
        problem=problem,
        how=how,
    )


def begins(body: str, place: int, bounds: Bounds) -> str:
    """Return the first words of what begins at a place."""
    words = " ".join(body[place : min(bounds.end, place + 4 * _WORDS_SHOWN)].split())
    return words if len(words) <= _WORDS_SHOWN else words[:_WORDS_SHOWN].rsplit(" ", 1)[0] + " …"


def following(submission: SubmissionToCode, block: Block) -> Block | None:
    """Return the next passage of the same text."""
    blocks = [b for part in submission.parts if part.text.id == block.text_id for b in part.blocks]
    later = blocks[blocks.index(block) + 1 :] if block in blocks else []
    return next((each for each in later if each.passage_id is not None), None)
