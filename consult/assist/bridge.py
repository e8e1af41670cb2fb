"""The bridge to nlp: read rows, ask the library, write results through the rooms' verbs.

nlp is imported inside the functions that use it: it takes seconds and 150 MB that a web process, which
only queues this work, need not pay.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from consult.assist.artefacts import keep_model, mark_of
from consult.assist.encoding import encoder_for
from consult.assist.ordering import drawn_blind, order_waiting
from consult.assist.proposing import Tally, Terms, terms_of
from consult.assist.queries import (
    codes_seen,
    count_passages,
    count_read,
    count_uncut,
    count_untouched,
    passages_read,
    passages_untouched,
)
from consult.assist.rules import all_decided
from consult.codebook.models import CodebookVersion
from consult.codebook.queries import CodeEntry, active_codes_of
from consult.codebook.service import freeze_version
from consult.coding.models import ModelRun
from consult.coding.queries import (
    DecidedPair,
    PassageToRead,
    decided_pairs,
    held_passages,
    passages_to_propose_for,
)
from consult.coding.rules import NewSuggestion, PassageRead, RunRecord
from consult.coding.rules_quality import RunEnd
from consult.coding.service import finish_run, record_suggestions, start_run
from consult.evidence.queries import TextToCut, texts_to_cut
from consult.evidence.queries.vectors import quotes_now
from consult.evidence.rules import Bounds, paragraphs_of
from consult.evidence.service import CutText, store_passages
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.security import Actor

if TYPE_CHECKING:
    from nlp.encoder import Encoder
    from nlp.passages import PassageCutter
    from nlp.proposer import Proposer
    from nlp.types import CodeSpec, Decided, Proposal

TEXTS_AT_ONCE = 200
# A turn to write that lasts keeps those waiting who save and send.
PASSAGES_AT_ONCE = 200

# Told how many are done, of how many, and what; may raise to stop the work between two batches.
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Proposed:
    """What a run did."""

    run_id: int | None
    passages: int
    suggestions: int
    abstained: int


NOTHING = Proposed(None, 0, 0, 0)


@dataclass(frozen=True)
class Reading:
    """A fitted model and what its suggestions are recorded under."""

    proposer: "Proposer"
    run: ModelRun
    code_ids: dict[str, int]
    actor: Actor
    terms: Terms
    # Of the saved models, as it was before anything was learned.
    mark: str
    held: int


def cut_waiting(inquiry_id: int, tell: Tell) -> int:
    """Cut every source text that has no passages yet; return the number of passages made."""
    made = done = 0
    total = count_uncut(db.session(), inquiry_id)
    cutters = _Cutters()
    for texts in _texts_in_batches(inquiry_id):
        cut = [
            CutText(text.source_text_id, bounds, _languages_of(text, bounds))
            for text, bounds in zip(texts, _bounds_of(texts, cutters), strict=True)
        ]
        for few in _in_turns(cut):
            with transaction() as session:
                made += store_passages(session, few, at=now())
            done += len(few)
            tell(done, total, "Texts cut into passages.")
    return made


def _in_turns(cut: Sequence[CutText]) -> Iterator[list[CutText]]:
    """Yield texts that together have not many more passages than one turn to write should store."""
    few: list[CutText] = []
    for text in cut:
        few.append(text)
        if sum(len(each.bounds) for each in few) >= PASSAGES_AT_ONCE:
            yield few
            few = []
    if few:
        yield few


def propose_waiting(inquiry_id: int, tell: Tell, *, actor: Actor, again: bool = False) -> Proposed:
    """Propose codes for passages not yet read, or with `again` for all that nobody has begun to decide.

    Nothing happens, and no run is recorded, when there is nothing to read or the codebook has no code.
    """
    codes = active_codes_of(db.session(), inquiry_id)
    if not codes:
        return NOTHING
    version = _present_version(inquiry_id, actor)
    total = count_untouched(db.session(), inquiry_id) if again else _count_unread(inquiry_id, version)
    if total <= 0:
        return NOTHING
    began = perf_counter()
    reading = _fitted(inquiry_id, codes, version, encoder_for(inquiry_id, tell), actor)
    tally = Tally()
    for passages in (
        _untouched_in_batches(inquiry_id, reading.run.id) if again else _in_batches(inquiry_id, version)
    ):
        proposals = reading.proposer.propose([passage.quote for passage in passages])
        _record(reading, passages, proposals)
        tally.add(proposals)
        tell(tally.passages, max(total, tally.passages), "Passages proposed for.")
    _finish(inquiry_id, reading, tally, began)
    order_waiting(inquiry_id)
    return Proposed(reading.run.id, tally.passages, tally.suggestions, tally.abstained)


def _finish(inquiry_id: int, reading: Reading, tally: Tally, began: float) -> None:
    """Keep the model and record how the run ended."""
    pin = keep_model(inquiry_id, reading.run.id, reading.proposer, reading.mark)
    end = RunEnd(
        took=round((perf_counter() - began) * 1_000),
        passages=tally.passages,
        suggestions=tally.suggestions,
        abstained=tally.abstained,
        summary={"held": reading.held, **reading.terms.summary(), **tally.summary()},
        artefact_sha256=pin,
    )
    with transaction() as session:
        finish_run(session, reading.run, end, actor=reading.actor, at=now())


def _texts_in_batches(inquiry_id: int) -> Iterator[list[TextToCut]]:
    after = 0
    while texts := texts_to_cut(db.session(), inquiry_id, TEXTS_AT_ONCE, after_id=after):
        after = texts[-1].source_text_id
        yield texts


class _Cutters(dict[str, "PassageCutter"]):
    """A cutter for each language met, made once: a trained pipeline takes a second to load."""

    def __missing__(self, language: str) -> "PassageCutter":
        from nlp.passages import PassageCutter
        from nlp.personal import installed_pipeline

        self[language] = PassageCutter(language, trained=installed_pipeline(language))
        return self[language]


def _bounds_of(texts: Sequence[TextToCut], cutters: _Cutters) -> list[tuple[Bounds, ...]]:
    """Return the bounds of each text's passages, cut as its own language asks; texts keep their order."""
    from nlp.language import language_of
    from nlp.types import Span

    written_in = [language_of(text.body) or text.language for text in texts]
    found: dict[int, tuple[Bounds, ...]] = {}
    for language in sorted(set(written_in)):
        alike = [text for text, known in zip(texts, written_in, strict=True) if known == language]
        spans = cutters[language].cut_many(
            [(text.body, [Span(p.start, p.end) for p in paragraphs_of(text.body)]) for text in alike]
        )
        for text, cut in zip(alike, spans, strict=True):
            found[text.source_text_id] = tuple(Bounds(span.start, span.end) for span in cut)
    return [found[text.source_text_id] for text in texts]


