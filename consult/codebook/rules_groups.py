"""What can be decided about groups of passages from values alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from unicodedata import normalize

from consult.codebook.rules import CodeText

LONGEST_WHY = 1_000
LEAST_PASSAGES = 3
LEAST_SUBMISSIONS = 2
# A group has grown when it has gained a fifth, and not merely a passage or two.
GROWN_BY, GROWN_AT_LEAST = 1.2, 3
# Of passages less like what is typical of them than this, many will have little to do with it.
LOOSE = 0.35
# New evidence that is worth another look: half as much again.
AGAIN_AFTER, FIRST_AFTER = 1.5, 200
_WORD = re.compile(r"\w+")
# Phrases hold words as they are compared: without these, in one form for each letter, and cut at this length.
_DROPPED = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff_]")
_LONGEST_WORD = 40


class SearchedIn(StrEnum):
    """Among which passages groups were looked for."""

    UNCOVERED = "uncovered"
    ALL = "all"


class GroupVerdict(StrEnum):
    """A person's word on a group; the newest holds."""

    CODE = "code"
    NOT_A_THEME = "not_a_theme"
    OFFERED_AGAIN = "offered_again"


# These keep groups that are alike from being offered again.
SETTLING = frozenset({GroupVerdict.CODE, GroupVerdict.NOT_A_THEME})


def name_of(phrases: Sequence[str]) -> str:
    """Return a short name made of key phrases."""
    name = ", ".join(phrases[:3])
    return name[:1].upper() + name[1:] if name else "Without phrases of its own"


def worth_reading(passages: int, submissions: int) -> bool:
    """Tell whether a group is large enough to be offered: several passages, not all of one submission."""
    return passages >= LEAST_PASSAGES and submissions >= LEAST_SUBMISSIONS


def has_grown(before: int | None, now: int) -> bool:
    """Tell whether a group has grown since the search before enough to be pointed out."""
    return before is not None and now - before >= GROWN_AT_LEAST and now >= GROWN_BY * before


def same_group(shared: Mapping[int, int], sizes: Mapping[int, int], now: int) -> int | None:
    """Return which earlier group a new one is: most passages shared, at least half of one of the two."""
    alike = [one for one, count in shared.items() if 2 * count >= min(sizes[one], now)]
    return max(alike, key=lambda one: (shared[one], one), default=None)


def settled_group(shared: Mapping[int, int], now: int) -> int | None:
    """Return the settled group that a new one repeats: at least half of its passages were in that one."""
    alike = [one for one, count in shared.items() if 2 * count >= now]
    return max(alike, key=lambda one: (shared[one], one), default=None)


def is_time_to_look(read_before: int | None, passages: int) -> bool:
    """Tell whether an import was large enough to look for groups without being asked."""
    if read_before is None:
        return passages >= FIRST_AFTER
    return passages >= max(FIRST_AFTER, AGAIN_AFTER * read_before)


def without_phrases_in(phrases: Sequence[str], words: Iterable[str]) -> list[str]:
    """Return the phrases that share no run of words with words that are erased: neither is in the other."""
    return phrases_apart(phrases, words_apart(words))


def words_apart(texts: Iterable[str]) -> list[str]:
    """Return texts as `phrases_apart` compares them; made once, for they may be long and phrases many."""
    return [spaced for text in texts if (spaced := _spaced(text)).strip()]


def phrases_apart(phrases: Sequence[str], erased: Sequence[str]) -> list[str]:
    """Return the phrases that share no run of words with texts made ready by `words_apart`."""
    return [
        phrase
        for phrase in phrases
        if not any(_spaced(phrase) in text or text in _spaced(phrase) for text in erased)
    ]


def _spaced(text: str) -> str:
    """Return the words of a text, a space on either side of each, however it parts and spells them."""
    plain = normalize("NFKC", _DROPPED.sub("", text)).casefold()
    return f" {' '.join(word[:_LONGEST_WORD] for word in _WORD.findall(plain))} "


def draft_of_code(phrases: Sequence[str], examples: Iterable[str]) -> CodeText:
    """Return what a group puts into the form of a new code, for a person to rewrite."""
    return CodeText(
        name=phrases[0][:1].upper() + phrases[0][1:] if phrases else "",
        definition=f"Passages that speak of {', '.join(phrases)}." if phrases else "",
        examples=tuple(" ".join(example.split()) for example in examples),
    )
