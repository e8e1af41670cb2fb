"""What assist keeps beside the database: models, which hold words of evidence."""

from sqlalchemy.orm import Session

from consult.assist.artefacts import forget_models
from consult.foundation.stores import Scope, reaches


@reaches("Saved models")
def out_of_the_models(_session: Session, scope: Scope) -> int:
    """Delete every model of the inquiry: nobody can take words out of one that has learned them."""
    return forget_models(scope.inquiry_id) if scope.texts or scope.spans else 0
