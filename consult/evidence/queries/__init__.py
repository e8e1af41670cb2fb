"""Reads about submissions, their answers, texts and passages."""

from consult.evidence.queries.listing import (
    NOT_GIVEN,
    Entry,
    EntryPage,
    Filters,
    counts_by_state,
    entry_page,
)
from consult.evidence.queries.standing import answer_stands, in_cut, not_left, passage_stands, text_stands
from consult.evidence.queries.states import counted
from consult.evidence.queries.submission import (
    AnswerRead,
    Neighbours,
    PassageRead,
    SubmissionRead,
    TextToCut,
    cells_in_words,
    hashes_by_key,
    neighbours_of,
    passages_of,
    submission_by_reference,
    texts_to_cut,
    who,
)
from consult.evidence.queries.texts import Paragraph, TextRead
from consult.evidence.queries.uses import has_evidence
from consult.evidence.queries.withheld import ConfidenceRead, confidences_of, declaration_of

__all__ = [
    "NOT_GIVEN",
    "AnswerRead",
    "ConfidenceRead",
    "Entry",
    "EntryPage",
    "Filters",
    "Neighbours",
    "Paragraph",
    "PassageRead",
    "SubmissionRead",
    "TextRead",
    "TextToCut",
    "answer_stands",
    "cells_in_words",
    "confidences_of",
    "counted",
    "counts_by_state",
    "declaration_of",
    "entry_page",
    "has_evidence",
    "hashes_by_key",
    "in_cut",
    "neighbours_of",
    "not_left",
    "passage_stands",
    "passages_of",
    "submission_by_reference",
    "text_stands",
    "texts_to_cut",
    "who",
]
