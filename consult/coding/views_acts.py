"""What a person does on the coding screen: each act a POST, for a form or for the screen's script.

To a script every act answers with the blocks it touched, rendered anew; a form is led back to its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.codebook.models import Code
from consult.coding import service
from consult.coding.forms import ActForm, ApplyForm, ReplaceForm, new_page_key
from consult.coding.layout import progress_of, touched
from consult.coding.models import Coding, Suggestion
from consult.coding.pages import block_of, choice_page, load
from consult.coding.rules import Verdict, located
from consult.coding.service.decisions import IN_WORDS
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.rules import Bounds
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.security import Permission
from consult.foundation.web import LONDON, as_time, wants_json

blueprint = Blueprint("acts", __name__, url_prefix="/<reference>")

SAID = {Verdict.ACCEPT: "Accepted", Verdict.REJECT: "Rejected", Verdict.SKIP: "Skipped"}


@dataclass(frozen=True)
class Done:
    """What an act did, in words, on which passage, and where to post to take it back."""

    words: str
    passage_id: int
    undo: str = ""


@blueprint.post("/suggestions/<int:suggestion_id>/<any(accept, reject, skip):verdict>")
@requires(Permission.CODE_EVIDENCE)
def decide(inquiry_slug: str, reference: str, suggestion_id: int, verdict: str) -> Response:
    """Accept, reject or skip a suggestion."""
    form = ActForm()
    return perform(reference, form, lambda session: said(session, form, suggestion_id, Verdict(verdict)))


@blueprint.post("/suggestions/<int:suggestion_id>/replace")
@requires(Permission.CODE_EVIDENCE)
def replace(inquiry_slug: str, reference: str, suggestion_id: int) -> Response:
    """Put another code in the place of the one proposed."""
    form = ReplaceForm()
    return perform(
        reference, form, lambda session: said(session, form, suggestion_id, Verdict.REPLACE, form.code.data)
    )


@blueprint.post("/passages/<int:passage_id>/read")
@requires(Permission.CODE_EVIDENCE)
def read(inquiry_slug: str, reference: str, passage_id: int) -> Response:
    """Say that a passage of the blind sample has been read, so that its suggestions are shown."""

    def act(session: Session) -> Done:
        service.read_passage_blind(session, passage_id, **acting())
        return Done("Read. What was proposed for it is shown now", passage_id)

    return perform(reference, ActForm(), act)


@blueprint.post("/decisions/<int:decision_id>/undo")
@requires(Permission.CODE_EVIDENCE)
def undo(inquiry_slug: str, reference: str, decision_id: int) -> Response:
    """Take back a decision of one's own."""

    def act(session: Session) -> Done:
        undone = service.undo_decision(session, decision_id, **acting())
        return Done("Taken back", session.get_one(Suggestion, undone.suggestion_id).passage_id)

    return perform(reference, ActForm(), act)


@blueprint.post("/codings")
@requires(Permission.CODE_EVIDENCE)
def apply(inquiry_slug: str, reference: str) -> Response:
    """Apply a code to a passage or to some of its words."""
    form = ApplyForm()
    return perform(reference, form, lambda session: applied(session, reference, form))


@blueprint.post("/codings/<int:coding_id>/withdraw")
@requires(Permission.CODE_EVIDENCE)
def withdraw(inquiry_slug: str, reference: str, coding_id: int) -> Response:
    """Withdraw a coding."""

    def act(session: Session) -> Done:
        withdrawal = service.withdraw_coding(session, coding_id, **acting())
        coding = session.get_one(Coding, withdrawal.coding_id)
        return Done(f"Withdrawn: {name_of(session, coding.code_id)}", coding.passage_id)

    return perform(reference, ActForm(), act)


@blueprint.post("/codings/<int:coding_id>/<any(spread, gather):which>")
@requires(Permission.CODE_EVIDENCE)
def repeat(inquiry_slug: str, reference: str, coding_id: int, which: str) -> Response:
    """Apply a coding to the same words in a campaign's letters, or withdraw one's own from them."""

    def act(session: Session) -> Done:
        verb = service.apply_to_repeats if which == "spread" else service.withdraw_from_repeats
        number = verb(session, coding_id, **acting())
        coding = session.get_one(Coding, coding_id)
        words = "Applied to" if which == "spread" else "Withdrawn from"
        undo = address("repeat", coding_id=coding_id, which="gather") if which == "spread" else ""
        return Done(f"{words} the same words in {number:,} more passages", coding.passage_id, undo)

    return perform(reference, ActForm(), act)


