"""How often codes are applied: known to the room of codings above, shown in this one.

The upper room registers when its views are imported:

    @counts_codings("coding.code")
    def codings_by_code(session, inquiry_id):
        return {code_id: number}
"""

from collections.abc import Callable

from flask import url_for
from sqlalchemy.orm import Session

from consult.foundation.security import Identity, Permission

Count = Callable[[Session, int], dict[int, int]]
_counts: dict[str, Count] = {}


def counts_codings(endpoint: str) -> Callable[[Count], Count]:
    """Register who counts standing codings by code id, and the page that lists those of one `code_slug`."""

    def register(count: Count) -> Count:
        _counts[endpoint] = count
        return count

    return register


def codings_by_code(session: Session, inquiry_id: int) -> dict[int, int]:
    """Return how many codings of each code stand; codes without any are left out."""
    return next((count(session, inquiry_id) for count in _counts.values()), {})


def link_to_codings(identity: Identity, code_slug: str) -> str:
    """Return where the codings of a code are listed, or nothing where this member may not read them."""
    if not _counts or not identity.may(Permission.READ_EVIDENCE):
        return ""
    endpoint = next(iter(_counts))
    return url_for(endpoint, inquiry_slug=identity.inquiry_slug, code_slug=code_slug)
