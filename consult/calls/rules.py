"""What can be decided about calls and questions from values alone."""

import re
from datetime import datetime
from enum import StrEnum

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CallState(StrEnum):
    """Where a call stands; its dates decide whether a published call is open."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class QuestionKind(StrEnum):
    """How a question is answered."""

    FREE_TEXT = "free_text"
    SINGLE = "single"
    SEVERAL = "several"
    SCALE = "scale"
    NUMBER = "number"
    PLACE = "place"


WITH_OPTIONS = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL})
WITH_BOUNDS = frozenset({QuestionKind.SCALE, QuestionKind.NUMBER})


class Openness(StrEnum):
    """What a respondent can do with a call at one moment."""

    NOT_YET = "not yet open"
    OPEN = "open"
    CLOSED = "closed"


def openness(state: CallState, opens_at: datetime, closes_at: datetime, at: datetime) -> Openness:
    """Tell whether evidence can be sent: from the opening instant until just before the closing one."""
    if state is CallState.CLOSED or (state is CallState.PUBLISHED and at >= closes_at):
        return Openness.CLOSED
    if state is CallState.DRAFT or at < opens_at:
        return Openness.NOT_YET
    return Openness.OPEN


def is_slug(text: str) -> bool:
    """Tell whether text can stand in an address: small letters, digits and single hyphens."""
    return bool(SLUG.fullmatch(text)) and len(text) <= 80


def slug_of(title: str) -> str:
    """Return an address made from a title."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:80].strip("-") or "untitled"
