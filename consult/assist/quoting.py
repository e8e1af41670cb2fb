"""Suggest passages to quote on each theme, by nlp, from those that a report may carry whole."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from consult.assist.bridge import Tell
from consult.assist.encoding import encoder_for
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.themes.queries.suggested import QuotablePassage, quotable_passages, theme_ids
from consult.themes.rules import QuoteKind
from consult.themes.service import NewQuote, record_quotes

if TYPE_CHECKING:
    from nlp.encoder import Encoder


def suggest_quotes(inquiry_id: int, tell: Tell) -> int:
    """Choose passages for every theme anew; return how many there are now."""
    themes = theme_ids(db.session(), inquiry_id)
    encoder = encoder_for(inquiry_id, tell)
    suggested = 0
    for done, theme_id in enumerate(themes, start=1):
        chosen = _chosen(quotable_passages(db.session(), inquiry_id, theme_id), encoder)
        with transaction() as session:
            suggested += record_quotes(session, theme_id, chosen, at=now())
        tell(done, len(themes), "Themes looked through.")
    return suggested


def _chosen(passages: Sequence[QuotablePassage], encoder: "Encoder | None") -> list[NewQuote]:
    from nlp.drafts import Quotable, choose

    given = [
        Quotable(
            each.quote,
            strength=float(each.codings),
            respondent=str(each.respondent_id),
            group=each.respondent_type,
            campaign=str(each.campaign_id or ""),
            language=each.language,
        )
        for each in passages
    ]
    return [
        NewQuote(passages[one.index].id, QuoteKind(one.kind), one.why)
        for one in choose(given, encoder=encoder)
    ]
