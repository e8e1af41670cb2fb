"""What a reader's silence says, decided from values alone."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from consult.coding.queries import DecidedPair, PassageToRead

# Before anybody has decided, scores are rough: more than three guesses a passage would drown the reader.
MOST_AT_FIRST = 3
MOST_LATER = 5


def most_to_propose(decided: int, most: int = MOST_LATER) -> int:
    """Return how many codes a passage may be proposed, given how much has been decided and what is wanted."""
    return most if decided else min(MOST_AT_FIRST, most)


@dataclass(frozen=True)
class SeenCode:
    """A code that somebody applied to a passage, or to words that share a character with it."""

    passage_id: int
    code_slug: str


def all_decided(
    pairs: Sequence[DecidedPair],
    read: Sequence[PassageToRead],
    seen: Collection[SeenCode],
    codes: Sequence[str],
) -> Iterator[DecidedPair]:
    """Yield what was decided, and on passages read to the end also what was passed over.

    The machine asks only about its few best codes and a reader adds what it missed. Learning from
    those alone would teach that every fifth code applies; so where all suggestions are settled, a
    code that nobody saw is taken as one that does not apply.
    """
    finished = {passage.id for passage in read}
    present = set(codes)
    yield from (p for p in pairs if p.passage_id not in finished and p.code_slug in present)
    for passage in read:
        for code in codes:
            yield DecidedPair(passage.id, passage.quote, code, SeenCode(passage.id, code) in seen)


# Between the texts of one submission: a paragraph ends, so no run of words that are alike goes across.
BETWEEN_TEXTS = "\n\n"
Texts = Sequence[tuple[int, str]]


def joined(texts: Texts) -> str:
    """Return a submission's texts as one."""
    return BETWEEN_TEXTS.join(body for _, body in texts)


def placed(spans: Iterable[tuple[int, int]], texts: Texts) -> tuple[tuple[int, int, int], ...]:
    """Return spans of the joined texts as (source text, start, end), one that goes across parted in two."""
    found, bounds, start = [], [], 0
    for text_id, body in texts:
        bounds.append((text_id, start, start + len(body)))
        start += len(body) + len(BETWEEN_TEXTS)
    for first, last in spans:
        for text_id, least, most in bounds:
            if first < most and last > least:
                found.append((text_id, max(first, least) - least, min(last, most) - least))
    return tuple(found)
