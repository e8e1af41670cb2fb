"""Near-identical letters: who sent the template of a campaign, and what each added in their own words."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.corpus import read_rows
from nlp.errors import NlpError
from nlp.leaders import ALONE, follow
from nlp.own_words import Template
from nlp.shingles import SIZE, HashArray, Shingled, WordHashes, shingle, shingles
from nlp.types import Span

Say = Callable[[str], None]
_SHORT_RUN = 3  # words


@dataclass(frozen=True, slots=True)
class Member:
    """One letter of a group: where it stands among the texts given, and how it compares with its template.

    `own` are the spans that the template lacks, `own_share` the part of the letter's words that they hold,
    `similarity` the part of the template's runs of words that the letter has. Both shares are 0 to 1.
    """

    index: int
    own: tuple[Span, ...]
    own_share: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Group:
    """Letters on one template; `template` is where one with exactly its text stands, itself a member."""

    template: int
    members: tuple[Member, ...]


def _silent(_: str) -> None:
    """Say nothing."""


class DuplicateFinder:
    """Groups near-identical letters by the runs of five words they share (docs/nlp.md has the rules).

    Args:
        containment: least share of the shorter letter's runs that its template has to hold too, above 0 to 1.
        ignored: texts that say nothing about who copied whom, such as the questions of the call.
    """

    name = "shared-runs"
    version = "1"

    def __init__(self, containment: float = 0.3, ignored: Iterable[str] = ()) -> None:
        if not 0 < containment <= 1:
            raise NlpError("containment is a share above 0 and at most 1, such as 0.3.")
        self.containment = containment
        self.ignored = tuple(ignored)

    def settings(self) -> dict[str, float | int]:
        """What a run of it is recorded under."""
        return {"containment": self.containment, "run_of_words": SIZE, "ignored": len(self.ignored)}

    def group(self, texts: Sequence[str], say: Say = _silent, templates: Sequence[int] = ()) -> list[Group]:
        """Groups of two letters or more, largest first; a letter is in one group or in none.

        The order of the texts makes no difference to who is with whom. `say` is told of progress. `templates`
        are places of texts already known to be a campaign's: each shows its own group, even if none follows.
        """
        hashes = WordHashes()
        different = shingle(texts, self._ignored(hashes), say)
        known = _known(different, templates)
        runs = _short_runs(texts, different.copies, hashes)
        following = follow(different, self.containment, say, runs, list(known))
        led: dict[int, list[int]] = {}
        for text, leader in enumerate(following.tolist()):
            if different.sizes[text]:
                led.setdefault(text if leader == ALONE else leader, []).extend(different.copies[text])
        shown = {
            text: known.get(text, _commonest(texts, different.copies[text]))
            for text in led
            if len(led[text]) > 1 or text in known
        }
        del different
        say(f"{len(shown)} groups")
        groups = [
            Group(template, self._members(texts, template, sorted(led[text]), hashes))
            for text, template in shown.items()
        ]
        return sorted(groups, key=lambda group: (-len(group.members), texts[group.template]))

    def compare(self, template: str, letters: Sequence[str]) -> tuple[Member, ...]:
        """Each letter as a member of a group that this template shows, whatever it has of it."""
        return self._members([template, *letters], 0, range(1, len(letters) + 1), WordHashes())

    def _members(
        self, texts: Sequence[str], template: int, letters: Sequence[int], hashes: WordHashes
    ) -> tuple[Member, ...]:
        compared = Template(texts[template], hashes, self._ignored(hashes))
        found = {text: compared.compare(text) for text in {texts[index] for index in letters}}
        return tuple(Member(index, *found[texts[index]]) for index in letters)

    def _ignored(self, hashes: WordHashes) -> HashArray:
        found = [shingles(hashes.of(text)) for text in self.ignored]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def group_file(units: Path, say: Say) -> str:
    """Groups of a units file (unit_id, text) as CSV text: unit_id, group, template.

    Groups are numbered from 1, largest first; raises NlpError that says what is wrong with the file.
    """
    rows = read_rows(units, ("unit_id", "text"))
    letters = sorted((row["unit_id"], row["text"]) for row in rows)
    given = [row["unit_id"] for row in rows]
    del rows
    if not letters:
        raise NlpError(f"{units} has no units: give at least one line after the headings.")
    if len(set(given)) < len(given):
        raise NlpError(f"{units} gives the same unit_id to more than one unit: make them unique.")
    names, texts = zip(*letters, strict=True)
    say(f"{len(texts)} units")
    groups = DuplicateFinder().group(texts, say)
    number = {names[m.index]: n for n, group in enumerate(groups, start=1) for m in group.members}
    templates = {names[group.template] for group in groups}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("unit_id", "group", "template"))
    writer.writerows((name, number.get(name, ""), int(name in templates)) for name in given)
    return out.getvalue()


def _commonest(texts: Sequence[str], copies: Sequence[int]) -> int:
    """The first letter with the commonest way of writing the template; of equals the first by alphabet."""
    counts = Counter(texts[index] for index in copies)
    best = min(counts, key=lambda text: (-counts[text], text))
    return next(index for index in copies if texts[index] == best)


def _short_runs(
    texts: Sequence[str], copies: Sequence[Sequence[int]], hashes: WordHashes
) -> Callable[[int], HashArray]:
    """Give the runs of three words of a different text."""
    return lambda text: np.unique(shingles(hashes.of(texts[copies[text][0]]), _SHORT_RUN))


def _known(different: Shingled, templates: Sequence[int]) -> dict[int, int]:
    """The different text of each known template, with the first place that was named for it."""
    if not templates:
        return {}
    text_at = {place: text for text, places in enumerate(different.copies) for place in places}
    known: dict[int, int] = {}
    for place in templates:
        known.setdefault(text_at[place], place)
    return known