def said(
    session: Session,
    form: ActForm,
    suggestion_id: int,
    verdict: Verdict,
    replacement_id: int | None = None,
) -> Done:
    """Decide, and say what was decided."""
    decision = service.decide_suggestion(
        session,
        suggestion_id,
        verdict,
        replacement_id=replacement_id,
        act_key=form.key_for(suggestion_id, verdict, replacement_id or ""),
        **acting(),
    )
    suggestion = session.get_one(Suggestion, suggestion_id)
    name = name_of(session, replacement_id or suggestion.code_id)
    words = f"{SAID.get(verdict, 'Coded instead')}: {name}"
    return Done(words, suggestion.passage_id, address("undo", decision_id=decision.id))


def applied(session: Session, reference: str, form: ApplyForm) -> Done:
    """Find the words, apply the code, and say so."""
    text = session.scalar(
        select(SourceText)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(
            SourceText.id == form.text.data,
            Submission.reference == reference,
            Submission.inquiry_id == current_identity().inquiry_id,
        )
    )
    if text is None:
        raise NotFound("There is no such text in this submission.")
    bounds = located(text.body, form.passage, form.words.data or "", form.claimed)
    act_key = form.key_for(text.id, bounds, form.code_id)
    coding = service.apply_code(session, text.id, bounds, form.code_id, act_key=act_key, **acting())
    words = f"Coded: {name_of(session, coding.code_id)}"
    return Done(words, coding.passage_id, address("withdraw", coding_id=coding.id))


def perform(reference: str, form: ActForm, act: Callable[[Session], Done]) -> Response:
    """Do an act in one transaction and answer in the way it was asked: with blocks, or by going back."""
    try:
        form.checked()
        with transaction() as session:
            done = act(session)
    except service.AlreadyDecided as told:
        words = f"{told.who} has {IN_WORDS[told.verdict]} this on {as_time(told.at)}. Nothing was changed."
        return refuse(reference, form, words)
    except (Refused, BadInput) as refused:
        return refuse(reference, form, str(refused))
    if wants_json():
        return blocks_anew(reference, form, done.passage_id, message=done.words, undo=done.undo)
    flash(f"{done.words}.", "success")
    return back(reference, form)


def refuse(reference: str, form: ActForm, words: str) -> Response:
    """Say why nothing was done, beside the block as it stands now; what was typed stays in its field."""
    db.session.rollback()
    if wants_json():
        return blocks_anew(reference, form, None, status=409, message=words)
    if isinstance(form, ReplaceForm):
        return choose_again(reference, form, words)
    flash(words, "error")
    return back(reference, form)


def choose_again(reference: str, form: ReplaceForm, words: str) -> Response:
    """Show the choice of a code again with what was typed."""
    submission = load(reference)
    block = block_of(submission, form.block.data or "")
    suggestion_id = (request.view_args or {}).get("suggestion_id")
    page = choice_page(submission, block, suggestion_id, form, words)
    return make_response(page, 422)


def blocks_anew(
    reference: str, form: ActForm, passage_id: int | None, *, status: int = 200, **said_too: Any
) -> Response:
    """Answer a script with the touched blocks, rendered for this reader, and how much is left."""
    submission = load(reference)
    passage = db.session().get(Passage, passage_id) if passage_id else None
    span = Bounds(passage.start, passage.end) if passage else Bounds(0, 0)
    keys = {block.key for block in touched(submission.parts, passage.source_text_id if passage else 0, span)}
    blocks = [
        block
        for part in submission.parts
        for block in part.blocks
        if block.key in keys or block.key == form.block.data
    ]
    page_key = new_page_key()
    anew = {
        block.key: render_template(
            "coding/block.html", block=block, reference=reference, page_key=page_key, current=""
        )
        for block in blocks
    }
    progress = progress_of(submission.parts)
    clock = now().astimezone(LONDON)
    answer = {"blocks": anew, "left": progress.left, "at": f"{clock:%H:%M:%S}", **said_too}
    return make_response(answer, status)


def back(reference: str, form: ActForm) -> Response:
    """Lead a form back to the passage it came from."""
    slug = current_identity().inquiry_slug
    return redirect(
        url_for("coding.screen", inquiry_slug=slug, reference=reference, _anchor=form.block.data or None)
    )


def address(act: str, **values: Any) -> str:
    """Return where an act of this submission is posted."""
    args: dict[str, Any] = request.view_args or {}
    here: dict[str, Any] = {name: args[name] for name in ("inquiry_slug", "reference")}
    return url_for(f"coding.acts.{act}", **here, **values)


def name_of(session: Session, code_id: int) -> str:
    """Return the name of a code."""
    return session.get_one(Code, code_id).name
