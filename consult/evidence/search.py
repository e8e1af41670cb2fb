"""The search index over source texts: the only place with SQL of one engine or the other.

A term is a phrase, a word or the beginning of a word. It is taken apart here and put together again for
each engine, so that nothing a reader types can be an operator.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    Text,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Session

from consult.evidence.models import ReplacedText, SourceText
from consult.foundation.database import rows_changed

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
# Characters for private use, which no text that is read here is likely to hold.
OPEN, CLOSE = "\ue000", "\ue001"
# PostgreSQL refuses to index more than 1 MB of one text; this many bytes stay below it.
_INDEXED_BYTES = 600_000
_LANGUAGE: ColumnElement[str] = literal_column("'english'")
_HEADLINE = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=36, MinWords=24"
_MOST_SPOTS = 200
# ts_headline reads the whole text; the words in context come from its first part.
_READ_FOR_CONTEXT = 30_000

_SQLITE_OUT = (
    "INSERT INTO search_texts(search_texts, rowid, body) "
    "SELECT 'delete', id, body FROM source_texts WHERE id = :id"
)

_sqlite = table("search_texts", column("rowid", Integer), column("body", Text))
_postgres = table("search_texts", column("source_text_id", Integer), column("document"))


@dataclass(frozen=True)
class Term:
    """Words that stand together; `begins` when the last of them may go on."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True)
class Piece:
    """A stretch of text that did or did not match, for a template to mark."""

    words: str
    matched: bool


def terms_of(typed: str) -> tuple[Term, ...]:
    """Return what was typed as terms: "in quotes" is a phrase, a final star stands for any ending."""
    found = _TERM.finditer(unicodedata.normalize("NFC", typed))
    terms = [_term(match.group(1) or match.group(2) or "") for match in found]
    return tuple(term for term in terms if term.words)


def _term(typed: str) -> Term:
    return Term(tuple(_WORD.findall(typed.replace("_", " "))), typed.endswith("*"))


def add_to_index(session: Session, source_text_ids: Sequence[int]) -> None:
    """Index stored source texts, in the caller's transaction."""
    if not source_text_ids:
        return
    chosen = SourceText.id.between(min(source_text_ids), max(source_text_ids))
    if len(source_text_ids) != max(source_text_ids) - min(source_text_ids) + 1:
        chosen = SourceText.id.in_(source_text_ids)
    if _is_sqlite(session):
        rows = select(SourceText.id, SourceText.body).where(chosen)
        session.execute(insert(_sqlite).from_select(["rowid", "body"], rows))
    else:
        documents = select(SourceText.id, func.to_tsvector(_LANGUAGE, _indexed_part())).where(chosen)
        session.execute(insert(_postgres).from_select(["source_text_id", "document"], documents))


def remove_from_index(session: Session, source_text_ids: Collection[int]) -> int:
    """Take texts out of the index while they are still there, so that no word of them lies in it.

    SQLite's index otherwise keeps what was deleted until it happens to be merged.
    """
    gone = 0
    if _is_sqlite(session):
        session.execute(sql_text("INSERT INTO search_texts(search_texts, rank) VALUES('secure-delete', 1)"))
    for source_text_id in sorted(source_text_ids):
        if _is_sqlite(session):
            gone += rows_changed(session, sql_text(_SQLITE_OUT).bindparams(id=source_text_id))
        else:
            gone += rows_changed(
                session, delete(_postgres).where(_postgres.c.source_text_id == source_text_id)
            )
    return gone


def _indexed_part() -> ColumnElement[str]:
    characters = _INDEXED_BYTES * sql_cast(func.length(SourceText.body), Float)
    return func.left(SourceText.body, sql_cast(characters / func.octet_length(SourceText.body), Integer))


def texts_matching(session: Session, terms: Sequence[Term]) -> Select[int]:
    """Select the ids of the source texts, of any inquiry, that hold every term."""
    if _is_sqlite(session):
        return select(_sqlite.c.rowid).where(_sqlite_match(terms))
    return select(_postgres.c.source_text_id).where(_postgres.c.document.op("@@")(_postgres_query(terms)))


