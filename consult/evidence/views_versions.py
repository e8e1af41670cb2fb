"""One version of a submission beside the one before: what its writer changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from consult.evidence.queries import SubmissionRead, submission_by_reference
from consult.evidence.queries.submission import AnswerRead
from consult.evidence.queries.versions import VersionRead
from consult.evidence.rules import PUBLICATION_WORDS
from consult.evidence.rules_alike import Pair, side_by_side
from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.guard import current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint(
    "versions", __name__, url_prefix="/inquiries/<inquiry_slug>/evidence/<reference>/versions"
)

DECLARED = {
    "on_behalf_of": "On behalf of",
    "role": "Role",
    "interests": "Interests",
    "funding": "Funding",
}


@dataclass(frozen=True)
class Compared:
    """One thing in both versions: its name, whether it changed, and its words beside one another."""

    name: str
    change: str
    pairs: tuple[Pair, ...]


@blueprint.get("/<int:number>")
@requires(Permission.READ_EVIDENCE)
def version(inquiry_slug: str, reference: str, number: int) -> str:
    """Show what a version says, beside what the one before it said."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    found = version_read(session, inquiry_id, reference, number)
    before = version_read(session, inquiry_id, reference, number - 1) if number > 1 else None
    things = compared(found, before)
    return render_template(
        "evidence/version.html",
        submission=found,
        before=before,
        number=number,
        changed=[thing for thing in things if thing.change],
        same=[thing for thing in things if not thing.change],
    )


def version_read(session: Session, inquiry_id: int, reference: str, number: int) -> SubmissionRead:
    """Return one version of a submission; NotFound where it was never sent."""
    if not 0 < number < 100_000:
        raise NotFound("There is no such version.")
    return submission_by_reference(session, inquiry_id, reference, with_passages=False, version=number)


def compared(found: SubmissionRead, before: SubmissionRead | None) -> list[Compared]:
    """Return everything that either version says, in order."""
    now_said, then_said = words_of(found), words_of(before) if before else {}
    names = [*now_said, *(name for name in then_said if name not in now_said)]
    return [
        Compared(
            name,
            change_of(name, now_said, then_said) if before else "",
            tuple(side_by_side(then_said.get(name, ()), now_said.get(name, ()), exactly=True)),
        )
        for name in names
    ]


def change_of(name: str, now_said: Mapping[str, object], then_said: Mapping[str, object]) -> str:
    """Return what became of something, in a word; nothing where it is the same."""
    if name not in then_said:
        return "Added"
    if name not in now_said:
        return "Taken back"
    return "" if now_said[name] == then_said[name] else "Changed"


def words_of(read: SubmissionRead) -> dict[str, tuple[str, ...]]:
    """Return what one version says: who, what may be published, each answer in paragraphs or lines."""
    sent = next(each for each in read.versions if each.number == read.version)
    said = {
        **who_of(read, sent),
        **{answer_name(answer): answer_words(answer) for answer in read.answers},
    }
    return {name: words for name, words in said.items() if any(words)}


def who_of(read: SubmissionRead, sent: VersionRead) -> dict[str, tuple[str, ...]]:
    """Return what a version says beside its answers."""
    declared = {words: (sent.declared.get(name, ""),) for name, words in DECLARED.items()}
    return {
        "Name": (read.name,),
        "Organisation": (read.organisation,),
        "Respondent type": (read.respondent_type or "",),
        "Place": (read.place or "",),
        "Publication": (PUBLICATION_WORDS[sent.publication],),
        **declared,
    }


def answer_name(answer: AnswerRead) -> str:
    """Return the heading of an answer."""
    return f"{answer.question.number}. {answer.question.prompt}"


def answer_words(answer: AnswerRead) -> tuple[str, ...]:
    """Return an answer in paragraphs or lines, with its own publication choice as the last."""
    said = [paragraph.words for paragraph in answer.text.paragraphs] if answer.text else answer.lines
    own = [f"({PUBLICATION_WORDS[answer.publication]})"] if answer.publication else []
    return (*said, *own)
