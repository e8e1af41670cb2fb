"""Propose to which questions the paragraphs of long documents speak: read, ask the library, record.

nlp is imported inside the functions that use it: it takes seconds that a web process need not pay.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from consult.assist.bridge import Tell
from consult.assist.queries_paragraphs import (
    Asked,
    LongText,
    calls_with_questions,
    count_to_place,
    texts_to_place,
)
from consult.evidence.rules import paragraphs_of, sha256_of
from consult.evidence.service.paragraphs import NewProposal, record_placings
from consult.foundation.clock import now
from consult.foundation.database import db, transaction

if TYPE_CHECKING:
    from nlp.questions import QuestionPlacer

TEXTS_AT_ONCE = 20


def place_waiting(inquiry_id: int, tell: Tell) -> int:
    """Propose for every long document not yet read; return how many paragraphs were proposed for."""
    from nlp.questions import QuestionPlacer

    placer, made = QuestionPlacer(), 0
    for call_id, asked in calls_with_questions(db.session(), inquiry_id).items():
        model = model_of(placer, asked)
        total = count_to_place(db.session(), call_id, model)
        done = 0
        for texts in _in_batches(call_id, model) if total else ():
            found = [each for text in texts for each in _placed(placer, asked, text)]
            with transaction() as session:
                made += record_placings(session, model, found, at=now())
            done += len(texts)
            tell(done, max(total, done), "Documents read for the questions they answer.")
    return made


def model_of(placer: "QuestionPlacer", asked: Sequence[Asked]) -> str:
    """Return what proposals are recorded under: other wording of the questions is another model."""
    wording = sha256_of("\n".join(f"{each.number} {each.words}" for each in asked))
    return f"{placer.name} {placer.version} {wording[:12]}"


def _in_batches(call_id: int, model: str) -> Iterator[Sequence[LongText]]:
    after = 0
    while texts := texts_to_place(db.session(), call_id, model, after_id=after, limit=TEXTS_AT_ONCE):
        after = texts[-1].id
        yield texts


def _placed(placer: "QuestionPlacer", asked: Sequence[Asked], text: LongText) -> list[NewProposal]:
    from nlp.questions import Prompt

    prompts = [Prompt(each.number, each.words) for each in asked]
    words = [text.body[bounds.start : bounds.end] for bounds in paragraphs_of(text.body)]
    return [
        NewProposal(
            text.id,
            number,
            None if each.prompt is None else asked[each.prompt].id,
            min(max(each.score, 0.0), 1.0),
            each.reason,
        )
        for number, each in enumerate(placer.place(prompts, words), text.first_paragraph)
    ]
