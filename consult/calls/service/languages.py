"""The verb that writes a call's Welsh and offers the call in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.calls.queries import texts_of
from consult.calls.rules import CallState, is_storable
from consult.calls.service.calls import call_held
from consult.calls.wording import Text, obstacle_in
from consult.foundation import audit
from consult.foundation.errors import BadInput
from consult.foundation.language import ENGLISH, WELSH
from consult.foundation.security import Actor


def translate_call(
    session: Session,
    call_id: int,
    welsh: Mapping[str, str],
    *,
    offered: bool,
    inquiry_id: int,
    why: str = "",
    actor: Actor,
    at: datetime,
) -> Call:
    """Write the Welsh of a call by text's key, an empty one takes it away, and offer the call in it or not.

    Raises BadInput where a text is too long, and for a published call where something is missing or `why` is.
    """
    call = call_held(session, call_id, inquiry_id)
    parts = texts_of(session, call_id)
    changed = [
        text
        for part in parts
        for text in part.texts
        if text.key in welsh and (welsh[text.key] != text.welsh or (text.is_behind and welsh[text.key]))
    ]
    was = {text.key: text.welsh for text in changed}
    languages = [ENGLISH, WELSH] if offered else [ENGLISH]
    if call.state is not CallState.DRAFT and (changed or languages != call.languages) and not why.strip():
        raise BadInput("Say why the words of a published call are changed.")
    _write(changed, welsh)
    if call.state is not CallState.DRAFT and offered and (obstacle := obstacle_in(parts)):
        raise BadInput(f"This call is published. {obstacle}")
    if changed or languages != call.languages:
        detail = {"was": {**was, "languages": call.languages}, "languages": languages}
        act = audit.Act("translate call", "call", call_id, why=why.strip(), detail=detail)
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    call.languages = languages
    return call


def _write(texts: Sequence[Text], welsh: Mapping[str, str]) -> None:
    problems = []
    for text in texts:
        words = welsh[text.key]
        if len(words) > text.longest:
            problems.append(f"{text.where}: shorten the Welsh to {text.longest:,} characters.")
        elif not is_storable(words):
            problems.append(f"{text.where}: the Welsh holds characters that cannot be stored.")
        else:
            text.write(words)
    if problems:
        raise BadInput("The Welsh was not saved.", problems)
