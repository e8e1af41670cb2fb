"""What the pages of the coding room share: the submission as its reader sees it, and the choice of a code."""

from typing import Any

from flask import render_template

from consult.codebook.queries import CodeEntry, active_codes_of
from consult.coding.forms import ReplaceForm, new_page_key
from consult.coding.layout import Block, SuggestionShown
from consult.coding.queries import submission_to_code
from consult.coding.queries.screen import SubmissionToCode
from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.guard import current_identity


def load(reference: str) -> SubmissionToCode:
    """Return the submission as it stands now for this reader."""
    identity = current_identity()
    return submission_to_code(db.session(), identity.inquiry_id, reference, identity.user_id)


def block_of(submission: SubmissionToCode, key: str) -> Block:
    """Return the block of a submission with this key."""
    for part in submission.parts:
        for block in part.blocks:
            if block.key == key:
                return block
    raise NotFound("There is no such passage in this submission. Go back and load the page again.")


def suggestion_of(block: Block, suggestion_id: int | None) -> SuggestionShown | None:
    """Return the suggestion to replace, if one was named."""
    return next((s for s in block.suggestions if s.id == suggestion_id), None)


def codes_to_choose() -> list[dict[str, Any]]:
    """Return the codes that may be applied, each with the name of the one above it."""
    codes: list[CodeEntry] = active_codes_of(db.session(), current_identity().inquiry_id)
    names = {code.id: code.name for code in codes}
    return [
        {"code": code, "above": names.get(code.parent_id, "") if code.parent_id else ""} for code in codes
    ]


def choice_page(
    submission: SubmissionToCode,
    block: Block,
    suggestion_id: int | None,
    form: ReplaceForm | None = None,
    problem: str = "",
) -> str:
    """Render the choice of a code, with what was typed before where there is a problem with it."""
    return render_template(
        "coding/choose.html",
        submission=submission,
        block=block,
        suggestion=suggestion_of(block, suggestion_id),
        codes=codes_to_choose(),
        words=(form["words"].data or "") if form and "words" in form else "",
        chosen=form.code.data if form else None,
        problem=problem,
        page_key=new_page_key(),
    )
