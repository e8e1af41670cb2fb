"""What the tables of redaction and publication hold."""

from sqlalchemy.orm import Session

from consult.foundation.stores import Scope, holds, reaches
from consult.publication.service.searching import refresh_published_words

holds("redaction_runs", keys=("recogniser", "version", "settings"))
holds("redaction_proposals", ours=("reason",))
holds("redaction_decisions", words=("why",), keys=("act_key",))
holds("publication_batches", ours=("passed_over",))
holds("publication_withdrawals", words=("why",))
holds("published_words", words=("words",))


@reaches("Published words", rows_gone=True)
def make_published_words_anew(session: Session, scope: Scope) -> int:
    """Make the searchable words of published texts again, once words are blotted out of them."""
    texts = sorted({span.text_id for span in scope.spans})
    refresh_published_words(session, texts)
    return 0
