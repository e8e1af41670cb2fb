"""Look for personal data: read texts, ask the library, record its proposals for the redaction desk.

nlp is imported inside the functions that use it: it takes seconds that a web process need not pay.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from consult.assist.queries_personal import TextToRead, count_to_search, texts_to_search
from consult.evidence.rules import Bounds, PublicationChoice
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.security import Actor
from consult.publication.rules import Ground, Proposed
from consult.publication.service import Searched, record_proposals, start_redaction_run

if TYPE_CHECKING:
    from nlp.personal import PersonalDataFinder, TextToSearch
    from nlp.personal_formats import PersonalData

TEXTS_AT_ONCE = 100

# Told how many are done, of how many, and what; may raise to stop the work between two batches.
Tell = Callable[[int, int, str], None]


def search_waiting(inquiry_id: int, tell: Tell, *, actor: Actor) -> int:
    """Look through every text that this recogniser has not read; return the number of new proposals.

    Nothing happens, and no run is recorded, when all has been read.
    """
    finder = _finder()
    recogniser = _recogniser(finder)
    total = count_to_search(db.session(), inquiry_id, *recogniser)
    if not total:
        return 0
    run_id = _run(inquiry_id, recogniser, finder, actor)
    proposed = done = 0
    for texts in _in_batches(inquiry_id, recogniser):
        found = finder.find_many([_in_library_words(text) for text in texts])
        searched = [_searched(text, spans) for text, spans in zip(texts, found, strict=True)]
        with transaction() as session:
            proposed += record_proposals(session, run_id, searched)
        done += len(texts)
        tell(done, max(total, done), "Texts looked through.")
    return proposed


def _finder() -> "PersonalDataFinder":
    from nlp.personal import PersonalDataFinder, installed_pipeline

    return PersonalDataFinder(trained=installed_pipeline())


def _recogniser(finder: "PersonalDataFinder") -> tuple[str, str]:
    """Return name and version; a trained pipeline that was installed since makes it another recogniser."""
    name = f"{finder.name}, {finder.trained}" if finder.trained else finder.name
    return name[:80], finder.version


def _run(inquiry_id: int, recogniser: tuple[str, str], finder: "PersonalDataFinder", actor: Actor) -> int:
    name, version = recogniser
    with transaction() as session:
        return start_redaction_run(
            session,
            recogniser=name,
            version=version,
            settings=finder.settings(),
            inquiry_id=inquiry_id,
            actor=actor,
            at=now(),
        ).id


def _in_batches(inquiry_id: int, recogniser: tuple[str, str]) -> Iterator[list[TextToRead]]:
    after = 0
    while texts := texts_to_search(
        db.session(), inquiry_id, *recogniser, after_id=after, limit=TEXTS_AT_ONCE
    ):
        after = texts[-1].source_text_id
        yield texts


def _in_library_words(text: TextToRead) -> "TextToSearch":
    from nlp.personal import TextToSearch

    named = text.publication is PublicationChoice.WITH_NAME
    names = tuple(name for name in (text.name, text.organisation) if name.strip())
    return TextToSearch(
        text.body, text.language, hidden=() if named else names, open_names=names if named else ()
    )


def _searched(text: TextToRead, found: "Sequence[PersonalData]") -> Searched:
    return Searched(
        text.source_text_id,
        tuple(
            Proposed(Bounds(each.start, each.end), Ground(each.ground), each.score, each.reason)
            for each in found
        ),
        named=text.publication is PublicationChoice.WITH_NAME,
    )