def _languages_of(text: TextToCut, cut: Sequence[Bounds]) -> tuple[str | None, ...]:
    from nlp.language import language_of

    return tuple(language_of(text.body[bounds.start : bounds.end]) for bounds in cut)


def _present_version(inquiry_id: int, actor: Actor) -> CodebookVersion:
    with transaction() as session:
        version = freeze_version(session, inquiry_id, actor=actor, at=now())
        session.flush()  # its id is needed after the commit, when the object would be read again
        session.expunge(version)
    return version


def _count_unread(inquiry_id: int, version: CodebookVersion) -> int:
    from nlp.proposer import Proposer

    read = count_read(db.session(), inquiry_id, version.id, Proposer.name, Proposer.version)
    return count_passages(db.session(), inquiry_id) - read


def _in_batches(inquiry_id: int, version: CodebookVersion) -> Iterator[list[PassageToRead]]:
    from nlp.proposer import Proposer

    after = 0
    while passages := passages_to_propose_for(
        db.session(),
        inquiry_id,
        version.id,
        Proposer.name,
        Proposer.version,
        after_id=after,
        limit=PASSAGES_AT_ONCE,
    ):
        after = passages[-1].id
        yield passages


def _untouched_in_batches(inquiry_id: int, run_id: int) -> Iterator[list[PassageToRead]]:
    after = 0
    while passages := passages_untouched(
        db.session(), inquiry_id, run_id, after_id=after, limit=PASSAGES_AT_ONCE
    ):
        after = passages[-1].id
        yield passages


def _fitted(
    inquiry_id: int,
    codes: Sequence[CodeEntry],
    version: CodebookVersion,
    encoder: "Encoder | None",
    actor: Actor,
) -> Reading:
    """Fit a proposer on what the inquiry holds and open a run for it."""
    from nlp.proposer import Proposer

    session, mark = db.session(), mark_of(inquiry_id)
    slugs = [code.slug for code in codes]
    said = decided_pairs(session, inquiry_id)
    decided = all_decided(
        said,
        passages_read(session, inquiry_id),
        codes_seen(session, inquiry_id),
        slugs,
    )
    terms, held = terms_of(session, inquiry_id, len(said)), held_passages(session, inquiry_id)
    proposer = Proposer(limit=terms.limit, floor=terms.floor, encoder=encoder).fit(
        [_spec_of(code) for code in codes], held, _in_library_words(decided)
    )
    record = RunRecord(
        codebook_version_id=version.id,
        model=proposer.name,
        model_version=proposer.version,
        settings=proposer.settings(),
        data_sha256=proposer.data_hash_,
        seed=proposer.seed,
        decided=len(said),
    )
    with transaction() as writing:
        run = start_run(writing, record, inquiry_id=inquiry_id, actor=actor, at=now())
        writing.expunge(run)
    ids = {code.slug: code.id for code in codes}
    return Reading(proposer, run, ids, actor, terms, mark, len(held))


def _spec_of(code: CodeEntry) -> "CodeSpec":
    from nlp.types import CodeSpec

    text = code.text
    return CodeSpec(
        code=code.slug,
        name=text.name,
        definition=text.definition,
        include=text.include,
        exclude=text.exclude,
        examples=text.examples,
        parent=code.parent_slug,
    )


def _in_library_words(pairs: Iterable[DecidedPair]) -> "list[Decided]":
    from nlp.types import Decided

    return [Decided(pair.quote, pair.code_slug, pair.applies) for pair in pairs]


def _record(reading: Reading, passages: Sequence[PassageToRead], proposals: "Sequence[Proposal]") -> int:
    read = [
        PassageRead(
            passage.id, tuple(_suggestions_in(proposal, reading.code_ids)), blind=drawn_blind(passage.id)
        )
        for passage, proposal in zip(passages, proposals, strict=True)
    ]
    with transaction() as session:
        # Reasons quote words: what was erased meanwhile must not come back in them.
        there = quotes_now(session, [passage.id for passage in passages])
        same = {passage.id for passage in passages if there.get(passage.id) == passage.quote}
        still = [each for each in read if each.passage_id in same]
        return record_suggestions(session, reading.run, still, actor=reading.actor, at=now())


def _suggestions_in(proposal: "Proposal", code_ids: dict[str, int]) -> Iterator[NewSuggestion]:
    for found in proposal.codes:
        yield NewSuggestion(
            code_id=code_ids[found.code],
            score=found.score,
            rank=found.rank,
            reasons=tuple(
                {"start": r.start, "end": r.end, "text": r.text, "weight": r.weight} for r in found.reasons
            ),
            from_definition=found.from_definition,
        )
