"""What will happen to what somebody wrote, said before they send it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consult.evidence.rules import PublicationChoice, closest
from consult.foundation.language import _, lazy, ngettext
from consult.respond.answers import Asked, Typed, has_declined, is_blank, one
from consult.respond.confidences import Confidence, choice_for, choice_for_all, where_words_stand
from consult.respond.documents import FileHeld
from consult.respond.forms import BEFORE_SENDING, WHAT_WILL_HAPPEN

OUTCOMES = {
    PublicationChoice.WITH_NAME: lazy("Will be published with your name."),
    PublicationChoice.WITHOUT_NAME: lazy("Will be published without your name."),
    PublicationChoice.NOT_PUBLISHED: lazy("Will not be published."),
}
# The page of a submission with name says whose it is, so nothing stands on it without.
BESIDE_A_NAME = lazy("Will not be published: what is published of your evidence stands beside your name.")
LONGEST_SHOWN = 160


def what_happens(whole: PublicationChoice, own: PublicationChoice | None = None) -> str:
    """Return what will happen to a part, by the choice for all of the evidence and the part's own."""
    if (whole, own) == (PublicationChoice.WITH_NAME, PublicationChoice.WITHOUT_NAME):
        return str(BESIDE_A_NAME)
    return str(OUTCOMES[closest(whole, own)])


def but_where_chosen_otherwise() -> str:
    """Return what stands after the choice for all where some part has one of its own."""
    return _("Where you chose otherwise for an answer, or marked words in it or in a document, that holds.")


def what_to_know(choice: PublicationChoice) -> str:
    """Return what a choice means, with advice for as long as it can be followed."""
    return " ".join(str(words[choice]) for words in (WHAT_WILL_HAPPEN, BEFORE_SENDING) if choice in words)


def outcome_of(
    asked: Asked, typed: Typed | None, about: Mapping[str, Any], confidences: Iterable[Confidence]
) -> tuple[str, ...]:
    """Return what will happen to one answer, a line each; nothing while it is not answered or chosen."""
    whole = choice_for_all(about)
    if whole is None or is_blank(typed) or has_declined(asked, typed):
        return ()
    mine = [confidence for confidence in confidences if confidence.question == asked.slug]
    holds = what_happens(whole, choice_for(asked, about))
    return (holds, *(kept_back(one(typed), mark) for mark in mine))


def outcome_of_files(
    files: Sequence[FileHeld],
    answered: Iterable[Asked],
    about: Mapping[str, Any],
    confidences: Iterable[Confidence] = (),
) -> tuple[str, ...]:
    """Return what will happen to files, once where it is the same for all of them, else by name.

    A document for a question follows what was chosen for the answer in words to it. What is kept back in
    any of them stands below.
    """
    whole = choice_for_all(about)
    if whole is None:
        return ()
    own = {asked.slug: choice_for(asked, about) for asked in answered}
    told = [(each.name, what_happens(whole, own.get(each.question))) for each in files]
    names = {each.sha256: each.name for each in files}
    marked = [
        kept_back_in(names[mark.document], shortened(mark.words))
        for mark in confidences
        if mark.document in names
    ]
    if len({outcome for _name, outcome in told}) < 2:
        return (*(outcome for _name, outcome in told[:1]), *marked)
    return (*(f"{name}: {outcome}" for name, outcome in told), *marked)


def kept_back_in(name: str, words: str) -> str:
    """Return what will happen to words marked as confidential in a document."""
    return _(
        "Kept from everybody outside the commission, wherever they stand in %(name)s: “%(words)s”",
        name=name,
        words=words,
    )


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
