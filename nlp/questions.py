"""To which question of a call each paragraph of a long document speaks.

Two things tell it. Most writers put a heading such as "Question 3", or the question itself, above their
answer: what follows belongs there until the next heading. Others give no headings, and the words have to
tell. A document goes on with a question for a while, then turns to another, mostly the next; so its
paragraphs are read as a hidden Markov chain, in which what a paragraph says is weighed against what stands
before and after it, and its score is the posterior of that chain (forward-backward, Rabiner 1989).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from nlp.features import TextFeatures
from nlp.words import read_words, telling

_Array = NDArray[np.float64]

_HEADED = re.compile(
    r"^\W*(?:(?:our |my )?(?:response|responses|answer|answers|reply|ymateb|ateb) (?:to|i) )?"
    r"(?:questions?|cwestiynau|cwestiwn|[qc])\s*(?:no\.?|number|rhif)?[\s.:#]*(\d{1,3})\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\W*(\d{1,3})[.):]?\s+(?!\d)")
# A numbered line this long is a paragraph of its own and no heading.
_LONGEST_HEADING = 14
# So many words of a question in one row are no chance.
_SHORTEST_REPEATED = 4
_MOST_SHARED = 3
_HEADING, _UNDER_HEADING = 0.99, 0.95
# Evidence in nats for one heading alone.
_SURE = 12.0


@dataclass(frozen=True)
class Prompt:
    """A question as it is asked, under its number in the call."""

    number: int
    words: str


@dataclass(frozen=True)
class Placed:
    """Where a paragraph belongs: the index of a prompt, or None; with the posterior and why."""

    prompt: int | None
    score: float
    reason: str


@dataclass(frozen=True)
class _Heading:
    prompt: int
    reason: str


class QuestionPlacer:
    """Place the paragraphs of a document; deterministic, and nothing is learned between documents."""

    name = "questions by headings and words"
    version = "1"

    def __init__(self, *, weight: float = 15.0, usual: float = 0.10, going_on: float = 0.85) -> None:
        """Keep the settings.

        `weight` turns likeness, 0 to 1, into evidence in nats; `usual` is the likeness that a paragraph has
        to no question in particular; `going_on` is how often the next paragraph is on the same one.
        """
        self.weight = weight
        self.usual = usual
        self.going_on = going_on

    def place(self, prompts: Sequence[Prompt], paragraphs: Sequence[str]) -> list[Placed]:
        """One placing for each paragraph, in order; without prompts all are placed nowhere."""
        if not prompts or not paragraphs:
            return [Placed(None, 1.0, "There is no question to place it under.") for _ in paragraphs]
        likeness = _likeness(prompts, paragraphs)
        headings = [_heading_of(words, prompts, likeness[row]) for row, words in enumerate(paragraphs)]
        if len({heading.prompt for heading in headings if heading}) > 1:
            return _under_headings(headings)
        posterior = self._posterior(likeness, headings)
        return [
            _by_words(words, prompts, heading, shares)
            for words, heading, shares in zip(paragraphs, headings, posterior, strict=True)
        ]

    def _posterior(self, likeness: _Array, headings: Sequence[_Heading | None]) -> _Array:
        """The share of each prompt, and last of none, in each paragraph: (paragraph, prompt + 1)."""
        prompts = likeness.shape[1]
        nowhere = np.full((len(likeness), 1), self.usual)
        evidence = self.weight * np.hstack([likeness, nowhere])
        for row, found in enumerate(headings):
            if found:
                evidence[row, found.prompt] += _SURE
        # Writers introduce themselves first.
        starts = np.log(np.array([0.5 / prompts] * prompts + [0.5]))
        return _forward_backward(starts, np.log(_steps(prompts, self.going_on)), evidence)


def _under_headings(headings: Sequence[_Heading | None]) -> list[Placed]:
    """What stands under a heading belongs to it; what stands before the first introduces."""
    placed: list[Placed] = []
    last = Placed(None, _UNDER_HEADING, "It stands before the first heading that names a question.")
    for heading in headings:
        if heading:
            placed.append(Placed(heading.prompt, _HEADING, heading.reason))
            last = Placed(
                heading.prompt, _UNDER_HEADING, "It stands under a heading that names the question."
            )
        else:
            placed.append(last)
    return placed


def _by_words(words: str, prompts: Sequence[Prompt], heading: _Heading | None, shares: _Array) -> Placed:
    best, score = int(shares.argmax()), float(shares.max())
    if best == len(prompts):
        return Placed(None, score, "It is near to no question.")
    if heading and heading.prompt == best:
        return Placed(best, score, heading.reason)
    shared = ", ".join(f"“{word}”" for word in _shared(prompts[best].words, words))
    return Placed(
        best, score, f"It shares {shared} with it." if shared else "It stands among paragraphs on it."
    )


def _steps(prompts: int, going_on: float) -> _Array:
    """How often each state follows each; what is left goes half to the next prompt, half to all others."""
    steps = np.full((prompts + 1, prompts + 1), (1 - going_on) / 2 / prompts)
    for state in range(prompts - 1):
        steps[state, state + 1] += (1 - going_on) / 2
    np.fill_diagonal(steps, going_on)
    # Introductions and asides are short.
    steps[-1] = np.array([0.5 / prompts] * prompts + [0.5])
    return np.asarray(steps / steps.sum(axis=1, keepdims=True))


def _forward_backward(starts: _Array, steps: _Array, evidence: _Array) -> _Array:
    forward, backward = np.empty_like(evidence), np.zeros_like(evidence)
    forward[0] = starts + evidence[0]
    for row in range(1, len(evidence)):
        forward[row] = logsumexp(forward[row - 1][:, None] + steps, axis=0) + evidence[row]
    for row in range(len(evidence) - 2, -1, -1):
        backward[row] = logsumexp(steps + evidence[row + 1] + backward[row + 1], axis=1)
    both = forward + backward
    return np.asarray(np.exp(both - logsumexp(both, axis=1, keepdims=True)))


def _likeness(prompts: Sequence[Prompt], paragraphs: Sequence[str]) -> _Array:
    """Mean of word and character cosine between paragraphs and prompts."""
    asked = [prompt.words for prompt in prompts]
    features = TextFeatures().fit([*asked, *paragraphs])
    of_prompts, of_paragraphs = features.transform(asked), features.transform(paragraphs)
    words = (of_paragraphs.word @ of_prompts.word.T).toarray()
    chars = (of_paragraphs.char @ of_prompts.char.T).toarray()
    return np.asarray((words + chars) / 2, dtype=np.float64)


def _heading_of(paragraph: str, prompts: Sequence[Prompt], likeness: _Array) -> _Heading | None:
    """What a writer says outright about where a paragraph belongs."""
    by_number = {prompt.number: index for index, prompt in enumerate(prompts)}
    headed = _HEADED.match(paragraph)
    if headed and int(headed[1]) in by_number:
        return _Heading(by_number[int(headed[1])], f"It begins “{headed[0].strip()}”.")
    words = " ".join(read_words(paragraph))
    for index, prompt in enumerate(prompts):
        asked = read_words(prompt.words)
        if len(asked) >= _SHORTEST_REPEATED and " ".join(asked) in words:
            return _Heading(index, "It repeats the question.")
    numbered = _NUMBERED.match(paragraph)
    if numbered and len(paragraph.split()) <= _LONGEST_HEADING and int(numbered[1]) in by_number:
        index = by_number[int(numbered[1])]
        # Writers number their own headings too: the words must agree as well.
        if likeness[index] > 0 and likeness[index] >= likeness.max():
            return _Heading(index, f"It is headed “{numbered[1]}” and speaks of the same.")
    return None


def _shared(prompt: str, paragraph: str) -> list[str]:
    """The telling words that both have, the longest first, as the likeliest to mean something."""
    both = set(telling(read_words(prompt))) & set(telling(read_words(paragraph)))
    return sorted(both, key=lambda word: (-len(word), word))[:_MOST_SHARED]
