"""Blot words out of a submission that stays: every row of it, in whatever column they stand."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.orm import Session

from consult.coding.models import LatestRun, Suggestion
from consult.evidence.models import Passage, SourceText, Submission, SubmissionVersion
from consult.evidence.models_documents import Attachment
from consult.evidence.queries.standing import text_stands
from consult.evidence.rules import sha256_of
from consult.evidence.rules_desk import words_sha256
from consult.foundation.erasing import any_of, delete_with_all, doomed_rows
from consult.foundation.file_keeping import let_files_go
from consult.foundation.stores import ERASABLE, Scope, Span, classified
from consult.privacy.rules import blot, blotted

_WORD = re.compile(r"\w")
NO_HASH = "0" * 64


def blot_out(session: Session, scope: Scope) -> dict[str, int]:
    """Blot the words of a scope's spans out of all that hangs on their submissions; return counts."""
    counts: dict[str, int] = {}
    if not scope.words:
        return counts
    for rows in doomed_rows(session, {"submissions": scope.part_of}):
        columns = _columns_with_words(rows.table)
        changed = sum(_blot_rows(session, rows.table, columns, which, scope.words) for which in rows.which)
        if changed and columns:
            counts[rows.table.name] = changed
    _mend_texts(session, scope)
    counts |= _mend_passages(session, scope.spans)
    _forget_hashes(session, scope)
    return counts


def _columns_with_words(table: Table) -> list[Column[Any]]:
    kinds = classified().get(table.name, {})
    return [table.c[name] for name, what in sorted(kinds.items()) if what in ERASABLE]


def _blot_rows(
    session: Session, table: Table, columns: Sequence[Column[Any]], which: Any, words: Sequence[str]
) -> int:
    if not columns:
        return 0
    keys = list(table.primary_key.columns)
    changed = 0
    for row in session.execute(select(*keys, *columns).where(which)).all():
        before = {column.name: row._mapping[column] for column in columns}
        after = {name: blotted_in(value, words) for name, value in before.items()}
        if after != before:
            mine = [key == row._mapping[key] for key in keys]
            session.execute(update(table).where(*mine).values(after))
            changed += 1
    return changed


def blotted_in(value: Any, words: Sequence[str]) -> Any:
    """Return a value with words blotted out of every text in it."""
    if isinstance(value, str):
        for each in words:
            value = value.replace(each, blot(each))
        return value
    if isinstance(value, list):
        return [blotted_in(each, words) for each in value]
    if isinstance(value, dict):
        return {name: blotted_in(each, words) for name, each in value.items()}
    return value


def _mend_texts(session: Session, scope: Scope) -> None:
    """Give texts the hash of what they say now; a passage and an export are checked against it."""
    ids = {span.text_id for span in scope.spans}
    rows = session.execute(select(SourceText.id, SourceText.body).where(any_of(SourceText.id, ids)))
    for text_id, before in rows.all():
        body = before
        for span in scope.spans:
            body = blotted(body, span.start, span.end) if span.text_id == text_id else body
        values = {"body": body, "sha256": sha256_of(body)}
        session.execute(update(SourceText).where(SourceText.id == text_id).values(values))
    of_files = select(SourceText.attachment_id).where(any_of(SourceText.id, ids))
    names = session.scalars(select(Attachment.sha256).where(Attachment.id.in_(of_files)))
    let_originals_go(session, scope.part_of, set(names))


def let_originals_go(session: Session, submission_ids: Collection[int], names: Collection[str]) -> int:
    """Let nothing of some submissions name some files: attachment, draft and batch may name the same."""
    if not names:
        return 0
    rows = doomed_rows(session, {"submissions": submission_ids})
    return let_files_go(session, [(each.table, which) for each in rows for which in each.which], names)


def _mend_passages(session: Session, spans: Iterable[Span]) -> dict[str, int]:
    """Let passages quote what is left; those of which nothing is left go, with their codings."""
    touched: list[int] = []
    empty: list[int] = []
    for span in spans:
        body = session.scalar(select(SourceText.body).where(SourceText.id == span.text_id)) or ""
        over = select(Passage.id, Passage.start, Passage.end).where(
            Passage.source_text_id == span.text_id, Passage.start < span.end, Passage.end > span.start
        )
        for passage_id, start, end in session.execute(over).all():
            quote = body[start:end]
            (touched if _WORD.search(quote) else empty).append(passage_id)
            session.execute(update(Passage).where(Passage.id == passage_id).values(quote=quote))
            _mend_reasons(session, passage_id, quote)
    if touched:
        session.execute(delete(LatestRun).where(any_of(LatestRun.passage_id, touched)))
    return dict(delete_with_all(session, {"passages": empty})) if empty else {}


def _mend_reasons(session: Session, passage_id: int, quote: str) -> None:
    """Let the reasons of suggestions show the words that are there now."""
    rows = select(Suggestion.id, Suggestion.reasons).where(Suggestion.passage_id == passage_id)
    for suggestion_id, reasons in session.execute(rows).all():
        mended = [{**reason, "text": quote[reason["start"] : reason["end"]]} for reason in reasons]
        session.execute(update(Suggestion).where(Suggestion.id == suggestion_id).values(reasons=mended))


def _forget_hashes(session: Session, scope: Scope) -> None:
    """Forget hashes from which somebody could find out by trying what was erased."""
    versions = update(SubmissionVersion).where(any_of(SubmissionVersion.submission_id, scope.part_of))
    session.execute(versions.values(sha256=NO_HASH))
    for submission_id in sorted(scope.part_of):
        texts = session.scalars(
            select(SourceText.body)
            .where(SourceText.submission_id == submission_id, text_stands())
            .order_by(SourceText.position)
        )
        values = {"words_sha256": words_sha256(texts)}
        session.execute(update(Submission).where(Submission.id == submission_id).values(values))
