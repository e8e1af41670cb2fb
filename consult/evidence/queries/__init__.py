"""Reads about submissions, their answers, texts and passages."""

from consult.evidence.queries.listing import (
    NOT_GIVEN,
    Entry,
    EntryPage,
    Filters,
    counts_by_state,
    entry_page,
)
from consult.evidence.queries.states import counted
from consult.evidence.queries.submission import (
    AnswerRead,
    Neighbours,
    Paragraph,
    PassageRead,
    StateChange,
    SubmissionRead,
    TextRead,
    TextToCut,
    hashes_by_key,
    last_state_change,
    neighbours_of,
    passages_of,
    submission_by_reference,
    texts_to_cut,
    who,
)

__all__ = [
    "NOT_GIVEN",
    "AnswerRead",
    "Entry",
    "EntryPage",
    "Filters",
    "Neighbours",
    "Paragraph",
    "PassageRead",
    "StateChange",
    "SubmissionRead",
    "TextRead",
    "TextToCut",
    "counted",
    "counts_by_state",
    "entry_page",
    "hashes_by_key",
    "last_state_change",
    "neighbours_of",
    "passages_of",
    "submission_by_reference",
    "texts_to_cut",
    "who",
]
