"""Look for groups among passages by nlp, and offer them to the codebook's room; never silently a code.

Once among passages that nobody has read and no code is likely to fit, each weighed by how likely that is, and
once among all.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from consult.assist.artefacts import mark_of
from consult.assist.bridge import Tell
from consult.assist.encoding import encoder_for
from consult.assist.queries import count_passages
from consult.assist.queries_groups import PassageToGroup, passages_to_group
from consult.codebook.queries import active_codes_of
from consult.codebook.queries_groups import newest_search
from consult.codebook.rules_groups import SearchedIn, is_time_to_look, worth_reading
from consult.codebook.service import Found, Search, end_search, record_groups, start_search
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import Busy
from consult.foundation.security import Actor

if TYPE_CHECKING:
    from nlp.emergent import EmergentGroup
    from nlp.encoder import Encoder

# More likely than not that no code fits.
LEAST_NOVELTY = 0.5
# A turn to write that lasts keeps those waiting who save and send.
PASSAGES_AT_ONCE = 500


def due(inquiry_id: int) -> bool:
    """Tell whether so much evidence has come since the last look that another is worth its while."""
    session = db.session()
    last = newest_search(session, inquiry_id, SearchedIn.ALL)
    return is_time_to_look(last.passages if last else None, count_passages(session, inquiry_id))


def find_groups(inquiry_id: int, tell: Tell, *, actor: Actor) -> int:
    """Look for groups and offer what is found; return how many there are.

    Where the codebook has no code, all passages are uncovered, and one look is enough. Busy where words were
    erased meanwhile: phrases made of them are not kept, and the job begins again.
    """
    session, mark = db.session(), mark_of(inquiry_id)
    encoder = encoder_for(inquiry_id, tell)
    passages = passages_to_group(session, inquiry_id)
    has_codes = bool(active_codes_of(session, inquiry_id))
    uncovered = [each for each in passages if not each.touched and each.novelty >= LEAST_NOVELTY]
    found = 0
    if has_codes:
        found += _look(
            inquiry_id, SearchedIn.UNCOVERED, uncovered, tell, encoder=encoder, mark=mark, actor=actor
        )
    return found + _look(inquiry_id, SearchedIn.ALL, passages, tell, encoder=encoder, mark=mark, actor=actor)


def _look(
    inquiry_id: int,
    searched_in: SearchedIn,
    passages: Sequence[PassageToGroup],
    tell: Tell,
    *,
    encoder: "Encoder | None",
    mark: str,
    actor: Actor,
) -> int:
    from nlp.emergent import GroupFinder
    from nlp.fingerprint import text_hashes

    finder = GroupFinder(encoder=encoder)
    texts = [each.quote for each in passages]
    weights = [each.novelty for each in passages] if searched_in is SearchedIn.UNCOVERED else None
    tell(0, len(texts), "Passages looked at.")
    groups = finder.find(texts, weights, say=lambda line: tell(0, len(texts), f"{line}."))
    record = Search(
        searched_in,
        finder.name,
        finder.version,
        finder.settings(),
        text_hashes(texts),
        finder.seed,
        len(texts),
    )
    with transaction() as session:
        search_id = start_search(session, record, inquiry_id=inquiry_id, actor=actor, at=now()).id
    found = [group for group in (_found(passages, each) for each in groups) if _offered(group)]
    kept = 0
    for batch in _batches(found):
        with transaction() as session:
            _check_nothing_erased(inquiry_id, mark)
            kept += record_groups(session, search_id, batch)
        tell(kept, len(found), "Groups kept.")
    with transaction() as session:
        end_search(session, search_id, at=now())
    return kept


def _found(passages: Sequence[PassageToGroup], group: "EmergentGroup") -> Found:
    return Found(
        phrases=group.phrases,
        passage_ids=tuple(passages[index].id for index in group.members),
        examples=tuple(passages[index].id for index in group.examples),
        submissions=len({passages[index].submission_id for index in group.members}),
        likeness=group.likeness,
    )


def _check_nothing_erased(inquiry_id: int, mark: str) -> None:
    """Raise Busy where an erasure has changed the mark since the passages were read."""
    if mark_of(inquiry_id) != mark:
        raise Busy("Words were erased while groups were looked for. The search begins again.")


def _offered(group: Found) -> bool:
    return worth_reading(len(group.passage_ids), group.submissions)


def _batches(found: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield groups that together have not many more passages than one turn to write should store."""
    few: list[Found] = []
    for group in found:
        few.append(group)
        if sum(len(each.passage_ids) for each in few) >= PASSAGES_AT_ONCE:
            yield few
            few = []
    if few:
        yield few