def in_context(
    session: Session, terms: Sequence[Term], submission_ids: Sequence[int]
) -> dict[int, list[Piece]]:
    """Return, for each submission that has the words, the stretch of text around them, word for word."""
    # As queries.standing.text_stands, which stands above this module.
    replaced = select(ReplacedText.source_text_id).where(ReplacedText.source_text_id == SourceText.id)
    of_submissions = SourceText.submission_id.in_(submission_ids) & ~replaced.exists()
    # The earliest text of a submission comes last and so prevails.
    if _is_sqlite(session):
        rows = select(SourceText.submission_id, _sqlite_stretch()).join(
            _sqlite, _sqlite.c.rowid == SourceText.id
        )
        found = session.execute(
            rows.where(of_submissions, _sqlite_match(terms)).order_by(SourceText.id.desc())
        )
        return {submission_id: pieces_of(marked) for submission_id, marked in found}
    return _in_context_on_postgres(session, terms, of_submissions)


def _in_context_on_postgres(
    session: Session, terms: Sequence[Term], of_submissions: ColumnElement[bool]
) -> dict[int, list[Piece]]:
    """Ask which words match and cut the stretch here: PostgreSQL's own leaves out what looks like markup."""
    body = func.left(SourceText.body, _READ_FOR_CONTEXT)
    marked = func.ts_headline(_LANGUAGE, body, _postgres_query(terms), _HEADLINE)
    rows = session.execute(
        select(SourceText.submission_id, body, marked)
        .where(of_submissions, SourceText.id.in_(texts_matching(session, terms)))
        .order_by(SourceText.id.desc())
    )
    found = {}
    for submission_id, text, headline in rows:
        words = {piece.words for piece in pieces_of(headline) if piece.matched}
        if words:
            found[submission_id] = stretch_around(text, words)
    return found


def stretch_around(text: str, words: Collection[str]) -> list[Piece]:
    """Return about thirty words of a text, where most of the given words stand together, with these apart."""
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    spots = list(islice(re.finditer(rf"(?<!\w)(?:{either})(?!\w)", text), _MOST_SPOTS))
    if not spots:
        return []
    best = max(spots, key=lambda spot: len({s.group() for s in spots if 0 <= s.start() - spot.start() < 120}))
    start = _word_after(text, best.start() - 80) if best.start() > 80 else 0
    end = _word_before(text, best.start() + 140) if best.start() + 140 < len(text) else len(text)
    pieces, position = [Piece("…" if start else "", matched=False)], start
    for first, last in (spot.span() for spot in spots if start <= spot.start() and spot.end() <= end):
        pieces += [Piece(text[position:first], matched=False), Piece(text[first:last], matched=True)]
        position = last
    pieces.append(Piece(text[position:end] + ("…" if end < len(text) else ""), matched=False))
    return [piece for piece in pieces if piece.words]


def _word_after(text: str, position: int) -> int:
    space = _SPACE.search(text, position, position + 40)
    return space.end() if space else position


def _word_before(text: str, position: int) -> int:
    space = _SPACE.search(text, position, position + 40)
    return space.start() if space else position


def pieces_of(marked: str) -> list[Piece]:
    """Return a text with OPEN and CLOSE around its matches as pieces."""
    parts = re.split(f"[{OPEN}{CLOSE}]", marked)
    return [Piece(words, index % 2 == 1) for index, words in enumerate(parts) if words]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _sqlite_match(terms: Sequence[Term]) -> ColumnElement[bool]:
    query = " ".join(f'"{" ".join(term.words)}"' + ("*" if term.begins else "") for term in terms)
    return literal_column("search_texts").op("MATCH", is_comparison=True)(query)


def _sqlite_stretch() -> ColumnElement[str]:
    return func.snippet(literal_column("search_texts"), 0, OPEN, CLOSE, "…", 32)


def _postgres_query(terms: Sequence[Term]) -> ColumnElement[str]:
    whole = " ".join(f'"{" ".join(term.words)}"' for term in terms if not term.begins)
    begun = " & ".join(f"({' <-> '.join(term.words)}:*)" for term in terms if term.begins)
    plain: ColumnElement[str] = func.websearch_to_tsquery(_LANGUAGE, whole)
    return plain.op("&&")(func.to_tsquery(_LANGUAGE, begun))
