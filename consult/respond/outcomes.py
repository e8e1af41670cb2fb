"""What will happen to what somebody wrote, said before they send it."""

from collections.abc import Iterable, Mapping
from typing import Any

from consult.evidence.rules import PublicationChoice
from consult.foundation.language import _, lazy, ngettext
from consult.respond.answers import Asked, Typed, has_declined, is_blank, one
from consult.respond.confidences import Confidence, choice_that_holds, where_words_stand
from consult.respond.forms import BEFORE_SENDING, WHAT_WILL_HAPPEN

OUTCOMES = {
    PublicationChoice.WITH_NAME: lazy("Will be published with your name."),
    PublicationChoice.WITHOUT_NAME: lazy("Will be published without your name."),
    PublicationChoice.NOT_PUBLISHED: lazy("Will not be published."),
}
LONGEST_SHOWN = 160


def what_to_know(choice: PublicationChoice) -> str:
    """Return what a choice means, with advice for as long as it can be followed."""
    return " ".join(str(words[choice]) for words in (WHAT_WILL_HAPPEN, BEFORE_SENDING) if choice in words)


def outcome_of(
    asked: Asked, typed: Typed | None, about: Mapping[str, Any], confidences: Iterable[Confidence]
) -> tuple[str, ...]:
    """Return what will happen to one answer, a line each; nothing while it is not answered or chosen."""
    choice = choice_that_holds(asked, about)
    if choice is None or is_blank(typed) or has_declined(asked, typed):
        return ()
    mine = [confidence for confidence in confidences if confidence.question == asked.slug]
    return (str(OUTCOMES[choice]), *(kept_back(one(typed), mark) for mark in mine))


def kept_back(text: str, mark: Confidence) -> str:
    """Return what will happen to words marked as confidential."""
    places = len(where_words_stand(text, mark.words))
    if not places:
        return _("No longer in your answer: “%(words)s”", words=shortened(mark.words))
    return ngettext(
        "Kept from everybody outside the commission: “%(words)s”",
        "Kept from everybody outside the commission, in %(num)s places: “%(words)s”",
        places,
        words=shortened(mark.words),
    )


def shortened(words: str) -> str:
    """Return words with their middle left out where they are many."""
    plain = " ".join(words.split())
    if len(plain) <= LONGEST_SHOWN:
        return plain
    return f"{plain[: LONGEST_SHOWN // 2].rstrip()} … {plain[-LONGEST_SHOWN // 2 :].lstrip()}"
