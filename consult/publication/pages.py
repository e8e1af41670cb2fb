"""Prepared pages of the redaction desk: the text with everything marked in it that is asked or decided."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from consult.evidence.queries import SubmissionRead, TextRead, submission_by_reference
from consult.evidence.rules import Bounds
from consult.publication import queries
from consult.publication.queries import DeskText, Item, LogRow, PublicEvidence, PublicPage
from consult.publication.rules import GROUND_WORDS, Flag, Verdict

STANDINGS = {None: "open", Verdict.WITHHOLD: "withheld", Verdict.RELEASE: "released"}


@dataclass(frozen=True)
class Shown:
    """An item with its number on the page, its words, and how it stands in a word."""

    number: int
    item: Item
    words: str
    alike: tuple[str, ...]

    @property
    def standing(self) -> str:
        """Return how it stands: open, withheld or released."""
        return STANDINGS[self.item.verdict]

    @property
    def ground(self) -> str:
        """Return its ground as a clerk says it."""
        return GROUND_WORDS[self.item.ground]

    @property
    def in_confidence(self) -> bool:
        """Tell whether its writer marked it."""
        return self.item.confidence_id is not None


@dataclass(frozen=True)
class Stretch:
    """Words of a paragraph under one mark, or under none; `opens` is the first stretch of its mark."""

    words: str
    shown: Shown | None
    opens: bool


@dataclass(frozen=True)
class MarkedParagraph:
    """A numbered paragraph cut at its marks."""

    number: int
    bounds: Bounds
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class MarkedText:
    """A text on the desk under its question."""

    id: int
    heading: str
    language: str
    body: str
    paragraphs: tuple[MarkedParagraph, ...]


@dataclass(frozen=True)
class DeskPage:
    """One submission on the redaction desk."""

    submission: SubmissionRead
    texts: tuple[MarkedText, ...]
    items: tuple[Shown, ...]
    current: Shown | None
    previous: str
    following: str
    public: PublicEvidence
    flags: tuple[Flag, ...]
    log: Sequence[LogRow]
    undo_id: int | None
    # Its page outside, where it is published.
    out: PublicPage | None

    @property
    def decided(self) -> int:
        """Return how many of the items are decided."""
        return len([each for each in self.items if each.item.verdict is not None])


def desk_page(session: Session, inquiry_id: int, reference: str, key: str, user_id: int) -> DeskPage:
    """Return the desk of a submission; without a key, at the first item that is open."""
    read = submission_by_reference(session, inquiry_id, reference, with_passages=False)
    on_desk = queries.texts_on_desk(session, read.id)
    texts = {each.text.id: each.text for each in on_desk}
    # What was proposed on words that a later version replaced is asked no more.
    asked = [item for item in queries.items_of(session, read.id) if item.source_text_id in texts]
    order = {text_id: place for place, text_id in enumerate(texts)}
    items = numbered(sorted(asked, key=lambda i: (order[i.source_text_id], i.bounds)), texts)
    open_items = [each for each in items if each.item.verdict is None]
    current = next((each for each in items if each.item.key == key), next(iter(open_items or items), None))
    (going,) = queries.going_out(session, inquiry_id, [read.id])
    previous, following = neighbours(items, current)
    return DeskPage(
        submission=read,
        texts=tuple(marked(on_desk, items)),
        items=tuple(items),
        current=current,
        previous=previous,
        following=following,
        public=queries.preview(session, inquiry_id, going),
        flags=going.flags,
        log=queries.log_of(session, read.id),
        undo_id=queries.last_decision(session, read.id, user_id),
        out=queries.public_page(session, going),
    )


def numbered(items: Sequence[Item], texts: dict[int, TextRead]) -> list[Shown]:
    """Return items with number and words, and with those that are open and have the same words."""
    words = [texts[item.source_text_id].body[item.bounds.start : item.bounds.end] for item in items]
    alike: dict[str, list[str]] = {}
    for item, said in zip(items, words, strict=True):
        if item.proposal_id and item.verdict is None:
            alike.setdefault(said.casefold(), []).append(item.key)
    return [
        Shown(number, item, said, tuple(key for key in alike.get(said.casefold(), ()) if key != item.key))
        for number, (item, said) in enumerate(zip(items, words, strict=True), 1)
    ]


def neighbours(items: Sequence[Shown], current: Shown | None) -> tuple[str, str]:
    """Return the keys before and after the current item, each empty at the end of the list."""
    if current is None:
        return "", ""
    at = items.index(current)
    return (
        items[at - 1].item.key if at else "",
        items[at + 1].item.key if at + 1 < len(items) else "",
    )


def marked(on_desk: Sequence[DeskText], items: Sequence[Shown]) -> list[MarkedText]:
    """Return the texts of a submission, each paragraph cut at its marks."""
    found = []
    for each in on_desk:
        mine = [shown for shown in items if shown.item.source_text_id == each.text.id]
        paragraphs = tuple(
            MarkedParagraph(p.number, p.bounds, tuple(cut(each.text.body, p.bounds, mine)))
            for p in each.text.paragraphs
        )
        found.append(MarkedText(each.text.id, each.heading, each.text.language, each.text.body, paragraphs))
    return found


def cut(body: str, bounds: Bounds, items: Sequence[Shown]) -> list[Stretch]:
    """Return a paragraph in stretches; where marks lie in each other, the shortest is the one to press."""
    here = [i for i in items if i.item.bounds.start < bounds.end and i.item.bounds.end > bounds.start]
    edges = {bounds.start, bounds.end}
    edges |= {edge for each in here for edge in (each.item.bounds.start, each.item.bounds.end)}
    inside = sorted(edge for edge in edges if bounds.start <= edge <= bounds.end)
    stretches, opened = [], set[str]()
    for start, end in pairwise(inside):
        over = [i for i in here if i.item.bounds.start <= start and end <= i.item.bounds.end]
        top = min(over, key=lambda i: i.item.bounds.end - i.item.bounds.start, default=None)
        opens = top is not None and top.item.key not in opened
        if top is not None:
            opened.add(top.item.key)
        stretches.append(Stretch(body[start:end], top, opens))
    return stretches


def places_of(body: str, words: str) -> list[Bounds]:
    """Return where words stand in a text, however the white space between them was typed."""
    parts = [re.escape(part) for part in words.split()]
    if not parts:
        return []
    return [Bounds(*match.span()) for match in re.finditer(r"\s+".join(parts), body)]


def nearest(places: Sequence[Bounds], near: Bounds) -> Bounds | None:
    """Return the place that touches a span, else the one that begins closest to it."""
    return min(
        places,
        key=lambda each: (
            not (each.start < near.end and each.end > near.start),
            abs(each.start - near.start),
        ),
        default=None,
    )
