"""What stands: the words and answers of a submission's newest version.

Earlier words stay stored, with their passages and codings, and can be read with their version. Whatever
counts, searches, proposes, quotes, exports or publishes asks these conditions first.
"""

from sqlalchemy import ColumnElement, exists

from consult.evidence.models import Answer, Passage, ReplacedAnswer, ReplacedText, SourceText
from consult.evidence.models_recuts import LeftPassage
from consult.evidence.rules import PassageKind


def text_stands() -> ColumnElement[bool]:
    """Hold for source texts whose words no later version replaced."""
    return ~exists().where(ReplacedText.source_text_id == SourceText.id)


def passage_stands() -> ColumnElement[bool]:
    """Hold for passages whose words no later version replaced; needs no source text in the statement."""
    return ~exists().where(ReplacedText.source_text_id == Passage.source_text_id)


def in_cut() -> ColumnElement[bool]:
    """Hold for the passages that a text lies in now: cut, and no others put in their place by a person."""
    return (Passage.kind == PassageKind.CUT) & not_left()


def not_left() -> ColumnElement[bool]:
    """Hold for passages that no person put others in the place of."""
    return ~exists().where(LeftPassage.passage_id == Passage.id)


def answer_stands() -> ColumnElement[bool]:
    """Hold for answers that no later version gave anew or took back."""
    return ~exists().where(ReplacedAnswer.answer_id == Answer.id)


def answer_in(version: int) -> ColumnElement[bool]:
    """Hold for the answers of one version of their submission."""
    replaced = exists().where(ReplacedAnswer.answer_id == Answer.id, ReplacedAnswer.version <= version)
    return (Answer.version <= version) & ~replaced
